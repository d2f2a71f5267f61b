package reach

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// patience is how long an answer may take. Links within one machine answer in well under a millisecond.
const patience = 400 * time.Millisecond

// serve answers every message with the same message: on a TCP port of all of the host's addresses, or on a UDP port
// of its first (an unbound UDP socket of the node would answer from another of its addresses).
func (h *host) serve(t *testing.T, network string, port int) {
	t.Helper()
	h.do(t, func() {
		if network == "udp" {
			socket, err := net.ListenPacket("udp4", fmt.Sprintf("%s:%d", h.address, port))
			if err != nil {
				t.Errorf("listen: %v", err)
				return
			}
			t.Cleanup(func() { socket.Close() })
			go echoPackets(socket)
			return
		}
		listener, err := net.Listen("tcp4", fmt.Sprintf(":%d", port))
		if err != nil {
			t.Errorf("listen: %v", err)
			return
		}
		t.Cleanup(func() { listener.Close() })
		go echoStreams(listener)
	})
}

func echoPackets(socket net.PacketConn) {
	buffer := make([]byte, 2048)
	for {
		n, from, err := socket.ReadFrom(buffer)
		if err != nil {
			return
		}
		_, _ = socket.WriteTo(buffer[:n], from) // the asker notices a lost answer
	}
}

func echoStreams(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			_, _ = io.Copy(conn, conn) // the asker notices a lost answer
		}()
	}
}

// dial connects to "address:port" from within the host.
func (h *host) dial(t *testing.T, network, to string) (net.Conn, error) {
	t.Helper()
	var conn net.Conn
	var err error
	h.do(t, func() { conn, err = net.DialTimeout(network+"4", to, patience) })
	return conn, err
}

// echoes tells whether a message sent on conn comes back.
func echoes(conn net.Conn, message string) bool {
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, message); err != nil {
		return false
	}
	answer := make([]byte, len(message))
	_, err := io.ReadFull(conn, answer)
	return err == nil && string(answer) == message
}

// flow is one attempt, like "tcp a -> b:8080". to is a host's name, or an address.
type flow struct {
	network, from, to string
	port              int
}

// parseFlow reads "tcp a -> b:8080".
func parseFlow(t *testing.T, text string) flow {
	t.Helper()
	var f flow
	words := strings.Replace(text, ":", " ", 1)
	if _, err := fmt.Sscanf(words, "%s %s -> %s %d", &f.network, &f.from, &f.to, &f.port); err != nil {
		t.Fatalf("flow %q: %v", text, err)
	}
	return f
}

func (w *world) reaches(t *testing.T, f flow) bool {
	t.Helper()
	to := f.to
	if found := w.host(to); found != nil {
		to = found.address
	}
	if f.network == "icmp" {
		return w.host(f.from).pings(t, to)
	}
	conn, err := w.host(f.from).dial(t, f.network, fmt.Sprintf("%s:%d", to, f.port))
	if err != nil {
		return false
	}
	defer conn.Close()
	return echoes(conn, "hello")
}

// expect shows that every flow passes without the table, then which pass under the policies. Each line is a flow
// followed by "yes" or "no".
func (w *world) expect(t *testing.T, policies, lines string) {
	t.Helper()
	type wanted struct {
		text string
		flow flow
		pass bool
	}
	var all []wanted
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		line = strings.TrimSpace(line)
		at := strings.LastIndex(line, " ")
		verdict := line[at+1:]
		if verdict != "yes" && verdict != "no" {
			t.Fatalf("line %q ends neither in yes nor in no", line)
		}
		text := strings.TrimSpace(line[:at])
		all = append(all, wanted{text, parseFlow(t, text), verdict == "yes"})
	}
	w.open(t)
	for _, one := range all {
		if !w.reaches(t, one.flow) {
			t.Fatalf("%s: does not pass without the table, so the test would show nothing", one.text)
		}
	}
	w.apply(t, policies)
	for _, one := range all {
		if got := w.reaches(t, one.flow); got != one.pass {
			t.Errorf("%s: passes = %t, want %t", one.text, got, one.pass)
		}
	}
}
