package limits

import (
	"fmt"
	"sync"
	"time"

	"countersign.dev/supervisor/internal/guard"
	"countersign.dev/supervisor/internal/job"
	"countersign.dev/supervisor/internal/process"
)

const (
	// slow is the time between two looks at the tree; near is the same above half of the memory limit, so that the
	// clean verdict comes before the kernel's.
	slow = 20 * time.Millisecond
	near = 10 * time.Millisecond
	// share and patience bound what looking costs where it is slow: after a look, share times its length passes, but no
	// more than patience.
	share    = 4
	patience = 200 * time.Millisecond
	// diskEvery many looks the file system is asked, too.
	diskEvery = 3
)

// Watch looks at a run's processes and files until it is stopped.
type Watch struct {
	limits    job.Limits
	tree      *process.Tree
	cpu       *process.CPUTime
	bound     *process.CPUBound
	memory    *process.Memory
	disk      *Disk
	verdict   chan Verdict
	stop      chan struct{}
	stopped   sync.WaitGroup
	looks     int
	bytes     int64
	peakBytes int64
	cpuUsed   time.Duration
}

// StartWatch begins with the next look. What the tree has used so far, as cpu knows it, is not the run's.
func StartWatch(l job.Limits, tree *process.Tree, cpu *process.CPUTime, memory *process.Memory, disk *Disk) *Watch {
	w := &Watch{
		peakBytes: memory.Bytes(tree.Look(), l.MemoryBytes),
		limits:    l, tree: tree, cpu: cpu, bound: process.NewCPUBound(time.Now()), memory: memory, disk: disk,
		verdict: make(chan Verdict, 1), stop: make(chan struct{}),
	}
	w.stopped.Add(1)
	go w.loop()
	return w
}

// Verdict delivers at most one verdict: the first limit that was seen broken.
func (w *Watch) Verdict() <-chan Verdict { return w.verdict }

// Stop ends the watch and makes a last look, for after everything has ended. Then CPU time is exact, and a limit broken
// since the look before, or broken by files that still lie there, is returned.
func (w *Watch) Stop() (cpu time.Duration, peakBytes int64, broken *Verdict) {
	close(w.stop)
	w.stopped.Wait()
	w.tree.Count()
	w.charge(w.tree.Look())
	if v, ok := w.disk.Check(); ok {
		broken = &v
	}
	if v, ok := w.checkCPU(w.cpuUsed); ok {
		broken = &v
	}
	return w.cpuUsed, w.peakBytes, broken
}

func (w *Watch) loop() {
	defer w.stopped.Done()
	timer := time.NewTimer(near)
	for {
		select {
		case <-w.stop:
			return
		case <-timer.C:
		}
		began := time.Now()
		if v, ok := w.look(); ok {
			w.verdict <- v
			return
		}
		wait := slow
		if w.bytes > w.limits.MemoryBytes/2 {
			wait = near
		}
		timer.Reset(max(wait, min(share*time.Since(began), patience)))
	}
}

func (w *Watch) look() (Verdict, bool) {
	// First what costs least to know and grows fastest.
	if w.tree.Count(); w.tree.MoreThan(w.limits.Processes) && !guard.Off("processes") {
		return Verdict{ProcessesExceeded, fmt.Sprintf("the run had more than %d processes", w.limits.Processes)}, true
	}
	now := w.tree.Look()
	if v, ok := w.checkCPU(w.charge(now)); ok {
		return v, true
	}
	if v, ok := w.checkSizes(now); ok {
		return v, true
	}
	if w.looks++; w.looks%diskEvery == 0 {
		return w.disk.Check()
	}
	return Verdict{}, false
}

// charge adds a look to the account. A process that ended during the look may stand in its parent's account as well as
// in its own; the next look has it once. So a sum that breaks the limit is looked at again.
func (w *Watch) charge(now []process.Process) time.Duration {
	raw := w.cpu.Add(now)
	if raw >= w.limits.CPU {
		w.tree.Count()
		raw = w.cpu.Add(w.tree.Look())
	}
	w.cpuUsed = w.bound.Charge(time.Now(), raw)
	return w.cpuUsed
}

func (w *Watch) checkCPU(used time.Duration) (Verdict, bool) {
	if used < w.limits.CPU || guard.Off("cpu") {
		return Verdict{}, false
	}
	return Verdict{
		CPUTimeExceeded,
		fmt.Sprintf("the run used its %d ms of CPU time", w.limits.CPU.Milliseconds()),
	}, true
}

func (w *Watch) checkSizes(now []process.Process) (Verdict, bool) {
	threads := 0
	for _, p := range now {
		if !p.Awaits1 {
			threads += p.Threads
		}
	}
	w.bytes = w.memory.Bytes(now, w.limits.MemoryBytes)
	w.peakBytes = max(w.peakBytes, w.bytes)
	switch {
	case threads > process.Threads(w.limits.Processes) && !guard.Off("processes"):
		return Verdict{
			ProcessesExceeded,
			fmt.Sprintf("the run had more than %d threads, the most that go with %d processes",
				process.Threads(w.limits.Processes), w.limits.Processes),
		}, true
	case w.bytes > w.limits.MemoryBytes && !guard.Off("memory"):
		return Verdict{
			MemoryExceeded,
			fmt.Sprintf("the run used more than %d bytes of memory", w.limits.MemoryBytes),
		}, true
	}
	return Verdict{}, false
}
