package firewall

import (
	"context"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/knftables"

	corev1 "k8s.io/api/core/v1"

	"countersign.dev/cluster/netpol/internal/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

func addrs(texts ...string) (out []netip.Addr) {
	for _, text := range texts {
		out = append(out, netip.MustParseAddr(text))
	}
	return out
}

func TestTableIsWrittenAsRecorded(t *testing.T) {
	long := strings.Repeat("n", 200)
	all := policy.AddressRange{First: netip.MustParseAddr("10.0.0.0"), Last: netip.MustParseAddr("10.0.0.255")}
	rules := policy.Ruleset{
		PodCIDR:         netip.MustParsePrefix("10.244.0.0/16"),
		Known:           addrs("10.244.0.2", "10.244.0.3"),
		IsolatedIngress: addrs("10.244.0.2"),
		IsolatedEgress:  addrs("10.244.0.2", "10.244.0.3"),
		Ingress: []policy.Allow{{
			Origin: "a/b ingress 0", Pods: addrs("10.244.0.2"), Peers: []policy.AddressRange{all},
			Ports: []policy.PortRange{
				{Protocol: corev1.ProtocolSCTP, First: 1, Last: 1},
				{Protocol: corev1.ProtocolTCP, First: 80, Last: 90},
				{Protocol: corev1.ProtocolUDP, First: 53, Last: 53},
			},
		}},
		Egress: []policy.Allow{{Origin: long, Pods: addrs("10.244.0.3"), AnyPeer: true, AnyPort: true}},
	}
	fake := knftables.NewFake(Family, TableName)
	for range 2 { // the second time replaces, so the outcome must be the same
		tx := fake.NewTransaction()
		write(tx, rules, "veth*")
		if err := fake.Run(context.Background(), tx); err != nil {
			t.Fatal(err)
		}
	}
	golden := filepath.Join("testdata", "table.nft")
	got := fake.Dump()
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
		t.Errorf("table differs from %s:\n%s", golden, got)
	}
	if strings.Contains(got, "established") {
		t.Error("established connections must be judged by today's policies, not accepted as such")
	}
}
