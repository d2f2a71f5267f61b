package firewall

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	"sigs.k8s.io/knftables"

	"countersign.dev/cluster/netpol/internal/policy"
)

func chainsOf(t *testing.T, fake *knftables.Fake) []string {
	t.Helper()
	chains, err := fake.List(context.Background(), "chain")
	if err != nil && !knftables.IsNotFound(err) {
		t.Fatal(err)
	}
	slices.Sort(chains)
	return chains
}

func TestTableOfAnotherVersionStaysUntilItCanBeReplaced(t *testing.T) {
	ctx := context.Background()
	fake := knftables.NewFake(Family, TableName)
	tx := fake.NewTransaction()
	tx.Add(&knftables.Table{})
	tx.Add(&knftables.Chain{Name: "old"})
	if err := fake.Run(ctx, tx); err != nil {
		t.Fatal(err)
	}
	f := &Firewall{nft: fake, interfaces: "veth*"}
	pods := netip.MustParsePrefix("10.244.0.0/16")
	if closed, err := f.Close(ctx, pods); closed || err != nil {
		t.Fatalf("Close: %t, %v", closed, err)
	}
	if got := chainsOf(t, fake); !slices.Equal(got, []string{"old"}) {
		t.Errorf("after Close: %v", got)
	}
	for range 2 { // replaced whole, then in place
		if err := f.Apply(ctx, policy.Ruleset{PodCIDR: pods, Known: addrs("10.244.0.2")}); err != nil {
			t.Fatal(err)
		}
		if got := chainsOf(t, fake); !slices.Equal(got, chainNames) {
			t.Errorf("after Apply: %v", got)
		}
	}
	again := &Firewall{nft: fake, interfaces: "veth*"}
	if closed, err := again.Close(ctx, pods); closed || err != nil || !again.sound {
		t.Errorf("Close over a sound table: %t, %v, sound %t", closed, err, again.sound)
	}
	for range 2 { // the second time there is nothing to remove
		if err := f.Remove(ctx); err != nil {
			t.Fatal(err)
		}
		if got := chainsOf(t, fake); len(got) > 0 {
			t.Errorf("after Remove: %v", got)
		}
	}
}
