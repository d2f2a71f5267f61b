package policy

import (
	"errors"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// peerSet is the other side of a rule.
type peerSet struct {
	any    bool
	pods   []Pod
	blocks []span
}

func (s peerSet) ranges() []AddressRange { return ranges(append(podSpans(s.pods), s.blocks...)) }

// resolvePeers finds the peers of one rule. A rule without peers is open to everyone. A peer that cannot be
// understood stands for nobody and is returned as a complaint.
func resolvePeers(snap Snapshot, namespace string, peers []networkingv1.NetworkPolicyPeer) (peerSet, []error) {
	if len(peers) == 0 {
		return peerSet{any: true, pods: snap.Pods}, nil
	}
	var set peerSet
	var complaints []error
	for _, peer := range peers {
		if peer.IPBlock != nil {
			if peer.PodSelector != nil || peer.NamespaceSelector != nil {
				complaints = append(complaints, errors.New("a peer has both an ipBlock and a selector"))
				continue
			}
			spans, err := blockSpans(peer.IPBlock)
			if err != nil {
				complaints = append(complaints, err)
			}
			set.blocks = append(set.blocks, spans...)
			continue
		}
		pods, err := selectedPeers(snap, namespace, peer)
		if err != nil {
			complaints = append(complaints, err)
		}
		set.pods = append(set.pods, pods...)
	}
	return set, complaints
}

func selectedPeers(snap Snapshot, namespace string, peer networkingv1.NetworkPolicyPeer) ([]Pod, error) {
	if peer.PodSelector == nil && peer.NamespaceSelector == nil {
		return nil, errors.New("a peer is empty")
	}
	matchesPod := labels.Everything()
	if peer.PodSelector != nil {
		selector, err := metav1.LabelSelectorAsSelector(peer.PodSelector)
		if err != nil {
			return nil, err
		}
		matchesPod = selector
	}
	// Without a namespaceSelector only the policy's own namespace is meant.
	inNamespace := func(name string) bool { return name == namespace }
	if peer.NamespaceSelector != nil {
		selector, err := metav1.LabelSelectorAsSelector(peer.NamespaceSelector)
		if err != nil {
			return nil, err
		}
		inNamespace = func(name string) bool {
			found, ok := snap.Namespaces[name]
			return ok && selector.Matches(found)
		}
	}
	var pods []Pod
	for _, pod := range snap.Pods {
		if inNamespace(pod.Namespace) && matchesPod.Matches(pod.Labels) {
			pods = append(pods, pod)
		}
	}
	return pods, nil
}
