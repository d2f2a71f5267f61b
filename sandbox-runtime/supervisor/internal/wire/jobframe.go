// Package wire speaks the two directions of the sandbox wire protocol, version 1: lines and one job frame from the
// operator on stdin, sealed frames to the operator on stdout. README.md of the module is the reference.
package wire

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// PingLine asks whether the sandbox stands ready for its job. After the job it is ignored.
	PingLine = "COUNTERSIGN-PING/1"
	// PongLine answers a ping. It is no frame and holds no secret: the code, which runs later, may say it as well.
	PongLine = "COUNTERSIGN-PONG/1"
	// KillLine ends a run at once. It has a meaning only after the job.
	KillLine = "COUNTERSIGN-KILL/1"
	// MaxJobBytes bounds the payload of the job frame: 256 KiB of spec, base64 included, fits several times.
	MaxJobBytes = 4 << 20

	jobPrefix = "COUNTERSIGN-JOB/1 "
	// maxLineBytes bounds a line: the job header is 18 + 7 + 1 + 64 bytes long.
	maxLineBytes = 128
)

// ErrNoJob means that stdin ended before a whole job frame had arrived.
var ErrNoJob = errors.New("stdin ended before a whole job frame")

// NewReader returns the one buffered reader of stdin. It serves ReadJob first and ReadKill after it.
func NewReader(stdin io.Reader) *bufio.Reader { return bufio.NewReaderSize(stdin, 64<<10) }

// ReadJob has pings answered by pong, reads exactly one job frame and returns its payload, whose length and hash are then
// as the header said. Every error means that there is no job: the caller runs nothing.
func ReadJob(in *bufio.Reader, pong func()) ([]byte, error) {
	for {
		line, err := readLine(in)
		if err != nil {
			return nil, err
		}
		if line == PingLine {
			pong()
			continue
		}
		length, hash, err := parseJobHeader(line)
		if err != nil {
			return nil, err
		}
		payload := make([]byte, length)
		if _, err := io.ReadFull(in, payload); err != nil {
			return nil, ErrNoJob
		}
		if sha256.Sum256(payload) != hash {
			return nil, errors.New("the job payload does not have the hash that its header says")
		}
		return payload, nil
	}
}

// ReadKill returns true when the operator asks to end the run and false when stdin has ended, which is no request.
// Other lines are ignored: after the job, code of the same user may be able to write there.
func ReadKill(in *bufio.Reader) bool {
	for {
		line, err := readLine(in)
		switch {
		case err == nil && line == KillLine:
			return true
		case errors.Is(err, errLongLine):
			if _, err := in.ReadString('\n'); err != nil {
				return false
			}
		case err != nil:
			return false
		}
	}
}

var errLongLine = errors.New("a line on stdin is too long")

func readLine(in *bufio.Reader) (string, error) {
	var line []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			return "", ErrNoJob
		}
		if b == '\n' {
			return string(line), nil
		}
		if len(line) == maxLineBytes {
			return "", errLongLine
		}
		line = append(line, b)
	}
}

func parseJobHeader(line string) (int, [sha256.Size]byte, error) {
	var hash [sha256.Size]byte
	rest, ok := strings.CutPrefix(line, jobPrefix)
	if !ok {
		return 0, hash, errors.New("stdin does not begin with a job header of version 1")
	}
	number, digits, ok := strings.Cut(rest, " ")
	length, err := strconv.Atoi(number)
	if !ok || err != nil || strconv.Itoa(length) != number || length < 1 {
		return 0, hash, errors.New("the job header has no valid length")
	}
	if length > MaxJobBytes {
		return 0, hash, fmt.Errorf("the job payload is larger than %d bytes", MaxJobBytes)
	}
	if len(digits) != 2*sha256.Size || strings.ToLower(digits) != digits {
		return 0, hash, errors.New("the job header has no valid hash")
	}
	if _, err := hex.Decode(hash[:], []byte(digits)); err != nil {
		return 0, hash, errors.New("the job header has no valid hash")
	}
	return length, hash, nil
}
