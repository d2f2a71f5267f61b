package wire_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"countersign.dev/supervisor/internal/wire"
	"countersign.dev/supervisor/internal/wiretest"
)

var (
	key = sha256.Sum256([]byte("wire test"))
	uid = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
)

// dribble writes at most a few bytes at a time, as a pipe may.
type dribble struct{ out bytes.Buffer }

func (d *dribble) Write(data []byte) (int, error) {
	n, _ := d.out.Write(data[:min(7, len(data))])
	if n < len(data) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// short returns short counts without an error, which io.Writer forbids and system calls do.
type short struct{ out bytes.Buffer }

func (s *short) Write(data []byte) (int, error) { return s.out.Write(data[:min(7, len(data))]) }

func TestShortWritesLoseNothing(t *testing.T) {
	want := new(bytes.Buffer)
	writeAll(t, wire.NewSealer(want, key, uid, 3))
	d, s := new(dribble), new(short)
	writeAll(t, wire.NewSealer(d, key, uid, 3))
	writeAll(t, wire.NewSealer(s, key, uid, 3))
	if !bytes.Equal(d.out.Bytes(), want.Bytes()) || !bytes.Equal(s.out.Bytes(), want.Bytes()) {
		t.Fatal("short writes changed the stream")
	}
	if told := wiretest.Read(want.Bytes(), key, uid, 3); told.Verdict != wiretest.Complete || len(told.Stdout) != 9000 {
		t.Fatalf("%+v", told)
	}
}

func writeAll(t *testing.T, s *wire.Sealer) {
	t.Helper()
	out := bytes.Repeat([]byte("o"), wire.MaxPayload)
	result := fmt.Sprintf(`{"stdoutBytes":9000,"stderrBytes":0,"stdoutSha256":"%x","stderrSha256":"%x","message":"%s"}`,
		sha256.Sum256(out), sha256.Sum256(nil), bytes.Repeat([]byte("m"), 20000))
	for _, err := range []error{
		s.Write(wire.Accepted, []byte("{}")), s.Write(wire.Stdout, out), s.WriteResult([]byte(result)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

type broken struct{ after int }

func (b *broken) Write(data []byte) (int, error) {
	if b.after--; b.after < 0 {
		return 0, errors.New("gone")
	}
	return len(data), nil
}

func TestAfterAnErrorNothingMoreIsWritten(t *testing.T) {
	b := &broken{after: 1}
	s := wire.NewSealer(b, key, uid, 1)
	if s.Write(wire.Accepted, nil) != nil || s.Write(wire.Stdout, nil) == nil {
		t.Fatal("the error did not come")
	}
	b.after = 10
	if s.Write(wire.Stdout, nil) == nil || b.after != 10 {
		t.Fatal("it wrote on after a frame was lost")
	}
}

func TestTheLongestLineStaysBelowTwelveKiB(t *testing.T) {
	out := new(bytes.Buffer)
	if err := wire.NewSealer(out, key, uid, 1).Write(wire.Stdout, make([]byte, wire.MaxPayload)); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 12288 || out.Bytes()[0] != '\n' || out.Bytes()[out.Len()-1] != '\n' {
		t.Fatalf("%d bytes", out.Len())
	}
}

func TestAResultThatFillsItsFramesExactlyEndsOnce(t *testing.T) {
	for _, size := range []int{wire.MaxPayload, 2 * wire.MaxPayload, 2*wire.MaxPayload + 1} {
		out := new(bytes.Buffer)
		if err := wire.NewSealer(out, key, uid, 1).WriteResult(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		want := (size + wire.MaxPayload - 1) / wire.MaxPayload
		if got := bytes.Count(out.Bytes(), []byte("CSF1 ")); got != want {
			t.Fatalf("%d bytes in %d frames, want %d", size, got, want)
		}
	}
}

func TestAJobArrivesByteByByte(t *testing.T) {
	payload := bytes.Repeat([]byte("j"), 100000)
	stream := fmt.Sprintf("COUNTERSIGN-PING/1\nCOUNTERSIGN-JOB/1 %d %x\n%sCOUNTERSIGN-PING/1\nCOUNTERSIGN-KILL/1\n",
		len(payload), sha256.Sum256(payload), payload)
	in := wire.NewReader(iotest.OneByteReader(bytes.NewBufferString(stream)))
	got, err := wire.ReadJob(in, func() {})
	if err != nil || !bytes.Equal(got, payload) {
		t.Fatal(err)
	}
	if !wire.ReadKill(in) {
		t.Fatal("the kill after the job was not seen")
	}
	if wire.ReadKill(in) {
		t.Fatal("the end of stdin was taken for a kill")
	}
}
