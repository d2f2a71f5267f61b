package reach

import (
	"encoding/binary"
	"net"
	"testing"
	"time"
)

// pings tells whether an ICMP echo request to the address is answered.
func (h *host) pings(t *testing.T, to string) bool {
	t.Helper()
	var conn *net.IPConn
	var err error
	h.do(t, func() { conn, err = net.DialIP("ip4:icmp", nil, &net.IPAddr{IP: net.ParseIP(to)}) })
	if err != nil {
		t.Errorf("raw socket: %v", err)
		return false
	}
	defer conn.Close()
	request := []byte{8, 0, 0, 0, 0x43, 0x53, 0, 1} // type 8 echo request, code 0, checksum, id, sequence
	binary.BigEndian.PutUint16(request[2:], internetChecksum(request))
	if _, err := conn.Write(request); err != nil {
		return false
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	answer := make([]byte, 256)
	for {
		n, _, err := conn.ReadFromIP(answer) // without the IP header, unlike Read
		if err != nil {
			return false
		}
		// A request to oneself is seen too (type 8); only the reply (type 0) counts.
		if n >= 8 && answer[0] == 0 && answer[4] == 0x43 && answer[5] == 0x53 {
			return true
		}
	}
}

// internetChecksum is that of RFC 1071 over an even number of bytes.
func internetChecksum(data []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(data); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(data[i:]))
	}
	sum = sum>>16 + sum&0xffff
	return ^uint16(sum + sum>>16)
}
