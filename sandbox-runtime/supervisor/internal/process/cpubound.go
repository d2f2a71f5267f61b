package process

import (
	"runtime"
	"time"
)

// window is how far an account may run ahead of the clock: CPU time is credited in ticks, and some of it late.
const window = 100 * time.Millisecond

// CPUBound holds an account of CPU time down to what the CPUs can have given. gVisor counts a task as running while it
// waits for a CPU of the host, so that eight spinners on two CPUs use eight seconds a second there.
type CPUBound struct {
	cpus    time.Duration
	last    time.Time
	raw     time.Duration
	charged time.Duration
	room    time.Duration
}

// NewCPUBound starts an account at zero.
func NewCPUBound(now time.Time) *CPUBound {
	return &CPUBound{cpus: time.Duration(runtime.NumCPU()), last: now}
}

// Charge takes the account's new sum and returns the part of it that can be true.
func (b *CPUBound) Charge(now time.Time, raw time.Duration) time.Duration {
	b.room = min(b.room, window*b.cpus) + now.Sub(b.last)*b.cpus
	b.last = now
	if more := min(raw-b.raw, b.room); more > 0 {
		b.charged += more
		b.room -= more
	}
	b.raw = max(b.raw, raw)
	return b.charged
}
