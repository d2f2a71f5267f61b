// Command probe is the whole content of the image the cluster's tests run: it shows, from inside a pod, which kernel it
// runs on and what it reaches.
//
//	probe kernel       prints the kernel's version, and its boot messages where they may be read
//	probe interfaces   prints the network interfaces and their addresses
//	probe get URL      prints status and body of an HTTPS answer; the certificate must be the cluster's (the mounted one)
//	probe listen ADDR  accepts and closes connections there
//	probe cat          copies stdin to stdout
//	probe tasks N      starts N children that wait, prints "started N", and waits with them
//	probe sleep        waits to be ended
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const (
	clusterAuthority = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
	requestTimeout   = 5 * time.Second
	readAllKernelLog = 3 // SYSLOG_ACTION_READ_ALL of syslog(2)
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: probe kernel|interfaces|get URL|listen ADDRESS|cat|tasks N|sleep"))
	}
	var err error
	switch os.Args[1] {
	case "kernel":
		err = kernel()
	case "interfaces":
		err = interfaces()
	case "get":
		err = get(os.Args[2])
	case "listen":
		err = listen(os.Args[2])
	case "cat":
		_, err = io.Copy(os.Stdout, os.Stdin)
	case "tasks":
		err = tasks(os.Args[2])
	case "sleep":
		wait()
	default:
		err = fmt.Errorf("unknown command %q", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "probe:", err)
	os.Exit(1)
}

func kernel() error {
	version, err := os.ReadFile("/proc/version")
	if err != nil {
		return err
	}
	fmt.Printf("%s", version)
	messages := make([]byte, 64<<10)
	// Refused on many hosts, always answered by gVisor.
	if n, err := syscall.Klogctl(readAllKernelLog, messages); err == nil {
		fmt.Printf("%s\n", messages[:n])
	}
	return nil
}

func interfaces() error {
	all, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, one := range all {
		addresses, err := one.Addrs()
		if err != nil {
			return err
		}
		fmt.Println(one.Name, addresses)
	}
	return nil
}

func get(url string) error {
	authority, err := os.ReadFile(clusterAuthority)
	if err != nil {
		return err
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(authority) {
		return fmt.Errorf("no certificate in %s", clusterAuthority)
	}
	client := http.Client{
		Timeout:   requestTimeout,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}},
	}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

func listen(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		connection.Close()
	}
}

func tasks(count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	for range n {
		if err := exec.Command("/proc/self/exe", "sleep").Start(); err != nil {
			return err
		}
	}
	fmt.Println("started", n)
	wait()
	return nil
}

func wait() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
}
