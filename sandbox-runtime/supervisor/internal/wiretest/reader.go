// Package wiretest reads sealed frames as the operator does. Only tests use it: the operator's reader is in Java, and
// testdata/vectors.json holds both to the same verdicts.
package wiretest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
)

// Verdict is what a reader makes of a whole stream.
type Verdict string

// The verdicts on a stream.
const (
	Complete   Verdict = "Complete"   // accepted, output and result, none missing
	Incomplete Verdict = "Incomplete" // the stream ended before the last piece of the result
	Tampered   Verdict = "Tampered"   // a frame is missing, or the result contradicts the frames before it
)

// Stream is everything that a stream told.
type Stream struct {
	Verdict  Verdict
	Accepted map[string]any
	Stdout   []byte
	Stderr   []byte
	Result   map[string]any
	RawJSON  []byte
	Forged   int // frames that do not authenticate for this run
	Replayed int // authentic frames that came before
	Frames   int // authentic frames that were taken
}

// Read judges a whole stream with the key of one run.
func Read(stream []byte, key [32]byte, uid [16]byte, attempt uint32) Stream {
	r := reader{uid: uid, attempt: attempt}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err)
	}
	if r.aead, err = cipher.NewGCM(block); err != nil {
		panic(err)
	}
	r.told.Verdict = Incomplete
	for _, line := range bytes.Split(stream, []byte("\n")) {
		if text, ok := bytes.CutPrefix(line, []byte("CSF1 ")); ok && r.told.Verdict == Incomplete {
			r.frame(text)
		}
	}
	return r.told
}

type reader struct {
	aead    cipher.AEAD
	uid     [16]byte
	attempt uint32
	next    uint64
	told    Stream
}

func (r *reader) frame(text []byte) {
	frame, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil || len(frame) < 56 || string(frame[:4]) != "CSF1" {
		r.told.Forged++
		return
	}
	header := frame[:40]
	var nonce [12]byte
	copy(nonce[4:], header[8:16])
	payload, err := r.aead.Open(nil, nonce[:], frame[40:], header)
	if err != nil || binary.BigEndian.Uint32(header[16:]) != r.attempt || [16]byte(header[24:40]) != r.uid {
		r.told.Forged++
		return
	}
	counter := binary.BigEndian.Uint64(header[8:])
	switch {
	case counter < r.next:
		r.told.Replayed++
	case counter > r.next:
		r.told.Verdict = Tampered
	default:
		r.next++
		r.told.Frames++
		r.take(header[4], header[5], payload)
	}
}

func (r *reader) take(kind, flags byte, payload []byte) {
	if (kind == 1) != (r.told.Accepted == nil) {
		r.told.Verdict = Tampered
		return
	}
	switch kind {
	case 1:
		if json.Unmarshal(payload, &r.told.Accepted) != nil {
			r.told.Verdict = Tampered
		}
	case 2:
		r.told.Stdout = append(r.told.Stdout, payload...)
	case 3:
		r.told.Stderr = append(r.told.Stderr, payload...)
	case 4:
		r.told.RawJSON = append(r.told.RawJSON, payload...)
		if flags&1 == 1 {
			r.finish()
		}
	default:
		r.told.Verdict = Tampered
	}
}

func (r *reader) finish() {
	r.told.Verdict = Tampered
	if json.Unmarshal(r.told.RawJSON, &r.told.Result) != nil {
		return
	}
	if r.tells("stdout", r.told.Stdout) && r.tells("stderr", r.told.Stderr) {
		r.told.Verdict = Complete
	}
}

func (r *reader) tells(name string, data []byte) bool {
	sum := sha256.Sum256(data)
	return r.told.Result[name+"Bytes"] == float64(len(data)) &&
		r.told.Result[name+"Sha256"] == hex.EncodeToString(sum[:])
}
