package reach

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestExchangeOfRulesLetsNothingThrough sends without a break from the isolated pod while the rules are exchanged.
func TestExchangeOfRulesLetsNothingThrough(t *testing.T) {
	w := newWorld(t)
	var receiver net.PacketConn
	w.outside.do(t, func() { receiver, _ = net.ListenPacket("udp4", outsideAddress+":7000") })
	defer receiver.Close()
	sender, err := w.host("a").dial(t, "udp", outsideAddress+":7000")
	if err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan int)
	go func() {
		sent := 0
		for {
			select {
			case <-stop:
				ended <- sent
				return
			default:
				_, _ = io.WriteString(sender, "hello") // dropped or not: the receiver tells
				sent++
			}
		}
	}()
	received := func() bool {
		_ = receiver.SetReadDeadline(time.Now().Add(patience))
		_, _, err := receiver.ReadFrom(make([]byte, 16))
		return err == nil
	}
	if !received() {
		t.Error("does not pass without the table, so the test would show nothing")
	}
	w.apply(t, denyA)
	for range 10000 { // what was on its way
		_ = receiver.SetReadDeadline(time.Now().Add(patience / 4))
		if _, _, err := receiver.ReadFrom(make([]byte, 16)); err != nil {
			break
		}
	}
	const more = denyA + `
---
metadata: {name: other, namespace: b}
spec: {podSelector: {}, ingress: [{}]}
`
	for range 50 {
		w.apply(t, more)
		w.apply(t, denyA)
	}
	if received() {
		t.Error("a datagram came through")
	}
	close(stop)
	t.Logf("%d datagrams sent over 100 exchanges", <-ended)
}
