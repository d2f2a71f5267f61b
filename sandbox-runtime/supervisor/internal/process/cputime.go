package process

import (
	"time"

	"golang.org/x/sys/unix"

	"countersign.dev/supervisor/internal/guard"
)

// tick is the unit of CPU time in /proc: 100 a second on every Linux, gVisor included.
const tick = 10 * time.Millisecond

// CPUTime adds up the CPU time of the run's whole tree, ended processes included, as the larger of two sums that each
// miss something else and never count anything twice:
//
//   - waited: what living processes used, plus what the kernel credited to those that waited for ended children, PID 1
//     among them. It misses children that nobody waits for (SIGCHLD ignored, SA_NOCLDWAIT).
//   - seen: what every process had used when it was last looked at. It misses what happened after that look, so whole
//     processes that live shorter than the time between two looks.
//
// What stays uncounted are processes that nobody waits for and that live shorter than that; the wall limit and the
// pod's CPU limit bound them.
type CPUTime struct {
	last          map[identity]int64 // own ticks of the processes of the last look
	ended         int64              // own ticks, as last seen, of processes that are gone
	waitedAtStart time.Duration
	seenAtStart   time.Duration
}

type identity struct {
	pid   int
	start uint64
}

// NewCPUTime starts the account at zero: what the processes of this look and the reaped ones have used does not count.
func NewCPUTime(now []Process) *CPUTime {
	c := &CPUTime{}
	c.waitedAtStart, c.seenAtStart = c.waited(now), c.seen(now)
	return c
}

// Before is what living processes had used before the start.
func (c *CPUTime) Before() time.Duration { return c.seenAtStart }

// Add takes one look into account and returns the CPU time used since the start.
func (c *CPUTime) Add(now []Process) time.Duration {
	waited, seen := c.waited(now)-c.waitedAtStart, c.seen(now)-c.seenAtStart
	if guard.Off("cpu-ended") {
		return c.living(now) - c.waitedAtStart
	}
	if guard.Off("cpu-unwaited") {
		return waited
	}
	return max(waited, seen)
}

func (c *CPUTime) living(now []Process) time.Duration {
	var ticks int64
	for _, p := range now {
		ticks += p.OwnCPU
	}
	return time.Duration(ticks) * tick
}

func (c *CPUTime) waited(now []Process) time.Duration {
	var ticks int64
	for _, p := range now {
		ticks += p.OwnCPU + p.ChildCPU
	}
	return time.Duration(ticks)*tick + reaped()
}

func (c *CPUTime) seen(now []Process) time.Duration {
	sum := int64(0)
	current := make(map[identity]int64, len(now))
	for _, p := range now {
		id := identity{p.PID, p.Start}
		current[id] = p.OwnCPU
		delete(c.last, id)
		sum += p.OwnCPU
	}
	for _, ticks := range c.last {
		c.ended += ticks
	}
	c.last = current
	return time.Duration(sum+c.ended) * tick
}

// reaped is the CPU time of all processes that PID 1 has waited for, and of those they had waited for.
func reaped() time.Duration {
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_CHILDREN, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
