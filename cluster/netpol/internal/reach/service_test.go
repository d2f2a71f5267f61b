package reach

import (
	"testing"
)

// translate makes the node send two Service addresses on, at the hooks and priorities that kube-proxy uses, and
// hide a pod that reaches itself, as kube-proxy does.
func (w *world) translate(t *testing.T) {
	t.Helper()
	for _, line := range []string{
		"nft add table ip services",
		"nft add chain ip services prerouting { type nat hook prerouting priority dstnat; }",
		"nft add chain ip services output { type nat hook output priority -100; }",
		"nft add chain ip services postrouting { type nat hook postrouting priority srcnat; }",
		"nft add rule ip services prerouting ip daddr 10.96.0.1 tcp dport 443 dnat to 10.99.0.1:6443",
		"nft add rule ip services prerouting ip daddr 10.96.0.2 tcp dport 80 dnat to 10.244.0.3:8080",
		"nft add rule ip services prerouting ip daddr 10.96.0.3 tcp dport 80 dnat to 10.244.0.2:8080",
		"nft add rule ip services prerouting fib daddr type local tcp dport 30080 dnat to 10.244.0.2:8080",
		"nft add rule ip services output ip daddr 10.96.0.2 tcp dport 80 dnat to 10.244.0.3:8080",
		"nft add rule ip services output ip daddr 10.96.0.3 tcp dport 80 dnat to 10.244.0.2:8080",
		"nft add rule ip services output fib daddr type local tcp dport 30080 dnat to 10.244.0.2:8080",
		"nft add rule ip services postrouting ip saddr 10.244.0.2 ip daddr 10.244.0.2 masquerade",
	} {
		w.node.run(t, line)
	}
	// As on a real node, Service addresses follow the default route until they are translated.
	w.node.run(t, "ip route add default via "+outsideAddress)
}

func TestServicesAreJudgedByWhatStandsBehindThem(t *testing.T) {
	w := newWorld(t)
	w.serveAll(t)
	w.translate(t)
	w.expect(t, denyA, `
		tcp a -> 10.96.0.1:443 no
		tcp b -> 10.96.0.1:443 yes
		tcp a -> 10.96.0.2:80 no
		tcp c -> 10.96.0.2:80 yes
		tcp node -> 10.96.0.2:80 yes
		tcp b -> 10.96.0.3:80 no
		tcp node -> 10.96.0.3:80 no
		tcp node -> node:30080 no
		tcp outside -> 192.0.2.1:30080 no
		tcp a -> 10.96.0.3:80 yes`)
	w.expect(t, `
metadata: {name: a, namespace: a}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ipBlock: {cidr: 192.0.2.2/32}}]
      ports: [{port: 8080}]
  egress:
    - to: [{ipBlock: {cidr: 10.99.0.1/32}}]
      ports: [{port: 6443}]
    - to: [{namespaceSelector: {matchLabels: {team: b}}}]
      ports: [{port: 8080}]
`, `
		tcp a -> 10.96.0.1:443 yes
		tcp a -> node:10250 no
		tcp a -> 10.96.0.2:80 yes
		tcp a -> b:9090 no
		tcp outside -> 192.0.2.1:30080 yes
		tcp node -> 10.96.0.3:80 no`)
}
