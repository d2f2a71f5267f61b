package reach

import (
	"errors"
	"io"
	"syscall"
	"testing"
	"time"
)

// TestErrorsOfPermittedConnectionsPass asks a permitted port where nobody listens: the refusal is an ICMP message of
// its own, and belongs to the connection. That of a connection which is not permitted must not tell anything.
func TestErrorsOfPermittedConnectionsPass(t *testing.T) {
	w := newWorld(t)
	refused := func(to string) bool {
		conn, err := w.host("b").dial(t, "udp", to)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "hello"); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		_, err = conn.Read(make([]byte, 16))
		return errors.Is(err, syscall.ECONNREFUSED)
	}
	permitted, other := w.host("a").address+":7000", w.host("a").address+":7001"
	if !refused(permitted) || !refused(other) {
		t.Fatal("no refusal without the table, so the test would show nothing")
	}
	w.apply(t, `
metadata: {name: one-port, namespace: a}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress: [{ports: [{protocol: UDP, port: 7000}]}]
`)
	if !refused(permitted) {
		t.Error("the refusal of a permitted connection does not arrive")
	}
	if refused(other) {
		t.Error("the refusal of a connection that is not permitted arrives")
	}
}
