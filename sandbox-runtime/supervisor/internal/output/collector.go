// Package output takes what the code prints and sends it on in sealed frames.
package output

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"sync"
	"time"

	"countersign.dev/supervisor/internal/guard"
	"countersign.dev/supervisor/internal/wire"
)

const (
	// flushEvery is how long a piece of output may wait for more before it is sent in a frame of its own.
	flushEvery = 50 * time.Millisecond
	// maxSmallFrames bounds the frames that are not full, so that byte-wise output cannot make the frames' own overhead
	// (83 bytes each) fill the 8 MiB that all frames of a run may take. Later pieces wait for a full frame or the end.
	maxSmallFrames = 4000
)

// Collector reads both streams at any speed, keeps at most the limit of both together and sends it on. Reading never
// waits for sending: a slow receiver cannot hold up a verdict.
type Collector struct {
	sealer *wire.Sealer
	limit  int64

	mu       sync.Mutex // guards what follows
	total    int64      // bytes the code printed, those beyond the limit included
	stdout   stream
	stderr   stream
	exceeded chan struct{}

	readers     sync.WaitGroup
	full        chan struct{}
	finish      chan struct{}
	flushed     chan error
	smallFrames int
}

// stream is one of the code's two outputs.
type stream struct {
	kind      wire.Type
	pipe      *os.File
	pending   []byte
	sent      int64
	sum       hash.Hash
	truncated bool
}

// Sent is what the receiver can check a stream against.
type Sent struct {
	Bytes     int64
	SHA256    string
	Truncated bool
}

// Start begins to read both pipes and to send frames.
func Start(sealer *wire.Sealer, stdout, stderr *os.File, limit int64) *Collector {
	c := &Collector{
		sealer: sealer, limit: limit,
		stdout:   stream{kind: wire.Stdout, pipe: stdout, sum: sha256.New()},
		stderr:   stream{kind: wire.Stderr, pipe: stderr, sum: sha256.New()},
		exceeded: make(chan struct{}), full: make(chan struct{}, 1), finish: make(chan struct{}),
		flushed: make(chan error, 1),
	}
	c.readers.Add(2)
	go c.read(&c.stdout)
	go c.read(&c.stderr)
	go c.send()
	return c
}

// Exceeded is closed when the code has printed more than the limit.
func (c *Collector) Exceeded() <-chan struct{} { return c.exceeded }

// Finish reads what is left, for at most the given time, and sends it. It is for after the end of all writers.
func (c *Collector) Finish(wait time.Duration) error {
	deadline := time.Now().Add(wait)
	_ = c.stdout.pipe.SetReadDeadline(deadline)
	_ = c.stderr.pipe.SetReadDeadline(deadline)
	c.readers.Wait()
	close(c.finish)
	return <-c.flushed
}

// Total is how many bytes the code printed. More than the limit may have been dropped unread.
func (c *Collector) Total() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

// Sent tells, after Finish, what went out.
func (c *Collector) Sent() (stdout, stderr Sent) { return c.stdout.told(), c.stderr.told() }

func (s *stream) told() Sent {
	return Sent{Bytes: s.sent, SHA256: hex.EncodeToString(s.sum.Sum(nil)), Truncated: s.truncated}
}

func (c *Collector) read(s *stream) {
	defer c.readers.Done()
	buffer := make([]byte, 64<<10)
	for {
		n, err := s.pipe.Read(buffer)
		if n > 0 {
			c.take(s, buffer[:n])
		}
		if err != nil {
			// The end, or the deadline because a process that could not be killed holds the pipe.
			if !errors.Is(err, io.EOF) {
				c.mu.Lock()
				s.truncated = true
				c.mu.Unlock()
			}
			return
		}
	}
}

func (c *Collector) take(s *stream, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	room := max(0, c.limit-c.total)
	if guard.Off("output") {
		room = int64(len(data))
	}
	before := c.total
	c.total += int64(len(data))
	if int64(len(data)) > room {
		data, s.truncated = data[:room], true
		if before <= c.limit {
			close(c.exceeded)
		}
	}
	s.pending = append(s.pending, data...)
	if len(s.pending) >= wire.MaxPayload {
		select {
		case c.full <- struct{}{}:
		default:
		}
	}
}

func (c *Collector) send() {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var err error
	for {
		final := false
		select {
		case <-c.full:
		case <-tick.C:
		case <-c.finish:
			final = true
		}
		for _, s := range []*stream{&c.stdout, &c.stderr} {
			err = errors.Join(err, c.flush(s, final))
		}
		if final {
			c.flushed <- err
			return
		}
	}
}

// flush sends what is pending in full frames, and the rest in a small one where there may still be small ones.
func (c *Collector) flush(s *stream, final bool) error {
	for {
		c.mu.Lock()
		size := min(len(s.pending), wire.MaxPayload)
		small := size < wire.MaxPayload
		if size == 0 || small && !final && c.smallFrames >= maxSmallFrames {
			c.mu.Unlock()
			return nil
		}
		piece := s.pending[:size:size]
		s.pending = s.pending[size:]
		c.mu.Unlock()

		if small {
			c.smallFrames++
		}
		s.sum.Write(piece)
		s.sent += int64(size)
		if err := c.sealer.Write(s.kind, piece); err != nil {
			return err
		}
	}
}

// Nothing is the hash of a stream without bytes.
func Nothing() string { return hex.EncodeToString(sha256.New().Sum(nil)) }
