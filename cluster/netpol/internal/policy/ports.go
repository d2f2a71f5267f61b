package policy

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// namedPort is a port that a policy calls by the name a container gave it; its number differs from pod to pod.
type namedPort struct {
	protocol corev1.Protocol
	name     string
}

// splitPorts separates the numbers of a rule from its names. What cannot be understood permits nothing and is
// returned as a complaint.
func splitPorts(ports []networkingv1.NetworkPolicyPort) (numeric []PortRange, named []namedPort, complaints []error) {
	for _, port := range ports {
		protocol := corev1.ProtocolTCP
		if port.Protocol != nil {
			protocol = *port.Protocol
		}
		if protocol != corev1.ProtocolTCP && protocol != corev1.ProtocolUDP && protocol != corev1.ProtocolSCTP {
			complaints = append(complaints, fmt.Errorf("protocol %q is not TCP, UDP or SCTP", protocol))
			continue
		}
		switch {
		case port.Port == nil && port.EndPort == nil:
			numeric = append(numeric, PortRange{protocol, 0, math.MaxUint16})
		case port.Port == nil:
			complaints = append(complaints, fmt.Errorf("endPort %d without port", *port.EndPort))
		case port.Port.Type == intstr.String && port.EndPort != nil:
			complaints = append(complaints, fmt.Errorf("endPort %d with the named port %q", *port.EndPort, port.Port.StrVal))
		case port.Port.Type == intstr.String:
			named = append(named, namedPort{protocol, port.Port.StrVal})
		default:
			last := port.Port.IntVal
			if port.EndPort != nil {
				last = *port.EndPort
			}
			if port.Port.IntVal < 1 || last > math.MaxUint16 || last < port.Port.IntVal {
				complaints = append(complaints, fmt.Errorf("ports %d to %d are not a range", port.Port.IntVal, last))
				continue
			}
			numeric = append(numeric, PortRange{protocol, uint16(port.Port.IntVal), uint16(last)})
		}
	}
	return mergePorts(numeric), named, complaints
}

func mergePorts(ports []PortRange) []PortRange {
	slices.SortFunc(ports, comparePorts)
	var merged []PortRange
	for _, p := range ports {
		if n := len(merged); n > 0 && merged[n-1].Protocol == p.Protocol && int(p.First) <= int(merged[n-1].Last)+1 {
			merged[n-1].Last = max(merged[n-1].Last, p.Last)
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

func comparePorts(a, b PortRange) int {
	return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
}

// byNamedPort groups pods by the numbers that a name stands for in them. Pods without such a port are left out.
func byNamedPort(pods []Pod, port namedPort) map[PortRange][]Pod {
	groups := map[PortRange][]Pod{}
	for _, pod := range pods {
		seen := map[PortRange]bool{}
		for _, declared := range pod.Ports {
			protocol := cmp.Or(declared.Protocol, corev1.ProtocolTCP)
			if declared.Name != port.name || protocol != port.protocol {
				continue
			}
			if declared.ContainerPort < 1 || declared.ContainerPort > math.MaxUint16 {
				continue
			}
			number := PortRange{protocol, uint16(declared.ContainerPort), uint16(declared.ContainerPort)}
			if !seen[number] {
				seen[number] = true
				groups[number] = append(groups[number], pod)
			}
		}
	}
	return groups
}
