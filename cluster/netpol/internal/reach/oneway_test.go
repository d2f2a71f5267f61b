package reach

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestNotEvenOneDatagramArrives looks at each direction by itself: a dropped answer would hide a request that came
// through.
func TestNotEvenOneDatagramArrives(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		from, to string
		pass     bool
	}{
		{"a", "node", false}, {"node", "a", false}, {"a", "b", false}, {"b", "a", false},
		{"a", "outside", false}, {"outside", "a", false},
		{"d", "node", false}, {"node", "d", false}, {"d", "b", false}, {"b", "d", false},
		{"d", "outside", false}, {"outside", "d", false},
		{"b", "node", true}, {"node", "b", true}, {"b", "outside", true}, {"outside", "b", true},
	} {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			w.open(t)
			if !w.arrives(t, c.from, c.to) {
				t.Fatal("does not arrive without the table, so the test would show nothing")
			}
			w.apply(t, denyA)
			if got := w.arrives(t, c.from, c.to); got != c.pass {
				t.Errorf("arrives = %t, want %t", got, c.pass)
			}
		})
	}
}

func (w *world) arrives(t *testing.T, from, to string) bool {
	t.Helper()
	target := w.host(to).address + ":7000"
	var receiver net.PacketConn
	var err error
	w.host(to).do(t, func() { receiver, err = net.ListenPacket("udp4", target) })
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	sender, err := w.host(from).dial(t, "udp", target)
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	if _, err := io.WriteString(sender, "hello"); err != nil {
		return false // a dropped packet of one's own is told to the sender: "operation not permitted"
	}
	_ = receiver.SetReadDeadline(time.Now().Add(patience))
	_, _, err = receiver.ReadFrom(make([]byte, 16))
	return err == nil
}

// TestForgottenConnectionIsNotTurnedAround has the kernel forget a connection that a policy has cut. The isolated
// pod's next packet must not count as a connection of its own, which its free egress would permit.
func TestForgottenConnectionIsNotTurnedAround(t *testing.T) {
	w := newWorld(t)
	w.apply(t, "")
	asker, answerer := w.pair(t, "tcp")
	w.node.run(t, "conntrack -F")
	w.open(t)
	if !hears(asker, answerer, "before") {
		t.Fatal("does not pass without the table, so the test would show nothing")
	}
	w.apply(t, `
metadata: {name: deny, namespace: a}
spec: {podSelector: {}}
`)
	w.node.run(t, "conntrack -F")
	if hears(asker, answerer, "after") {
		t.Error("passes")
	}
}
