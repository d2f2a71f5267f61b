package policy

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write the golden files anew")

// cluster is the world that every golden policy meets.
func cluster() Snapshot {
	pod := func(namespace, name, address string, set labels.Set, ports ...corev1.ContainerPort) Pod {
		return Pod{Namespace: namespace, Name: name, Node: "node1", Labels: set,
			Address: netip.MustParseAddr(address), Ports: ports}
	}
	web := func(number int32) corev1.ContainerPort {
		return corev1.ContainerPort{Name: "web", ContainerPort: number}
	}
	elsewhere := pod("finance", "far", "10.244.1.9", labels.Set{"app": "api"}, web(8443))
	elsewhere.Node = "node2"
	return Snapshot{
		Node:    "node1",
		PodCIDR: netip.MustParsePrefix("10.244.0.0/16"),
		Namespaces: map[string]labels.Set{
			"finance": {"team": "finance"}, "hr": {"team": "hr"}, "system": {"team": "platform"},
		},
		Pods: []Pod{
			pod("finance", "api", "10.244.0.2", labels.Set{"app": "api"}, web(8080)),
			pod("finance", "api-new", "10.244.0.3", labels.Set{"app": "api", "track": "new"}, web(8081)),
			pod("finance", "db", "10.244.0.4", labels.Set{"app": "db"}),
			pod("hr", "api", "10.244.0.5", labels.Set{"app": "api"}, web(8080)),
			pod("system", "dns", "10.244.0.6", labels.Set{"app": "dns"},
				corev1.ContainerPort{Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP}),
			elsewhere,
		},
	}
}

func read(t *testing.T, file string) []*networkingv1.NetworkPolicy {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var policies []*networkingv1.NetworkPolicy
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		p := &networkingv1.NetworkPolicy{}
		if err := yaml.UnmarshalStrict([]byte(document), p); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		policies = append(policies, p)
	}
	return policies
}

// describe writes a plan for people: the golden files are meant to be read in review.
func describe(rules Ruleset, complaints []string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "known             %v\n", rules.Known)
	fmt.Fprintf(&out, "isolated ingress  %v\n", rules.IsolatedIngress)
	fmt.Fprintf(&out, "isolated egress   %v\n", rules.IsolatedEgress)
	for _, direction := range []struct {
		name   string
		allows []Allow
	}{{"ingress of", rules.Ingress}, {"egress of", rules.Egress}} {
		for _, a := range direction.allows {
			peers, ports := fmt.Sprint(a.Peers), []string{}
			for _, p := range a.Ports {
				ports = append(ports, string(p.Protocol)+" "+p.String())
			}
			if a.AnyPeer {
				peers = "anyone"
			}
			if a.AnyPort {
				ports = append(ports, "anything")
			}
			fmt.Fprintf(&out, "allow %-10s %v peers %s: %s (%s)\n", direction.name, a.Pods, peers,
				strings.Join(ports, ", "), a.Origin)
		}
	}
	for _, c := range complaints {
		fmt.Fprintf(&out, "complaint %s\n", c)
	}
	return out.String()
}

func TestPoliciesGiveTheRecordedRules(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("golden policies: %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			snap := cluster()
			snap.Policies = read(t, file)
			got := describe(Plan(snap))
			golden := strings.TrimSuffix(file, ".yaml") + ".rules"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("differs from %s:\n%s", golden, got)
			}
		})
	}
}

func TestOrderOfInputDoesNotMatter(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.yaml")
	snap := cluster()
	for _, file := range files {
		for _, p := range read(t, file) {
			p.Name = filepath.Base(file) + p.Name
			snap.Policies = append(snap.Policies, p)
		}
	}
	one, complaints := Plan(snap)
	slices.Reverse(snap.Pods)
	slices.Reverse(snap.Policies)
	two, complaintsTwo := Plan(snap)
	if !reflect.DeepEqual(one, two) || !slices.Equal(complaints, complaintsTwo) {
		t.Error("the same snapshot in another order gives another plan")
	}
}

func TestAddressesThatSayNothingAreUnknown(t *testing.T) {
	snap := cluster()
	twin := snap.Pods[0]
	twin.Name = "twin"
	outside := snap.Pods[2]
	outside.Name, outside.Address = "outside", netip.MustParseAddr("192.0.2.1")
	six := snap.Pods[2]
	six.Name, six.Address = "six", netip.MustParseAddr("fd00::1")
	before, _ := Plan(snap)
	if !slices.Contains(before.Known, twin.Address) {
		t.Fatal("the address is not known before its twin comes")
	}
	snap.Pods = append(snap.Pods, twin, outside, six)
	rules, complaints := Plan(snap)
	for _, address := range []netip.Addr{twin.Address, outside.Address, six.Address} {
		if slices.Contains(rules.Known, address) {
			t.Errorf("%s is known", address)
		}
	}
	if len(complaints) != 4 { // both twins, outside, six
		t.Errorf("complaints: %q", complaints)
	}
}
