// Package firewall writes a policy.Ruleset into the kernel as one nftables table.
package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sigs.k8s.io/knftables"

	corev1 "k8s.io/api/core/v1"

	"countersign.dev/cluster/netpol/internal/policy"
)

// Family and TableName name the one table that is written; no other is touched.
const (
	Family    = knftables.InetFamily
	TableName = "countersign-netpol"
)

// maxComment is what the kernel stores of a rule's comment, in bytes (NFTNL_UDATA_COMMENT_MAXLEN less the end).
const maxComment = 127

// In a connection's own terms: who began it and who answers. Address translation by Services is already undone
// in both: the first packet's sender is never translated before these hooks, and the reply's sender is the pod.
const (
	beginner  = "ct original ip saddr"
	responder = "ct reply ip saddr"
)

// chainNames are all chains of the table.
var chainNames = []string{"connection", "egress", "forward", "ingress", "input", "output", "prerouting"}

// table collects the rules of one transaction.
//
// The chains stay and only their rules are exchanged, and every set is a part of its rule. That is what makes the
// exchange whole for each packet: the kernel chooses between old and new rules once when a packet enters a hook. It
// looks at chains that come and go, and at the members of named sets, anew each time.
type table struct {
	tx *knftables.Transaction
}

// write fills tx with the rules. interfaces is the pattern of the node's ends of the pods' links ("veth*").
func write(tx *knftables.Transaction, rules policy.Ruleset, interfaces string) {
	t := table{tx}
	tx.Add(&knftables.Table{Comment: knftables.PtrTo("NetworkPolicy, see the agent's README")})
	t.chains()
	t.direction("ingress", responder, beginner, rules.Ingress)
	t.direction("egress", beginner, responder, rules.Egress)
	t.connection(rules)
	t.prerouting(rules.PodCIDR, interfaces)
	t.hooks(rules, interfaces)
}

func (t table) chains() {
	hooks := map[string]knftables.BaseChainHook{
		"prerouting": knftables.PreroutingHook,
		"forward":    knftables.ForwardHook,
		"input":      knftables.InputHook,
		"output":     knftables.OutputHook,
	}
	for _, name := range chainNames {
		chain := &knftables.Chain{Name: name}
		if hook, ok := hooks[name]; ok {
			// After Services have been translated (dstnat, -100), except for prerouting.
			priority := knftables.FilterPriority
			if hook == knftables.PreroutingHook {
				priority = knftables.RawPriority
			}
			chain.Type = knftables.PtrTo(knftables.FilterType)
			chain.Hook = knftables.PtrTo(hook)
			chain.Priority = knftables.PtrTo(priority)
			chain.Policy = knftables.PtrTo(knftables.AcceptPolicy)
		}
		t.tx.Add(chain)
		t.tx.Flush(&knftables.Chain{Name: name})
	}
}

// connection judges a packet by the connection it belongs to. It returns when the packet may pass.
//
// There is deliberately no "established: accept". Every packet of both directions is judged by today's policies,
// so a new policy also ends the connections that it forbids.
func (t table) connection(rules policy.Ruleset) {
	t.rule("connection", "ct state invalid,untracked counter drop")
	// Taking up a connection in the middle would let the packet at hand say which side began it.
	t.rule("connection", "ct state new meta l4proto tcp tcp flags & (fin|syn|rst|ack) != syn counter drop")
	// No policy can keep a pod from itself, also not by way of a Service.
	var selves []string
	for _, pod := range rules.Known {
		selves = append(selves, pod.String()+" . "+pod.String())
	}
	if len(selves) > 0 {
		t.rule("connection", beginner, ".", responder, set(selves), "return")
	}
	if len(rules.IsolatedEgress) > 0 {
		t.rule("connection", beginner, set(texts(rules.IsolatedEgress)), "jump egress")
	}
	if len(rules.IsolatedIngress) > 0 {
		t.rule("connection", responder, set(texts(rules.IsolatedIngress)), "jump ingress")
	}
}

