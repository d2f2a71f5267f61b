package reach

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"countersign.dev/cluster/netpol/internal/firewall"
	"countersign.dev/cluster/netpol/internal/policy"
)

const (
	nodeAddress    = "10.99.0.1"
	gateway        = "10.244.0.1" // the node's own end of every pod's link, as the CNI plugin ptp makes it
	outsideAddress = "192.0.2.2"
)

// world is a node, pods as the CNI plugin ptp attaches them, and a machine outside.
type world struct {
	node, outside *host
	pods          map[string]*host
	firewall      *firewall.Firewall
	snapshot      policy.Snapshot
}

// newWorld makes pods a, b and c in namespaces of the same name (label team) and d, which the snapshot does not
// know. It starts out without the table.
func newWorld(t *testing.T) *world {
	t.Helper()
	if os.Geteuid() != 0 {
		if os.Getenv("NETPOL_TEST_ROOT") == "required" {
			t.Fatal("network namespaces need root")
		}
		t.Skip("network namespaces need root")
	}
	w := &world{
		node: newHost(t, "node", nodeAddress),
		pods: map[string]*host{},
		snapshot: policy.Snapshot{
			Node:       "node1",
			PodCIDR:    netip.MustParsePrefix("10.244.0.0/16"),
			Namespaces: map[string]labels.Set{},
		},
	}
	w.node.run(t, "sysctl -qw net.ipv4.ip_forward=1")
	w.node.run(t, "ip link add kube0 type bridge")
	w.node.run(t, "ip addr add "+nodeAddress+"/24 dev kube0")
	w.node.run(t, "ip link set kube0 up")
	w.addOutside(t)
	for i, name := range []string{"a", "b", "c", "d"} {
		w.addPod(t, name, fmt.Sprintf("10.244.0.%d", i+2))
		if name == "d" {
			continue
		}
		w.snapshot.Namespaces[name] = labels.Set{"team": name}
		w.snapshot.Pods = append(w.snapshot.Pods, policy.Pod{
			Namespace: name, Name: name, Node: "node1", Labels: labels.Set{"app": name},
			Address: netip.MustParseAddr(w.pods[name].address),
		})
	}
	w.node.do(t, func() {
		opened, err := firewall.Open("veth*")
		if err != nil {
			t.Errorf("open the firewall: %v", err)
		}
		w.firewall = opened
	})
	return w
}

func (w *world) addPod(t *testing.T, name, address string) {
	t.Helper()
	pod := newHost(t, name, address)
	w.pods[name] = pod
	link := "veth" + name
	run(t, fmt.Sprintf("ip link add %s netns %s type veth peer name eth0 netns %s", link, w.node.path, pod.path))
	w.node.run(t, "ip link set "+link+" up")
	w.node.run(t, "ip addr add "+gateway+"/32 dev "+link)
	w.node.run(t, "ip route add "+address+"/32 dev "+link)
	pod.run(t, "ip link set eth0 up")
	pod.run(t, "ip addr add "+address+"/32 dev eth0")
	pod.run(t, "ip route add "+gateway+"/32 dev eth0 scope link")
	pod.run(t, "ip route add default via "+gateway+" dev eth0")
}

func (w *world) addOutside(t *testing.T) {
	t.Helper()
	w.outside = newHost(t, "outside", outsideAddress)
	run(t, fmt.Sprintf("ip link add out0 netns %s type veth peer name eth0 netns %s", w.node.path, w.outside.path))
	w.node.run(t, "ip link set out0 up")
	w.node.run(t, "ip addr add 192.0.2.1/24 dev out0")
	w.outside.run(t, "ip link set eth0 up")
	w.outside.run(t, "ip addr add "+outsideAddress+"/24 dev eth0")
	w.outside.run(t, "ip route add default via 192.0.2.1")
}

// host finds a machine by its name: "node", "outside" or a pod's.
func (w *world) host(name string) *host {
	switch name {
	case "node":
		return w.node
	case "outside":
		return w.outside
	}
	return w.pods[name]
}

// apply computes the table for the policies (YAML documents) and writes it.
func (w *world) apply(t *testing.T, documents string) {
	t.Helper()
	w.snapshot.Policies = nil
	for document := range strings.SplitSeq(documents, "\n---\n") {
		if strings.TrimSpace(document) == "" {
			continue
		}
		p := &networkingv1.NetworkPolicy{}
		if err := yaml.UnmarshalStrict([]byte(document), p); err != nil {
			t.Fatalf("policy: %v", err)
		}
		w.snapshot.Policies = append(w.snapshot.Policies, p)
	}
	rules, complaints := policy.Plan(w.snapshot)
	if len(complaints) > 0 {
		t.Fatalf("complaints: %v", complaints)
	}
	w.node.do(t, func() {
		if err := w.firewall.Apply(context.Background(), rules); err != nil {
			t.Error(err)
		}
	})
}

// open removes the table.
func (w *world) open(t *testing.T) {
	t.Helper()
	w.node.do(t, func() {
		if err := w.firewall.Remove(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
