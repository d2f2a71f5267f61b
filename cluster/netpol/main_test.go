package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestArgumentsAreChecked(t *testing.T) {
	for line, want := range map[string]string{
		"--kubeconfig k --node-name n": "",
		"--cleanup":                    "",
		"--kubeconfig k":               "--node-name",
		"--node-name n":                "--kubeconfig",
		"--kubeconfig k --node-name n --pod-cidr fd00::/64":   "not IPv4",
		"--kubeconfig k --node-name n --pod-cidr 10.244.0.0":  "pod-cidr",
		"--kubeconfig k --node-name n surplus":                "surplus",
		"--kubeconfig k --node-name n --pod-cidr 10.1.0.0/16": "",
	} {
		o, err := parse(strings.Fields(line))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
		if strings.Contains(line, "10.1.0.0/16") && o.podCIDR != netip.MustParsePrefix("10.1.0.0/16") {
			t.Errorf("pod range: %s", o.podCIDR)
		}
	}
}

func TestHealthIsServedOnLoopbackOnly(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for address, good := range map[string]bool{
		"127.0.0.1:0": true, "0.0.0.0:0": false, "10.99.0.1:0": false, "localhost:0": false, ":0": false,
	} {
		err := serve(ctx, slog.New(slog.DiscardHandler), address, http.NotFoundHandler())
		if (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}
