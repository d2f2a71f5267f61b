// Package policy decides which connections of pods are permitted: a pure function from what the cluster
// says (Snapshot) to what the node must enforce (Ruleset). It has no client, clock, randomness or logger.
package policy

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Snapshot is everything a decision may depend on.
type Snapshot struct {
	// Node is the name of the node that enforces. Only pods on it are isolated here; pods elsewhere are peers.
	Node string
	// PodCIDR holds the addresses that belong to pods, IPv4. A pod with an address outside of it is ignored.
	PodCIDR netip.Prefix
	// Pods are the living pods that have an address of their own (no host network, not yet ended).
	Pods []Pod
	// Namespaces gives each namespace's labels by its name. A namespace that is missing matches no selector.
	Namespaces map[string]labels.Set
	// Policies are read, never changed.
	Policies []*networkingv1.NetworkPolicy
}

// Pod is the part of a Kubernetes pod that policies can speak about.
type Pod struct {
	Namespace string
	Name      string
	Node      string
	Labels    labels.Set
	Address   netip.Addr
	// Ports are the declared container ports; only their names and protocols matter, for named ports.
	Ports []corev1.ContainerPort
}

func (p Pod) fullName() string { return p.Namespace + "/" + p.Name }
