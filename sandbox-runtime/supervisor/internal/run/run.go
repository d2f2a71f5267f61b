// Package run carries one accepted job from its files to its result.
package run

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"countersign.dev/supervisor/internal/collect"
	"countersign.dev/supervisor/internal/guard"
	"countersign.dev/supervisor/internal/job"
	"countersign.dev/supervisor/internal/language"
	"countersign.dev/supervisor/internal/limits"
	"countersign.dev/supervisor/internal/output"
	"countersign.dev/supervisor/internal/process"
	"countersign.dev/supervisor/internal/wire"
)

const (
	// killBound is how long the end of all processes is waited for, drainBound how long the end of their output is.
	// Both are reached only if the kernel does not let a process die.
	killBound  = 2 * time.Second
	drainBound = 500 * time.Millisecond
)

// Run is one job in a sandbox.
type Run struct {
	sandbox     *Sandbox
	job         *job.Job
	sealer      *wire.Sealer
	kill        <-chan string
	work        *os.File
	tree        *process.Tree
	cpu         *process.CPUTime
	interpreter *process.Interpreter
	watch       *limits.Watch
	output      *output.Collector
	began       time.Time
	ended       time.Duration
	exit        *process.Exit
	result      result
}

// Go lets the code run, for which the job must have been accepted, and writes its output and result. When kill
// delivers, the run ends at once. The error is one of writing frames.
func (r *Run) Go(sealer *wire.Sealer, kill <-chan string) error {
	r.sealer, r.kill = sealer, kill
	disk := limits.NewDisk(language.Work, r.job.Limits.DiskBytes)
	r.sandbox.reaper.ResetMax()
	r.output = output.Start(r.sealer, r.interpreter.Stdout, r.interpreter.Stderr, r.job.Limits.OutputBytes)
	r.began = time.Now()
	if err := r.interpreter.Go(); err != nil {
		return errors.Join(r.output.Finish(0), Failed(sealer, errors.New("the interpreter died before the code ran")))
	}
	r.watch = limits.StartWatch(r.job.Limits, r.tree, r.cpu, r.sandbox.memory, disk)
	go r.feed()
	return r.finish(r.wait())
}

// feed gives the code its stdin. A code that does not read it is no error.
func (r *Run) feed() {
	_, _ = r.interpreter.Stdin.Write(r.job.Stdin)
	_ = r.interpreter.Stdin.Close()
}

// wait returns when the program has ended by itself (nil) or something says that it must end.
func (r *Run) wait() *limits.Verdict {
	timer := time.NewTimer(r.job.Limits.Wall - time.Since(r.began))
	defer timer.Stop()
	wall := timer.C
	if guard.Off("wall") {
		wall = nil
	}
	select {
	case exit := <-r.interpreter.Exit:
		r.exit = &exit
		return nil
	case <-wall:
		return &limits.Verdict{Outcome: limits.WallTimeExceeded,
			Message: fmt.Sprintf("the run took its %d ms", r.job.Limits.Wall.Milliseconds())}
	case v := <-r.watch.Verdict():
		return &v
	case <-r.output.Exceeded():
		return r.outputVerdict()
	case why := <-r.kill:
		return &limits.Verdict{Outcome: limits.Killed, Message: why}
	}
}

func (r *Run) outputVerdict() *limits.Verdict {
	return &limits.Verdict{Outcome: limits.OutputExceeded,
		Message: fmt.Sprintf("the run printed more than %d bytes", r.job.Limits.OutputBytes)}
}

