package reach

import (
	"context"
	"fmt"
	"net/netip"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"countersign.dev/cluster/netpol/internal/firewall"
	"countersign.dev/cluster/netpol/internal/policy"
)

// TestFullNodeIsWritten computes and writes the table of a node as full as its address range permits: 250 pods in ten
// namespaces, five policies each.
func TestFullNodeIsWritten(t *testing.T) {
	w := newWorld(t)
	snap := policy.Snapshot{Node: "node1", PodCIDR: netip.MustParsePrefix("10.244.0.0/16"),
		Namespaces: map[string]labels.Set{}}
	port := networkingv1.NetworkPolicyPort{}
	for i := range 250 {
		namespace := fmt.Sprintf("n%d", i%10)
		snap.Namespaces[namespace] = labels.Set{"team": namespace}
		snap.Pods = append(snap.Pods, policy.Pod{Namespace: namespace, Name: fmt.Sprint(i), Node: "node1",
			Labels: labels.Set{"app": fmt.Sprint(i % 7)}, Address: netip.AddrFrom4([4]byte{10, 244, 0, byte(i + 2)})})
	}
	for i := range 50 {
		peers := []networkingv1.NetworkPolicyPeer{{
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": fmt.Sprintf("n%d", i/5)}},
		}}
		snap.Policies = append(snap.Policies, &networkingv1.NetworkPolicy{
			ObjectMeta: metav1.ObjectMeta{Namespace: fmt.Sprintf("n%d", i%10), Name: fmt.Sprint(i)},
			Spec: networkingv1.NetworkPolicySpec{
				Ingress: []networkingv1.NetworkPolicyIngressRule{{From: peers}},
				Egress: []networkingv1.NetworkPolicyEgressRule{
					{To: peers, Ports: []networkingv1.NetworkPolicyPort{port}}},
			},
		})
	}
	w.node.do(t, func() {
		table, err := firewall.Open("veth*")
		if err != nil {
			t.Error(err)
			return
		}
		result := testing.Benchmark(func(b *testing.B) {
			for range b.N {
				rules, complaints := policy.Plan(snap)
				if len(rules.Known) != 250 || len(rules.Ingress) != 50 || len(complaints) > 0 {
					b.Fatalf("plan: %d pods, %d rules, %v", len(rules.Known), len(rules.Ingress), complaints)
				}
				if err := table.Apply(context.Background(), rules); err != nil {
					b.Fatal(err)
				}
			}
		})
		if result.N == 0 {
			t.Error("the table could not be written")
		}
		t.Logf("computed and written in %d ms", result.NsPerOp()/1e6)
	})
}
