// Command simnode is a node without containers: its pods are said to run a moment after they were scheduled to it, and
// whoever attaches to one talks to a sandbox that gives its stdin back. With it the operator and the API server can be
// loaded as hundreds of real nodes would load them, on a machine that could not start their sandboxes.
//
// It needs an administrator's kubeconfig and the node's own certificate, as the API server attaches by way of the
// kubelet's port. It ends at SIGTERM and takes its node away.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	var s settings
	flag.StringVar(&s.name, "name", "countersign-simulated", "the node's name")
	flag.StringVar(&s.address, "address", "", "address under which the API server reaches this")
	flag.IntVar(&s.port, "port", 20250, "port for the API server")
	flag.StringVar(&s.certificate, "certificate", "", "PEM file, for the address")
	flag.StringVar(&s.key, "key", "", "PEM file")
	flag.StringVar(&s.authority, "authority", "", "PEM file of who signed the API server's client certificate")
	flag.DurationVar(&s.start, "start", 200*time.Millisecond, "from a pod's scheduling until its container runs")
	flag.Parse()
	if s.address == "" || s.certificate == "" || s.key == "" || s.authority == "" {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := simulate(ctx, s); err != nil {
		log.Fatal(err)
	}
}

type settings struct {
	name, address               string
	port                        int
	certificate, key, authority string
	// Start is what a gVisor sandbox takes where nothing else wants the node's cores.
	start time.Duration
}

func simulate(ctx context.Context, s settings) error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 2000, 4000
	admin, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	// Who a kubelet is: admission lets nobody else write a sandbox's status.
	asNode := rest.CopyConfig(config)
	asNode.Impersonate = rest.ImpersonationConfig{
		UserName: "system:node:" + s.name, Groups: []string{"system:nodes", "system:authenticated"},
	}
	node, err := kubernetes.NewForConfig(asNode)
	if err != nil {
		return err
	}
	pods := newPods(node, s)
	door, err := listen(s, pods)
	if err != nil {
		return err
	}
	defer door.Close()
	leave, err := join(ctx, admin, s)
	if err != nil {
		return err
	}
	defer leave()
	fmt.Printf("node %s is there\n", s.name)
	return pods.follow(ctx)
}
