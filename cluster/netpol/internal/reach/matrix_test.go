package reach

import "testing"

// denyA isolates pod a both ways.
const denyA = `
metadata: {name: deny, namespace: a}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`

// serveAll gives every machine the same servers.
func (w *world) serveAll(t *testing.T) {
	t.Helper()
	for _, name := range []string{"node", "outside", "a", "b", "c", "d"} {
		for _, port := range []int{8080, 8085, 9090} {
			w.host(name).serve(t, "tcp", port)
		}
		w.host(name).serve(t, "udp", 5353)
	}
	w.node.serve(t, "tcp", 6443)
	w.node.serve(t, "tcp", 10250)
}

func TestPoliciesDecideWhatReachesWhat(t *testing.T) {
	w := newWorld(t)
	w.serveAll(t)
	cases := []struct{ name, policies, flows string }{
		{"no policy leaves known pods alone", ``, `
			tcp a -> b:8080 yes
			udp b -> a:5353 yes
			icmp a -> b:0 yes
			tcp a -> node:6443 yes
			tcp node -> a:8080 yes
			tcp a -> outside:8080 yes
			tcp outside -> a:8080 yes
			tcp outside -> node:6443 yes
			tcp node -> outside:8080 yes
			tcp node -> 10.244.0.1:6443 yes
			tcp a -> 10.244.0.1:6443 yes`},
		{"default deny, both ways", denyA, `
			tcp a -> b:8080 no
			tcp b -> a:8080 no
			udp a -> b:5353 no
			udp b -> a:5353 no
			icmp a -> b:0 no
			icmp b -> a:0 no
			icmp a -> node:0 no
			icmp node -> a:0 no
			tcp a -> node:6443 no
			tcp a -> node:10250 no
			tcp a -> 10.244.0.1:10250 no
			udp a -> node:5353 no
			tcp node -> a:8080 no
			udp node -> a:5353 no
			tcp a -> outside:8080 no
			tcp outside -> a:8080 no
			tcp a -> a:8080 yes
			tcp b -> c:8080 yes
			tcp b -> node:6443 yes
			tcp node -> b:8080 yes`},
		{"default deny of ingress leaves egress, and its replies", `
metadata: {name: deny, namespace: a}
spec: {podSelector: {}}
`, `
			tcp a -> b:8080 yes
			udp a -> node:5353 yes
			icmp a -> b:0 yes
			tcp b -> a:8080 no
			udp node -> a:5353 no
			icmp b -> a:0 no`},
		{"default deny of egress leaves ingress, and its replies", `
metadata: {name: deny, namespace: a}
spec: {podSelector: {}, policyTypes: [Egress]}
`, `
			tcp b -> a:8080 yes
			udp node -> a:5353 yes
			tcp a -> b:8080 no
			udp a -> node:5353 no`},
		{"selectors, both combined; policies add up", denyA + `
---
metadata: {name: by-namespace, namespace: a}
spec:
  podSelector: {matchLabels: {app: a}}
  ingress:
    - from: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: b}}}]
---
metadata: {name: by-pod, namespace: a}
spec:
  podSelector: {}
  ingress:
    - from: [{podSelector: {matchLabels: {app: c}}}]
    - from: [{namespaceSelector: {matchLabels: {team: c}}, podSelector: {matchLabels: {app: b}}}]
`, `
			tcp b -> a:8080 yes
			tcp c -> a:8080 no
			tcp node -> a:8080 no
			tcp a -> b:8080 no`},
		{"ports, their ranges and protocols", `
metadata: {name: ports, namespace: a}
spec:
  podSelector: {}
  ingress:
    - ports: [{port: 8080, endPort: 8085}, {protocol: UDP, port: 5353}]
`, `
			tcp b -> a:8080 yes
			tcp node -> a:8085 yes
			tcp b -> a:9090 no
			udp b -> a:5353 yes
			icmp b -> a:0 no`},
		{"address blocks with exceptions", `
metadata: {name: blocks, namespace: a}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  egress:
    - to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.99.0.0/16, 10.244.0.3/32]}}]
    - to: [{ipBlock: {cidr: 192.0.2.0/24}}]
      ports: [{port: 8080}]
  ingress:
    - from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.244.0.3/32]}}]
`, `
			tcp a -> c:8080 yes
			tcp a -> b:8080 no
			tcp a -> node:6443 no
			tcp a -> 10.244.0.1:6443 yes
			tcp a -> outside:8080 yes
			tcp a -> outside:9090 no
			tcp b -> a:8080 no
			tcp c -> a:8080 yes
			tcp node -> a:8080 yes
			tcp outside -> a:8080 yes`},
		{"both ends must agree", denyA + `
---
metadata: {name: in, namespace: a}
spec: {podSelector: {}, ingress: [{}]}
---
metadata: {name: no-egress, namespace: b}
spec: {podSelector: {}, policyTypes: [Egress]}
`, `
			tcp b -> a:8080 no
			tcp c -> a:8080 yes`},
		{"a pod the node does not know is shut off", ``, `
			tcp d -> a:8080 no
			tcp a -> d:8080 no
			tcp d -> node:6443 no
			tcp node -> d:8080 no
			tcp d -> outside:8080 no
			tcp outside -> d:8080 no
			icmp d -> a:0 no
			icmp node -> d:0 no
			udp d -> outside:5353 no
			tcp a -> b:8080 yes`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { w.expect(t, c.policies, c.flows) })
	}
}
