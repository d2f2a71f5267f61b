// Command admission holds the chart's admission policies to what they promise, on a real API server: every rule refuses
// what it is there for, and lets through what lies right beside it. Nothing runs: neither operator nor nodes are needed.
//
// It installs the chart's CRDs, roles, namespaces and policies, sends requests under many identities, and takes away
// what it installed. It prints one line a case and, last, "N passed, N failed"; the exit code is 1 when any failed, and
// 2 when the cluster could not be prepared.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// timeout bounds the whole test; it takes about 20 s.
const timeout = 3 * time.Minute

func main() {
	os.Exit(test())
}

func test() int {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, err := connect(ctx, os.Getenv("KUBECONFIG"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "admission:", err)
		return 2
	}
	installation, err := install(c)
	// Also what a failed installation left behind; a context of its own, since the first may have run out.
	defer installation.remove()
	if err != nil {
		fmt.Fprintln(os.Stderr, "admission:", err)
		return 2
	}
	var t tally
	for _, phase := range phases(installation) {
		if err := phase.prepare(); err != nil {
			fmt.Fprintf(os.Stderr, "admission: %s: %v\n", phase.name, err)
			return 2
		}
		for _, row := range phase.rows {
			problems := row.problems(c)
			t.record(phase.name+": "+row.name, problems)
			if len(problems) == 0 {
				t.refused = append(t.refused, row.denied)
			}
		}
	}
	t.record("every rule has refused something", t.silent(installation.ruleIDs()))
	fmt.Printf("%d passed, %d failed\n", t.passed, t.failed)
	if t.failed > 0 {
		return 1
	}
	return 0
}
