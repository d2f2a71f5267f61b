package policy

import (
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
)

// Ruleset says what a node enforces, in terms of connections: who began one, who answers it, on which port.
// A connection is permitted when the beginning pod's egress and the answering pod's ingress both permit it;
// packets of both directions are then let through.
type Ruleset struct {
	// PodCIDR holds all addresses of pods. An address in it that is not Known may neither send nor receive.
	PodCIDR netip.Prefix
	// Known are the addresses of living pods, sorted.
	Known []netip.Addr
	// IsolatedIngress are the pods that answer only what Ingress lists, sorted.
	IsolatedIngress []netip.Addr
	// IsolatedEgress are the pods that begin only what Egress lists, sorted.
	IsolatedEgress []netip.Addr
	Ingress        []Allow
	Egress         []Allow
}

// Allow permits connections between Pods and peers. Within Ingress the Pods answer and the peers begin;
// within Egress it is the other way round.
type Allow struct {
	// Origin names the policy and the rule it comes from, for people who read the node's tables.
	Origin string
	// Pods are the isolated pods that the rule opens, sorted, never empty.
	Pods []netip.Addr
	// AnyPeer permits every address; Peers is then empty. Otherwise Peers is sorted, disjoint and not empty.
	AnyPeer bool
	Peers   []AddressRange
	// AnyPort permits every protocol and port, ICMP included; Ports is then empty. Otherwise Ports is sorted,
	// disjoint and not empty.
	AnyPort bool
	Ports   []PortRange
}

// AddressRange is an inclusive range of IPv4 addresses.
type AddressRange struct {
	First, Last netip.Addr
}

// String gives "a" for one address, else "a-b".
func (r AddressRange) String() string {
	if r.First == r.Last {
		return r.First.String()
	}
	return r.First.String() + "-" + r.Last.String()
}

// PortRange is an inclusive range of ports of one transport protocol.
type PortRange struct {
	Protocol    corev1.Protocol
	First, Last uint16
}

// String gives "p" for one port, else "p-q", without the protocol.
func (r PortRange) String() string {
	if r.First == r.Last {
		return fmt.Sprint(r.First)
	}
	return fmt.Sprintf("%d-%d", r.First, r.Last)
}
