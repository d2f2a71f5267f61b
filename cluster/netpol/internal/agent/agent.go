package agent

import (
	"context"
	"log/slog"
	"net/netip"
	"reflect"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"countersign.dev/cluster/netpol/internal/policy"
)

const (
	// settle is how long events are collected after the first before the table is computed: a pod's start gives
	// several events at once. It is added to the time that a policy takes to hold.
	settle = 20 * time.Millisecond
	// retry is the pause after a failure to write the table or to ask the API server.
	retry = 100 * time.Millisecond
	// renew is how often the table is written without a change, in case someone else altered it.
	renew = 30 * time.Second
)

// Table is the node's firewall.
type Table interface {
	// Apply makes the rules hold, all at once.
	Apply(ctx context.Context, rules policy.Ruleset) error
	// Close shuts all pods off if nothing was ever applied here, and tells whether it did.
	Close(ctx context.Context, pods netip.Prefix) (closed bool, err error)
}

// Agent enforces the cluster's NetworkPolicies on one node.
type Agent struct {
	// Node is the node's name in the cluster.
	Node string
	// PodCIDR holds all of the cluster's pod addresses.
	PodCIDR netip.Prefix
	Table   Table
	Log     *slog.Logger
	// Applied is called after each time the rules were written, with nil, or failed to be.
	Applied func(error)
}

// Run works until ctx ends. The table is left as it is then: an agent that is gone must not open the network.
// The error is about the start only; later failures are logged and tried again.
func (a *Agent) Run(ctx context.Context, client kubernetes.Interface) error {
	closed, err := a.Table.Close(ctx, a.PodCIDR)
	if err != nil {
		return err
	}
	a.Log.Info("starting", "node", a.Node, "podCIDR", a.PodCIDR.String(), "closedUntilReady", closed)
	dirty := make(chan struct{}, 1)
	mark := func() {
		select {
		case dirty <- struct{}{}:
		default: // already marked
		}
	}
	seen, err := watchCluster(client, mark)
	if err != nil {
		return err
	}
	if err := seen.start(ctx); err != nil {
		return err
	}
	mark()
	a.loop(ctx, seen, dirty, mark)
	return nil
}

func (a *Agent) loop(ctx context.Context, seen *cluster, dirty <-chan struct{}, mark func()) {
	w := writer{Agent: a, seen: seen, gate: gate{live: seen.livePolicies}}
	renewal := time.NewTicker(renew)
	defer renewal.Stop()
	for {
		force := false
		select {
		case <-ctx.Done():
			return
		case <-renewal.C:
			force = true
		case <-dirty:
			if !pause(ctx, settle) {
				return
			}
			// What came in the meantime is read below; what comes from here on marks anew.
			select {
			case <-dirty:
			default:
			}
		}
		if !w.write(ctx, force) && ctx.Err() == nil {
			time.AfterFunc(retry, mark)
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// writer remembers what stands in the table.
type writer struct {
	*Agent
	seen       *cluster
	gate       gate
	written    bool
	last       policy.Ruleset
	complaints []string
	problem    string
}

// write brings the table up to date. It is false if something has to be tried again.
func (w *writer) write(ctx context.Context, force bool) bool {
	began := time.Now()
	snapshot, gateErr := w.snapshot(ctx)
	rules, complaints := policy.Plan(snapshot)
	w.complain(complaints)
	if force || !w.written || !reflect.DeepEqual(rules, w.last) {
		err := w.Table.Apply(ctx, rules)
		w.Applied(err)
		if err != nil {
			// What stands in the table is not known any more.
			w.written = false
			w.Log.Error("the rules could not be written", "error", err)
			return false
		}
		if !force {
			w.Log.Info("rules written", "pods", len(rules.Known), "isolatedIngress", len(rules.IsolatedIngress),
				"isolatedEgress", len(rules.IsolatedEgress), "allows", len(rules.Ingress)+len(rules.Egress),
				"policies", len(snapshot.Policies), "millis", time.Since(began).Milliseconds())
		}
		w.written, w.last = true, rules
	}
	w.tellProblem(gateErr)
	return gateErr == nil
}

// snapshot reads policies before pods: a policy that is older than a pod is then in, or the gate notices.
func (w *writer) snapshot(ctx context.Context) (policy.Snapshot, error) {
	policies, versions := w.seen.seenPolicies()
	snapshot := policy.Snapshot{
		Node: w.Node, PodCIDR: w.PodCIDR, Namespaces: w.seen.namespaceLabels(), Policies: policies,
	}
	var addressed []*corev1.Pod
	for _, pod := range w.seen.seenPods() {
		if _, ok := toPod(pod); ok {
			addressed = append(addressed, pod)
		}
	}
	admitted, err := w.gate.admit(ctx, addressed, versions)
	for _, pod := range admitted {
		one, _ := toPod(pod) // it could above
		snapshot.Pods = append(snapshot.Pods, one)
	}
	return snapshot, err
}

// complain logs what could not be followed, once for as long as it stays the same.
func (w *writer) complain(complaints []string) {
	for _, text := range complaints {
		if !slices.Contains(w.complaints, text) {
			w.Log.Warn("not followed, so not permitted", "what", text)
		}
	}
	w.complaints = complaints
}

func (w *writer) tellProblem(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text != "" && text != w.problem {
		w.Log.Warn("new pods stay shut off for now", "error", text)
	}
	w.problem = text
}
