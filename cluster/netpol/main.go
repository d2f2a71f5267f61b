// Command netpol enforces networking.k8s.io/v1 NetworkPolicy on the node that it runs on, by nftables.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"countersign.dev/cluster/netpol/internal/agent"
	"countersign.dev/cluster/netpol/internal/firewall"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	klog.SetSlogLogger(log) // client-go's own messages
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	options, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(ctx, log, options)
	}
	if err != nil {
		log.Error("ended", "error", err)
		os.Exit(1)
	}
	if options.cleanup {
		log.Info("rules removed, pods are open")
		return
	}
	log.Info("ended, the rules stay")
}

type options struct {
	kubeconfig, node, interfaces, healthz, readyFile string
	podCIDR                                          netip.Prefix
	cleanup                                          bool
}

func parse(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("netpol", flag.ContinueOnError)
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "`file` that says how to reach the API server")
	flags.StringVar(&o.node, "node-name", "", "`name` of this node in the cluster")
	flags.StringVar(&o.interfaces, "pod-interfaces", "veth*", "`pattern` of the node's ends of the pods' links")
	flags.StringVar(&o.healthz, "healthz-addr", "", "loopback `address:port` that answers /readyz; empty: none")
	flags.StringVar(&o.readyFile, "ready-file", "", "`file` written once the rules hold for the first time")
	flags.BoolVar(&o.cleanup, "cleanup", false, "remove the rules, which opens the network, and end")
	flags.TextVar(&o.podCIDR, "pod-cidr", netip.MustParsePrefix("10.244.0.0/16"), "IPv4 `prefix` of all pods")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case !o.podCIDR.Addr().Is4():
		return o, fmt.Errorf("--pod-cidr %s is not IPv4", o.podCIDR)
	case o.cleanup:
		return o, nil
	case o.kubeconfig == "" || o.node == "":
		return o, errors.New("--kubeconfig and --node-name are needed")
	}
	return o, nil
}

func run(ctx context.Context, log *slog.Logger, o options) error {
	table, err := firewall.Open(o.interfaces)
	if err != nil {
		return err
	}
	if o.cleanup {
		return table.Remove(ctx)
	}
	config, err := clientcmd.BuildConfigFromFlags("", o.kubeconfig)
	if err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	// Each new pod asks once for its namespace's policies, and waits without a network for the answer.
	config.QPS, config.Burst = 50, 100
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	health := &agent.Health{ReadyFile: o.readyFile}
	if err := health.Start(); err != nil {
		return err
	}
	if o.healthz != "" {
		if err := serve(ctx, log, o.healthz, health); err != nil {
			return err
		}
	}
	a := &agent.Agent{Node: o.node, PodCIDR: o.podCIDR.Masked(), Table: table, Log: log, Applied: func(err error) {
		if err := health.Record(err); err != nil {
			log.Error("the ready file could not be written", "error", err)
		}
	}}
	err = a.Run(ctx, client)
	if errors.Is(err, context.Canceled) {
		return nil // asked to end before the first list did
	}
	return err
}

func serve(ctx context.Context, log *slog.Logger, address string, health http.Handler) error {
	where, err := netip.ParseAddrPort(address)
	if err != nil || !where.Addr().IsLoopback() {
		return fmt.Errorf("--healthz-addr %q is not a loopback address and port", address)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("healthz: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /readyz", health)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("healthz ended", "error", err)
		}
	}()
	return nil
}
