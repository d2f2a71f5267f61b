package reach

import (
	"encoding/binary"
	"hash/crc32"
	"net"
	"testing"
	"time"
)

// TestSCTPPorts sends the first chunk of an association by hand, because not every kernel speaks SCTP itself, and
// looks at the other end whether it comes by.
func TestSCTPPorts(t *testing.T) {
	w := newWorld(t)
	const policies = `
metadata: {name: sctp, namespace: a}
spec: {podSelector: {}, ingress: [{ports: [{protocol: SCTP, port: 3868, endPort: 3870}]}]}
`
	for port, pass := range map[uint16]bool{3868: true, 3870: true, 3871: false} {
		w.open(t)
		if !w.sctpArrives(t, "b", "a", port) {
			t.Fatalf("port %d: does not pass without the table, so the test would show nothing", port)
		}
		w.apply(t, policies)
		if got := w.sctpArrives(t, "b", "a", port); got != pass {
			t.Errorf("port %d: passes = %t, want %t", port, got, pass)
		}
	}
}

func (w *world) sctpArrives(t *testing.T, from, to string, port uint16) bool {
	t.Helper()
	const protocol = "ip4:132"
	address := &net.IPAddr{IP: net.ParseIP(w.host(to).address)}
	var receiver, sender *net.IPConn
	var err error
	w.host(to).do(t, func() { receiver, err = net.ListenIP(protocol, address) })
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	w.host(from).do(t, func() { sender, err = net.DialIP(protocol, nil, address) })
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	if _, err := sender.Write(sctpInit(port)); err != nil {
		return false
	}
	_ = receiver.SetReadDeadline(time.Now().Add(patience))
	packet := make([]byte, 256)
	n, _, err := receiver.ReadFromIP(packet)
	return err == nil && n >= 4 && binary.BigEndian.Uint16(packet[2:]) == port
}

// sctpInit is a packet with one INIT chunk (RFC 9260, 3.3.2), from a port that is different each time.
func sctpInit(port uint16) []byte {
	p := make([]byte, 12+20)
	binary.BigEndian.PutUint16(p[0:], uint16(20000+time.Now().UnixNano()%20000)) // source port
	binary.BigEndian.PutUint16(p[2:], port)
	p[12] = 1                                    // chunk type INIT
	binary.BigEndian.PutUint16(p[14:], 20)       // chunk length
	binary.BigEndian.PutUint32(p[16:], 0x12345)  // initiate tag
	binary.BigEndian.PutUint32(p[20:], 65536)    // receiver window
	binary.BigEndian.PutUint16(p[24:], 1)        // outbound streams
	binary.BigEndian.PutUint16(p[26:], 1)        // inbound streams
	binary.BigEndian.PutUint32(p[28:], 0x010203) // initial sequence number
	checksum := crc32.Checksum(p, crc32.MakeTable(crc32.Castagnoli))
	binary.LittleEndian.PutUint32(p[8:], checksum)
	return p
}
