package policy

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Plan gives the rules for a snapshot, and complaints about what it could not follow. Whatever it cannot follow
// permits nothing. Equal snapshots give equal rulesets, whatever the order of their pods and policies.
func Plan(snap Snapshot) (Ruleset, []string) {
	b := builder{isolated: map[networkingv1.PolicyType]map[netip.Addr]bool{
		networkingv1.PolicyTypeIngress: {},
		networkingv1.PolicyTypeEgress:  {},
	}}
	snap.Pods = b.usable(snap)
	policies := slices.Clone(snap.Policies)
	slices.SortFunc(policies, func(a, b *networkingv1.NetworkPolicy) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	for _, p := range policies {
		b.policy(snap, p)
	}
	b.rules.PodCIDR = snap.PodCIDR
	b.rules.Known = addresses(snap.Pods)
	b.rules.IsolatedIngress = sorted(b.isolated[networkingv1.PolicyTypeIngress])
	b.rules.IsolatedEgress = sorted(b.isolated[networkingv1.PolicyTypeEgress])
	slices.Sort(b.complaints)
	return b.rules, b.complaints
}

type builder struct {
	rules      Ruleset
	isolated   map[networkingv1.PolicyType]map[netip.Addr]bool
	complaints []string
}

func (b *builder) complain(about string, err error) {
	b.complaints = append(b.complaints, about+": "+err.Error())
}

// usable sorts the pods and leaves out those whose address says nothing: outside the pod range, or claimed by two.
// Packets of an address that is left out are dropped, because nobody can say whose policies hold for them.
func (b *builder) usable(snap Snapshot) []Pod {
	pods := slices.Clone(snap.Pods)
	slices.SortFunc(pods, func(a, b Pod) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	claims := map[netip.Addr]int{}
	for _, pod := range pods {
		claims[pod.Address]++
	}
	return slices.DeleteFunc(pods, func(pod Pod) bool {
		switch {
		case !pod.Address.Is4() || !snap.PodCIDR.Contains(pod.Address):
			b.complain(pod.fullName(), fmt.Errorf("address %s is outside %s", pod.Address, snap.PodCIDR))
		case claims[pod.Address] > 1:
			b.complain(pod.fullName(), fmt.Errorf("address %s is claimed by %d pods", pod.Address, claims[pod.Address]))
		default:
			return false
		}
		return true
	})
}

func (b *builder) policy(snap Snapshot, p *networkingv1.NetworkPolicy) {
	name := p.Namespace + "/" + p.Name
	selector, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector)
	understood := err == nil
	if !understood {
		b.complain(name, err)
	}
	var selected []Pod
	for _, pod := range snap.Pods {
		// A selector that cannot be read isolates the whole namespace and opens nothing.
		if pod.Node == snap.Node && pod.Namespace == p.Namespace && (!understood || selector.Matches(pod.Labels)) {
			selected = append(selected, pod)
		}
	}
	for _, direction := range policyTypes(p) {
		if b.isolated[direction] == nil {
			b.complain(name, fmt.Errorf("policy type %q is not Ingress or Egress", direction))
			continue
		}
		for _, pod := range selected {
			b.isolated[direction][pod.Address] = true
		}
		if !understood || len(selected) == 0 {
			continue
		}
		if direction == networkingv1.PolicyTypeIngress {
			for i, rule := range p.Spec.Ingress {
				origin := fmt.Sprintf("%s ingress %d", name, i)
				allows := b.allows(snap, p.Namespace, origin, selected, rule.From, rule.Ports, byTarget)
				b.rules.Ingress = append(b.rules.Ingress, allows...)
			}
			continue
		}
		for i, rule := range p.Spec.Egress {
			origin := fmt.Sprintf("%s egress %d", name, i)
			allows := b.allows(snap, p.Namespace, origin, selected, rule.To, rule.Ports, byPeer)
			b.rules.Egress = append(b.rules.Egress, allows...)
		}
	}
}

// policyTypes fills in what an omitted policyTypes means: always ingress, and egress if there are egress rules.
func policyTypes(p *networkingv1.NetworkPolicy) []networkingv1.PolicyType {
	if len(p.Spec.PolicyTypes) > 0 {
		types := slices.Clone(p.Spec.PolicyTypes)
		slices.Sort(types)
		return slices.Compact(types)
	}
	if len(p.Spec.Egress) > 0 {
		return []networkingv1.PolicyType{networkingv1.PolicyTypeEgress, networkingv1.PolicyTypeIngress}
	}
	return []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
}

// naming says whose container ports give a named port its number: those of the pod that answers.
type naming int

const (
	byTarget naming = iota // ingress: the selected pods answer
	byPeer                 // egress: the peers answer
)

func (b *builder) allows(snap Snapshot, namespace, origin string, selected []Pod,
	peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, names naming) []Allow {
	set, complaints := resolvePeers(snap, namespace, peers)
	numeric, named, more := splitPorts(ports)
	for _, err := range append(complaints, more...) {
		b.complain(origin, err)
	}
	base := Allow{Origin: origin, Pods: addresses(selected), AnyPeer: set.any}
	if !set.any {
		base.Peers = set.ranges()
		if len(base.Peers) == 0 {
			return nil
		}
	}
	if len(ports) == 0 {
		base.AnyPort = true
		return []Allow{base}
	}
	var out []Allow
	if len(numeric) > 0 {
		base.Ports = numeric
		out = append(out, base)
	}
	for _, port := range named {
		answering := selected
		if names == byPeer {
			answering = set.pods
			if set.any || len(set.blocks) > 0 {
				b.complain(origin, fmt.Errorf("the named port %q permits pods only, not addresses outside", port.name))
			}
		}
		groups := byNamedPort(answering, port)
		if len(groups) == 0 {
			b.complain(origin, fmt.Errorf("no pod gives the named port %q a number", port.name))
		}
		for _, number := range slices.SortedFunc(maps.Keys(groups), comparePorts) {
			one := base
			one.Ports = []PortRange{number}
			if names == byTarget {
				one.Pods = addresses(groups[number])
			} else {
				one.AnyPeer, one.Peers = false, ranges(podSpans(groups[number]))
			}
			out = append(out, one)
		}
	}
	return out
}

func sorted(set map[netip.Addr]bool) []netip.Addr {
	return slices.SortedFunc(maps.Keys(set), netip.Addr.Compare)
}
