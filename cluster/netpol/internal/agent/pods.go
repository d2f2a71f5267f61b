package agent

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"

	"countersign.dev/cluster/netpol/internal/policy"
)

// toPod gives the pod as policies see it. It is false for pods without an IPv4 address of their own: not yet
// started, ended (their address may already be another's), or in the node's network (they are the node).
func toPod(pod *corev1.Pod) (policy.Pod, bool) {
	ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	address, ok := address4(pod)
	if pod.Spec.HostNetwork || ended || !ok {
		return policy.Pod{}, false
	}
	return policy.Pod{
		Namespace: pod.Namespace,
		Name:      pod.Name,
		Node:      pod.Spec.NodeName,
		Labels:    pod.Labels,
		Address:   address,
		Ports:     containerPorts(pod),
	}, true
}

func address4(pod *corev1.Pod) (netip.Addr, bool) {
	candidates := []string{pod.Status.PodIP}
	for _, ip := range pod.Status.PodIPs {
		candidates = append(candidates, ip.IP)
	}
	for _, text := range candidates {
		if address, err := netip.ParseAddr(text); err == nil && address.Is4() {
			return address, true
		}
	}
	return netip.Addr{}, false
}

// containerPorts are those of the containers that run while the pod does: init containers only as sidecars.
func containerPorts(pod *corev1.Pod) []corev1.ContainerPort {
	var ports []corev1.ContainerPort
	for _, c := range pod.Spec.Containers {
		ports = append(ports, c.Ports...)
	}
	for _, c := range pod.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			ports = append(ports, c.Ports...)
		}
	}
	return ports
}
