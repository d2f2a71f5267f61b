package firewall

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"sigs.k8s.io/knftables"

	"countersign.dev/cluster/netpol/internal/policy"
)

// Firewall is the table in one network namespace: that of the thread which calls it. Not for concurrent use.
type Firewall struct {
	nft        knftables.Interface
	interfaces string
	// sound is true while the table is known to have exactly the chains that are written to it.
	sound bool
}

// Open finds the nft program. interfaces is the pattern of the node's ends of the pods' links.
func Open(interfaces string) (*Firewall, error) {
	nft, err := knftables.New(Family, TableName)
	if err != nil {
		return nil, fmt.Errorf("nftables: %w", err)
	}
	return &Firewall{nft: nft, interfaces: interfaces}, nil
}

// Apply makes the rules hold, in one transaction. A packet meets either all of the old rules or all of the new,
// except where the table itself is not as this program makes it (made by another version, or damaged): then it is
// replaced whole.
func (f *Firewall) Apply(ctx context.Context, rules policy.Ruleset) error {
	tx := f.nft.NewTransaction()
	if !f.sound {
		// Adding before deleting makes the deletion valid when there is no table yet.
		tx.Add(&knftables.Table{})
		tx.Delete(&knftables.Table{})
	}
	write(tx, rules, f.interfaces)
	err := f.nft.Run(ctx, tx)
	f.sound = err == nil
	if err != nil {
		return fmt.Errorf("write table %s: %w", TableName, err)
	}
	return nil
}

// Close shuts all pods off unless there are rules already, which then stay as they are.
func (f *Firewall) Close(ctx context.Context, pods netip.Prefix) (closed bool, err error) {
	found, err := f.nft.List(ctx, "chain")
	if err != nil && !knftables.IsNotFound(err) {
		return false, fmt.Errorf("read table %s: %w", TableName, err)
	}
	slices.Sort(found)
	f.sound = slices.Equal(found, chainNames)
	if len(found) > 0 {
		return false, nil
	}
	return true, f.Apply(ctx, policy.Ruleset{PodCIDR: pods})
}

// Remove deletes the table: from then on nothing is enforced. It is no error if there is none.
func (f *Firewall) Remove(ctx context.Context) error {
	tx := f.nft.NewTransaction()
	tx.Add(&knftables.Table{})
	tx.Delete(&knftables.Table{})
	if err := f.nft.Run(ctx, tx); err != nil {
		return fmt.Errorf("remove table %s: %w", TableName, err)
	}
	return nil
}
