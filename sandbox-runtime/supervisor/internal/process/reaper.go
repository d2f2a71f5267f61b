package process

import (
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"countersign.dev/supervisor/internal/guard"
)

// Exit is how a process ended.
type Exit struct {
	Code   int            // meaningful if Signal is 0
	Signal syscall.Signal // 0 if the process returned
}

// Reaper waits for every child of PID 1: those it started itself and the orphans that the kernel hands to PID 1.
type Reaper struct {
	mu       sync.Mutex
	started  sync.Cond
	fresh    bool                // a child was started since the last look
	none     chan struct{}       // closed while PID 1 has no child at all
	waiting  map[int]chan<- Exit // children somebody asked about
	maxBytes int64               // largest ru_maxrss of a process that ended
}

// NewReaper starts the one loop that waits for children. Nothing else in the supervisor may wait for a process.
func NewReaper() *Reaper {
	r := &Reaper{none: make(chan struct{}), waiting: map[int]chan<- Exit{}}
	r.started.L = &r.mu
	close(r.none)
	go r.loop()
	return r
}

// Start runs fork, which must start one child and return its PID. The channel delivers how that child ended.
func (r *Reaper) Start(fork func() (int, error)) (int, <-chan Exit, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, err := fork()
	if err != nil {
		return 0, nil, err
	}
	exit := make(chan Exit, 1)
	r.waiting[pid] = exit
	if r.isEmpty() {
		r.none = make(chan struct{})
	}
	r.fresh = true
	r.started.Signal()
	return pid, exit, nil
}

// KillAll kills every process of the PID namespace except PID 1, again and again until none is left, because what is
// being forked at the moment of one kill escapes that one. It returns false if some process is left after the bound.
func (r *Reaper) KillAll(bound time.Duration) bool {
	if unix.Getpid() != 1 {
		panic("only PID 1 of a namespace may kill everything")
	}
	deadline := time.Now().Add(bound)
	for wait := time.Millisecond; ; wait = min(2*wait, 20*time.Millisecond) {
		if guard.Off("kill-tree") {
			return true
		}
		_ = unix.Kill(-1, unix.SIGKILL) // an error means that there was nobody
		select {
		case <-r.empty():
			return true
		case <-time.After(wait):
			if time.Now().After(deadline) {
				return false
			}
		}
	}
}

// MaxBytes is the largest resident set that a single process had that has ended since ResetMax.
func (r *Reaper) MaxBytes() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.maxBytes
}

// ResetMax forgets the processes that have ended so far.
func (r *Reaper) ResetMax() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.maxBytes = 0
}

func (r *Reaper) empty() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.none
}

func (r *Reaper) isEmpty() bool {
	select {
	case <-r.none:
		return true
	default:
		return false
	}
}

func (r *Reaper) loop() {
	for {
		target := -1
		if guard.Off("reap") {
			target = r.anyOwn()
		}
		var status unix.WaitStatus
		var usage unix.Rusage
		pid, err := unix.Wait4(target, &status, 0, &usage)
		switch err {
		case nil:
			r.deliver(pid, status, usage)
		case unix.ECHILD:
			r.sleepUntilStart()
		}
	}
}

func (r *Reaper) deliver(pid int, status unix.WaitStatus, usage unix.Rusage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.maxBytes = max(r.maxBytes, usage.Maxrss*1024)
	if exit, ok := r.waiting[pid]; ok {
		delete(r.waiting, pid)
		if status.Signaled() {
			exit <- Exit{Signal: status.Signal()}
		} else {
			exit <- Exit{Code: status.ExitStatus()}
		}
	}
}

func (r *Reaper) sleepUntilStart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.fresh && !r.isEmpty() {
		close(r.none)
	}
	for !r.fresh {
		r.started.Wait()
	}
	r.fresh = false
}

func (r *Reaper) anyOwn() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for pid := range r.waiting {
		return pid
	}
	return -1
}
