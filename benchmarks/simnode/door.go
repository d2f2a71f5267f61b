package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

const (
	// As the kubelet's.
	streamIdle     = 4 * time.Hour
	streamCreation = 30 * time.Second
)

// Listen opens the port on which the API server attaches. Nobody else has a certificate for it.
func listen(s settings, all *pods) (io.Closer, error) {
	certificate, err := tls.LoadX509KeyPair(s.certificate, s.key)
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(s.authority)
	if err != nil {
		return nil, err
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", s.authority)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, all) }),
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate}, ClientCAs: authorities,
			ClientAuth: tls.RequireAndVerifyClientCert, NextProtos: []string{"http/1.1"},
		},
		ReadHeaderTimeout: 10 * time.Second,
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(s.address, fmt.Sprint(s.port)))
	if err != nil {
		return nil, err
	}
	go func() {
		if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			log.Printf("port: %v", err)
		}
	}()
	return server, nil
}

// /attach/NAMESPACE/POD/CONTAINER, as of a kubelet.
func serve(w http.ResponseWriter, r *http.Request, all *pods) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) != 4 || parts[0] != "attach" {
		http.Error(w, "a simulated node knows nothing but attach", http.StatusNotFound)
		return
	}
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	it, err := all.attach(parts[1], parts[2])
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	remotecommand.ServeAttach(w, r, attacher{it}, parts[2], string(it.pod.UID), parts[3], options, streamIdle, streamCreation,
		remotecommand.SupportedStreamingProtocols)
}

type attacher struct{ it *sandbox }

// AttachContainer is what the kubelet asks of the container runtime.
func (a attacher) AttachContainer(ctx context.Context, name, _, _ string, in io.Reader, out, _ io.WriteCloser, _ bool,
	_ <-chan remotecommand.TerminalSize,
) error {
	defer a.it.endedOnce.Do(func() { close(a.it.ended) })
	done := make(chan error, 1)
	go func() { done <- echo(in, out, languageOf(a.it.pod)) }()
	select {
	case err := <-done:
		if err != nil {
			log.Printf("%s: %v", name, err)
		}
	case <-a.it.gone:
	case <-ctx.Done():
	}
	return nil
}
