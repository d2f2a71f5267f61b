package reach

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"
)

// TestNewPolicyEndsConnections begins connections first, and adds the policy then.
func TestNewPolicyEndsConnections(t *testing.T) {
	w := newWorld(t)
	w.serveAll(t)
	for _, text := range []string{
		"tcp a -> b:8080", "tcp b -> a:8080", "udp a -> b:5353", "udp b -> a:5353",
		"tcp node -> a:8080", "tcp a -> node:6443", "udp node -> a:5353", "udp a -> outside:5353",
	} {
		t.Run(text, func(t *testing.T) {
			f := parseFlow(t, text)
			w.apply(t, "")
			conn, err := w.host(f.from).dial(t, f.network, fmt.Sprintf("%s:%d", w.host(f.to).address, f.port))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if !echoes(conn, "one") || !echoes(conn, "two") {
				t.Fatal("does not pass before the policy")
			}
			w.apply(t, denyA)
			if echoes(conn, "three") {
				t.Error("still passes after the policy")
			}
		})
	}
	t.Run("others stay", func(t *testing.T) {
		w.apply(t, "")
		conn, err := w.host("b").dial(t, "tcp", w.host("c").address+":8080")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if !echoes(conn, "one") {
			t.Fatal("does not pass before the policy")
		}
		w.apply(t, denyA)
		if !echoes(conn, "two") {
			t.Error("a connection that no policy speaks of was ended")
		}
	})
}

// TestAnsweringSideIsCutToo lets the pod that was connected to speak first after its isolation: a rule that trusts
// "established", or looks at one direction only, lets that leak.
func TestAnsweringSideIsCutToo(t *testing.T) {
	w := newWorld(t)
	for _, network := range []string{"tcp", "udp"} {
		t.Run(network, func(t *testing.T) {
			w.apply(t, "")
			asker, answerer := w.pair(t, network)
			if !hears(asker, answerer, "before") {
				t.Fatal("does not pass before the policy")
			}
			w.apply(t, denyA)
			if hears(asker, answerer, "after") {
				t.Error("the isolated pod could still send through the connection it had answered")
			}
		})
	}
}

// pair connects b to a and returns b's end, and what a writes with.
func (w *world) pair(t *testing.T, network string) (asker net.Conn, answerer io.Writer) {
	t.Helper()
	a := w.host("a")
	if network == "udp" {
		var socket net.PacketConn
		a.do(t, func() { socket, _ = net.ListenPacket("udp4", a.address+":7000") })
		t.Cleanup(func() { socket.Close() })
		asker, err := w.host("b").dial(t, "udp", a.address+":7000")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(asker, "hello"); err != nil {
			t.Fatal(err)
		}
		_ = socket.SetDeadline(time.Now().Add(patience))
		_, from, err := socket.ReadFrom(make([]byte, 16))
		if err != nil {
			t.Fatal(err)
		}
		return asker, packetWriter{socket, from}
	}
	var listener net.Listener
	a.do(t, func() { listener, _ = net.Listen("tcp4", ":7000") })
	t.Cleanup(func() { listener.Close() })
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, _ := listener.Accept()
		accepted <- conn
	}()
	asker, err := w.host("b").dial(t, "tcp", a.address+":7000")
	if err != nil {
		t.Fatal(err)
	}
	return asker, <-accepted
}

type packetWriter struct {
	socket net.PacketConn
	to     net.Addr
}

func (p packetWriter) Write(data []byte) (int, error) { return p.socket.WriteTo(data, p.to) }

// hears tells whether what the answerer writes arrives at the asker.
func hears(asker net.Conn, answerer io.Writer, message string) bool {
	if _, err := io.WriteString(answerer, message); err != nil {
		return false
	}
	_ = asker.SetReadDeadline(time.Now().Add(patience))
	heard := make([]byte, len(message))
	_, err := io.ReadFull(asker, heard)
	return err == nil && string(heard) == message
}
