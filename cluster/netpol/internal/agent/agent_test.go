package agent

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"countersign.dev/cluster/netpol/internal/policy"
)

// memory is a Table that only remembers.
type memory struct {
	mu      sync.Mutex
	rules   policy.Ruleset
	applied int
	closed  bool
	fail    int // this many applications fail first
}

func (m *memory) Apply(_ context.Context, rules policy.Ruleset) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail > 0 {
		m.fail--
		return errors.New("the kernel says no")
	}
	m.rules = rules
	m.applied++
	return nil
}

func (m *memory) Close(context.Context, netip.Prefix) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return true, nil
}

func (m *memory) state() (policy.Ruleset, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rules, m.applied
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("not within 10 s: %s", what)
}

func start(t *testing.T, client *fake.Clientset, table *memory, health *Health) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	a := Agent{Node: "node1", PodCIDR: netip.MustParsePrefix("10.244.0.0/16"), Table: table,
		Log: slog.New(slog.DiscardHandler), Applied: func(err error) { _ = health.Record(err) }}
	go func() { ended <- a.Run(ctx, client) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func TestAgentFollowsTheCluster(t *testing.T) {
	ctx := context.Background()
	address := netip.MustParseAddr("10.244.0.2")
	client := fake.NewClientset(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "a"}}, pod("a", "x", "10.244.0.2"))
	table := &memory{fail: 2}
	start(t, client, table, &Health{})
	eventually(t, "the pod is known, although writing failed twice", func() bool {
		rules, _ := table.state()
		return table.closed && slices.Equal(rules.Known, []netip.Addr{address}) && len(rules.IsolatedIngress) == 0
	})
	deny := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "deny", UID: "deny"}}
	if _, err := client.NetworkingV1().NetworkPolicies("a").Create(ctx, deny, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the policy isolates the pod", func() bool {
		rules, _ := table.state()
		return slices.Contains(rules.IsolatedIngress, address)
	})
	_, before := table.state()
	changed := pod("a", "x", "10.244.0.2")
	changed.Annotations = map[string]string{"irrelevant": "yes"}
	if _, err := client.CoreV1().Pods("a").Update(ctx, changed, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * settle)
	if _, after := table.state(); after != before {
		t.Errorf("a change without meaning was written: %d times", after-before)
	}
	if err := client.CoreV1().Pods("a").Delete(ctx, "x", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the pod that is gone is unknown", func() bool {
		rules, _ := table.state()
		return len(rules.Known) == 0 && len(rules.IsolatedIngress) == 0
	})
}
