package reach

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"
)

// TestNobodySpeaksForOthers has the isolated pod a send datagrams under addresses that are not its own.
func TestNobodySpeaksForOthers(t *testing.T) {
	w := newWorld(t)
	a := w.host("a")
	var socket net.PacketConn
	w.outside.do(t, func() { socket, _ = net.ListenPacket("udp4", outsideAddress+":7000") })
	defer socket.Close()
	w.node.run(t, "ip link set vetha address 02:00:00:00:00:01")
	// Fixed, because the node does not answer an ARP request that comes from a false address.
	a.run(t, "ip neigh replace "+gateway+" lladdr 02:00:00:00:00:01 dev eth0")
	for what, address := range map[string]string{
		"a pod that is free": w.host("b").address, "the node": nodeAddress, "a stranger": "198.51.100.7",
	} {
		t.Run(what, func(t *testing.T) {
			a.run(t, "ip addr add "+address+"/32 dev eth0")
			defer a.run(t, "ip addr del "+address+"/32 dev eth0")
			w.node.run(t, "sysctl -qw net.ipv4.conf.all.rp_filter=0")
			w.node.run(t, "sysctl -qw net.ipv4.conf.vetha.rp_filter=0")
			w.node.run(t, "sysctl -qw net.ipv4.conf.vetha.accept_local=1")
			send := func(message string) bool {
				var conn net.Conn
				var err error
				a.do(t, func() {
					from := &net.UDPAddr{IP: net.ParseIP(address)}
					conn, err = net.DialUDP("udp4", from, &net.UDPAddr{IP: net.ParseIP(outsideAddress), Port: 7000})
				})
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				if _, err := conn.Write([]byte(message)); err != nil {
					t.Fatal(err)
				}
				_ = socket.SetReadDeadline(time.Now().Add(patience))
				heard := make([]byte, 64)
				n, _, err := socket.ReadFrom(heard)
				return err == nil && string(heard[:n]) == message
			}
			w.open(t)
			if !send("open") {
				t.Fatal("does not pass without the table, so the test would show nothing")
			}
			w.apply(t, denyA)
			if send("closed") {
				t.Error("passes")
			}
		})
	}
}

// TestNobodyOutsideSpeaksForPods has the machine outside use the address of a pod that is let in.
func TestNobodyOutsideSpeaksForPods(t *testing.T) {
	w := newWorld(t)
	friend := w.host("b").address
	w.outside.run(t, "ip addr add "+friend+"/32 dev eth0")
	w.node.run(t, "sysctl -qw net.ipv4.conf.all.rp_filter=0")
	w.node.run(t, "sysctl -qw net.ipv4.conf.out0.rp_filter=0")
	var receiver net.PacketConn
	target := &net.UDPAddr{IP: net.ParseIP(w.host("a").address), Port: 7000}
	w.host("a").do(t, func() { receiver, _ = net.ListenPacket("udp4", target.String()) })
	defer receiver.Close()
	arrives := func(from *host, message string) bool {
		var conn net.Conn
		var err error
		from.do(t, func() { conn, err = net.DialUDP("udp4", &net.UDPAddr{IP: net.ParseIP(friend)}, target) })
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte(message)); err != nil {
			t.Fatal(err)
		}
		_ = receiver.SetReadDeadline(time.Now().Add(patience))
		heard := make([]byte, 64)
		n, _, err := receiver.ReadFrom(heard)
		return err == nil && string(heard[:n]) == message
	}
	if !arrives(w.outside, "open") {
		t.Fatal("does not pass without the table, so the test would show nothing")
	}
	w.apply(t, `
metadata: {name: friend, namespace: a}
spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}]}]}
`)
	if !arrives(w.host("b"), "friend") {
		t.Error("the pod itself is not let in")
	}
	if arrives(w.outside, "closed") {
		t.Error("passes")
	}
}

// TestIPv6OfPodsIsDropped uses link-local addresses, which every link has without anybody's doing.
func TestIPv6OfPodsIsDropped(t *testing.T) {
	w := newWorld(t)
	w.node.run(t, "ip -6 addr add fe80::1/64 dev vetha nodad")
	w.host("a").run(t, "ip -6 addr add fe80::2/64 dev eth0 nodad")
	echo := func(from *host, to string) bool {
		var conn net.Conn
		var err error
		from.do(t, func() { conn, err = net.Dial("udp6", to) })
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return echoes(conn, "hello")
	}
	for _, c := range []struct{ from, to, address, link, peerLink string }{
		{"a", "node", "fe80::1", "vetha", "eth0"},
		{"node", "a", "fe80::2", "eth0", "vetha"},
	} {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			own := fmt.Sprintf("[%s%%%d]:7000", c.address, w.host(c.to).linkIndex(t, c.link))
			seen := fmt.Sprintf("[%s%%%d]:7000", c.address, w.host(c.from).linkIndex(t, c.peerLink))
			var server net.PacketConn
			var err error
			w.host(c.to).do(t, func() { server, err = net.ListenPacket("udp6", own) })
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			go echoPackets(server)
			w.open(t)
			if !echo(w.host(c.from), seen) {
				t.Fatal("does not pass without the table, so the test would show nothing")
			}
			w.apply(t, "")
			if echo(w.host(c.from), seen) {
				t.Error("passes")
			}
		})
	}
}

// linkIndex is the number of a link: package net remembers names across namespaces.
func (h *host) linkIndex(t *testing.T, name string) int {
	t.Helper()
	var link *net.Interface
	var err error
	h.do(t, func() { link, err = net.InterfaceByName(name) })
	if err != nil {
		t.Fatal(err)
	}
	return link.Index
}

// TestFirstStartIsClosed is what an agent does before it knows anything.
func TestFirstStartIsClosed(t *testing.T) {
	w := newWorld(t)
	w.serveAll(t)
	pass := func(text string) bool { return w.reaches(t, parseFlow(t, text)) }
	closeTable := func() (closed bool) {
		w.node.do(t, func() {
			var err error
			closed, err = w.firewall.Close(context.Background(), netip.MustParsePrefix("10.244.0.0/16"))
			if err != nil {
				t.Error(err)
			}
		})
		return closed
	}
	if !pass("tcp a -> b:8080") || !pass("tcp node -> b:8080") {
		t.Fatal("does not pass without the table")
	}
	if !closeTable() {
		t.Error("there was no table, yet none was made")
	}
	for _, text := range []string{"tcp a -> b:8080", "tcp node -> b:8080", "tcp a -> node:6443"} {
		if pass(text) {
			t.Errorf("%s: passes before any rule is known", text)
		}
	}
	w.apply(t, denyA)
	if closeTable() {
		t.Error("the table of an earlier agent was replaced")
	}
	if !pass("tcp b -> c:8080") || pass("tcp a -> b:8080") {
		t.Error("the rules of an earlier agent do not hold any more")
	}
	w.open(t)
	if !pass("tcp a -> b:8080") {
		t.Error("does not pass after the table was removed")
	}
}