// finish ends everything, in this order: all processes, then their output, then what they left.
func (r *Run) finish(verdict *limits.Verdict) error {
	r.ended = time.Since(r.began)
	dead := r.sandbox.reaper.KillAll(killBound)
	err := r.output.Finish(drainBound)
	cpu, peak, broken := r.watch.Stop()
	if r.exit == nil {
		select {
		case exit := <-r.interpreter.Exit:
			r.exit = &exit
		default:
		}
	}
	r.conclude(verdict, broken)
	if !dead {
		r.result.Message += "; some process could not be ended"
	}
	r.result.Usage = usage{
		WallMillis:      r.ended.Milliseconds(),
		CPUMillis:       cpu.Milliseconds(),
		PeakMemoryBytes: r.sandbox.memory.PeakOf(peak, r.sandbox.reaper.MaxBytes()),
		OutputBytes:     r.output.Total(),
	}
	r.tellOutput()
	r.tellFiles()
	if err != nil {
		return err
	}
	return write(r.sealer, &r.result)
}

// conclude names the one outcome. A verdict given during the run stands; a limit found broken only afterwards counts
// more than the exit code, which is but its consequence.
func (r *Run) conclude(verdict, broken *limits.Verdict) {
	if verdict == nil {
		verdict = r.afterwards(broken)
	}
	if r.exit != nil {
		if r.exit.Signal != 0 {
			name := unix.SignalName(r.exit.Signal)
			if name == "" {
				name = fmt.Sprintf("SIG%d", int(r.exit.Signal))
			}
			r.result.Signal = &name
		} else {
			r.result.ExitCode = &r.exit.Code
		}
	}
	r.result.Outcome, r.result.Message = verdict.Outcome, verdict.Message
}

func (r *Run) afterwards(broken *limits.Verdict) *limits.Verdict {
	select {
	case v := <-r.watch.Verdict():
		return &v
	case <-r.output.Exceeded():
		return r.outputVerdict()
	default:
	}
	switch {
	case broken != nil:
		return broken
	case r.exit.Signal == unix.SIGXCPU:
		return &limits.Verdict{Outcome: limits.CPUTimeExceeded, Message: "the kernel ended the run at its CPU time"}
	case r.exit.Signal == unix.SIGXFSZ:
		return &limits.Verdict{Outcome: limits.DiskExceeded, Message: "the kernel ended the run at its file size"}
	case r.exit.Signal != 0:
		return &limits.Verdict{Outcome: limits.ExitNonZero, Message: "a signal of the run's own ended the program"}
	case r.exit.Code != 0:
		return &limits.Verdict{Outcome: limits.ExitNonZero,
			Message: fmt.Sprintf("the program returned %d", r.exit.Code)}
	}
	return &limits.Verdict{Outcome: limits.Completed, Message: "the program returned 0"}
}

func (r *Run) tellOutput() {
	stdout, stderr := r.output.Sent()
	r.result.StdoutBytes, r.result.StderrBytes = stdout.Bytes, stderr.Bytes
	r.result.StdoutSHA256, r.result.StderrSHA256 = stdout.SHA256, stderr.SHA256
	r.result.StdoutTruncated, r.result.StderrTruncated = stdout.Truncated, stderr.Truncated
}

func (r *Run) tellFiles() {
	value, err := collect.Value(r.work, r.job.Limits.ValueBytes)
	r.result.Value = value
	if err != nil {
		r.result.ValueError = err.Error()
	}
	files := collect.OutputFiles(r.work, r.job.Limits.FileBytes)
	r.result.Files = files.List
	if files.Unreported {
		r.result.Message += "; there are more output files than are reported"
	}
}

// Failed writes the result of an accepted job whose program could not be started.
func Failed(sealer *wire.Sealer, why error) error {
	nothing := output.Nothing()
	return write(sealer, &result{
		Outcome: limits.StartFailed, Message: "the program could not be started: " + why.Error(),
		StdoutSHA256: nothing, StderrSHA256: nothing,
	})
}

func write(sealer *wire.Sealer, r *result) error {
	r.Version = 1
	if r.Files == nil {
		r.Files = []collect.File{}
	}
	encoded, err := r.encode()
	if err != nil {
		return err
	}
	return sealer.WriteResult(encoded)
}