// prerouting drops what claims to be someone else: policies speak of addresses, so an address must be true.
func (t table) prerouting(pods netip.Prefix, interfaces string) {
	t.rule("prerouting", "iifname", quote(interfaces), "meta nfproto ipv6 counter drop")
	t.rule("prerouting", "iifname", quote(interfaces), "fib saddr . iif oif missing counter drop")
	t.rule("prerouting", "ip saddr", pods.String(), "fib saddr . iif oif missing counter drop")
}

// hooks sends everything from or to a pod through connection, and drops what is from or to nobody known.
func (t table) hooks(rules policy.Ruleset, interfaces string) {
	pods := rules.PodCIDR.String()
	unknown := func(chain, expression string) {
		if len(rules.Known) == 0 {
			t.rule(chain, expression, pods, "counter drop")
			return
		}
		t.rule(chain, expression, pods, expression, "!=", set(texts(rules.Known)), "counter drop")
	}
	t.rule("forward", "oifname", quote(interfaces), "meta nfproto ipv6 counter drop")
	t.rule("forward", "meta nfproto ipv6 accept")
	t.rule("forward", "ip saddr !=", pods, "ip daddr !=", pods, "accept")
	unknown("forward", "ip saddr")
	unknown("forward", "ip daddr")
	t.rule("forward", "jump connection")

	t.rule("input", "meta nfproto ipv6 accept") // of pods: already dropped in prerouting
	t.rule("input", `iifname "lo" accept`)
	t.rule("input", "ip saddr !=", pods, "accept")
	unknown("input", "ip saddr")
	t.rule("input", "jump connection")

	// The output interface says nothing about IPv4 here: it is the one chosen before a Service was translated.
	t.rule("output", "oifname", quote(interfaces), "meta nfproto ipv6 counter drop")
	t.rule("output", "meta nfproto ipv6 accept")
	t.rule("output", "ip daddr !=", pods, "accept")
	t.rule("output", "fib daddr type local accept") // the node's own end of the pods' links is in their range
	unknown("output", "ip daddr")
	t.rule("output", "jump connection")
}

// direction writes the chain that returns for what is permitted and drops the rest. own and peer are the
// expressions for the isolated pod and for the other side.
func (t table) direction(chain, own, peer string, allows []policy.Allow) {
	for _, allow := range allows {
		match := own + " " + set(texts(allow.Pods))
		if !allow.AnyPeer {
			match += " " + peer + " " + set(texts(allow.Peers))
		}
		if allow.AnyPort {
			t.commented(chain, match+" return", allow.Origin)
			continue
		}
		t.ports(chain, match, allow)
	}
	t.rule(chain, "counter drop")
}

// ports writes a rule for each protocol, and one for the ICMP errors (port unreachable, fragmentation needed) of
// connections of that protocol between the same two addresses.
func (t table) ports(chain, match string, allow policy.Allow) {
	for _, protocol := range []corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP} {
		ranges := slices.DeleteFunc(slices.Clone(allow.Ports), func(p policy.PortRange) bool {
			return p.Protocol != protocol
		})
		if len(ranges) == 0 {
			continue
		}
		name := strings.ToLower(string(protocol))
		t.commented(chain, fmt.Sprintf("meta l4proto %s %s ct reply proto-src %s return", name, match, set(texts(ranges))),
			allow.Origin)
		t.commented(chain, fmt.Sprintf("meta l4proto icmp ct state related ct protocol %s %s return", name, match),
			allow.Origin)
	}
}

func (t table) rule(chain string, words ...string) {
	t.tx.Add(&knftables.Rule{Chain: chain, Rule: strings.Join(words, " ")})
}

func (t table) commented(chain, rule, comment string) {
	if len(comment) > maxComment {
		comment = comment[:maxComment]
	}
	t.tx.Add(&knftables.Rule{Chain: chain, Rule: rule, Comment: knftables.PtrTo(comment)})
}

func texts[T fmt.Stringer](values []T) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		out = append(out, v.String())
	}
	return out
}

// set is a set that belongs to one rule; it must have members.
func set(members []string) string { return "{ " + strings.Join(members, ", ") + " }" }

func quote(name string) string { return `"` + name + `"` }
