package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"io"
)

// Type says what the payload of a sealed frame is.
type Type byte

// The types of sealed frames.
const (
	Accepted Type = 1 // JSON: the job is taken, code may run from now on
	Stdout   Type = 2 // bytes of the code's standard output
	Stderr   Type = 3 // bytes of the code's standard error
	Result   Type = 4 // JSON in pieces, the last one flagged
)

const (
	// MaxPayload bounds the plain bytes of one frame. 40 + 9000 + 16 bytes make 12,076 characters of base64, and the
	// whole line stays below 12,288 bytes, well below the 16 KiB at which container runtimes split log lines.
	MaxPayload = 9000
	// KeyBytes is the length of a run's key: AES-256.
	KeyBytes = 32

	headerBytes      = 40
	flagLast    byte = 1
	magic            = "CSF1"
)

// Sealer writes the sealed frames of one run, in order. It is not safe for concurrent use.
type Sealer struct {
	out     io.Writer
	aead    cipher.AEAD
	uid     [16]byte
	attempt uint32
	counter uint64
	err     error
}

// NewSealer returns a writer of frames that begin with counter 0. The key must serve this one run only, because the
// counter is the nonce.
func NewSealer(out io.Writer, key [KeyBytes]byte, uid [16]byte, attempt uint32) *Sealer {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the length is fixed by the type
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the block size GCM needs
	}
	return &Sealer{out: out, aead: aead, uid: uid, attempt: attempt}
}

// Write seals one frame of at most MaxPayload bytes and writes it out whole, however short the single writes are.
// After an error nothing more is written: a reader would see a gap.
func (s *Sealer) Write(kind Type, payload []byte) error { return s.write(kind, 0, payload) }

// WriteResult writes a result of any length as frames of type Result, the last one flagged.
func (s *Sealer) WriteResult(result []byte) error {
	for len(result) > MaxPayload {
		if err := s.write(Result, 0, result[:MaxPayload]); err != nil {
			return err
		}
		result = result[MaxPayload:]
	}
	return s.write(Result, flagLast, result)
}

func (s *Sealer) write(kind Type, flags byte, payload []byte) error {
	if s.err != nil {
		return s.err
	}
	line := s.seal(kind, flags, payload)
	s.counter++
	for len(line) > 0 && s.err == nil {
		var n int
		n, s.err = s.out.Write(line)
		if n == 0 && s.err == nil {
			s.err = io.ErrShortWrite
		}
		if s.err == io.ErrShortWrite && n > 0 {
			s.err = nil
		}
		line = line[n:]
	}
	return s.err
}

func (s *Sealer) seal(kind Type, flags byte, payload []byte) []byte {
	frame := make([]byte, headerBytes, headerBytes+len(payload)+s.aead.Overhead())
	copy(frame, magic)
	frame[4], frame[5] = byte(kind), flags
	binary.BigEndian.PutUint64(frame[8:], s.counter)
	binary.BigEndian.PutUint32(frame[16:], s.attempt)
	copy(frame[24:], s.uid[:])

	var nonce [12]byte
	binary.BigEndian.PutUint64(nonce[4:], s.counter)
	frame = s.aead.Seal(frame, nonce[:], payload, frame[:headerBytes])

	// The leading line feed closes whatever garbage the code may have left on the line.
	line := append(make([]byte, 0, 8+base64.StdEncoding.EncodedLen(len(frame))), '\n')
	line = append(line, magic+" "...)
	line = base64.StdEncoding.AppendEncode(line, frame)
	return append(line, '\n')
}
