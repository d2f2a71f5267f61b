package run

import (
	"errors"
	"fmt"
	"os"
	"time"

	"countersign.dev/supervisor/internal/job"
	"countersign.dev/supervisor/internal/language"
	"countersign.dev/supervisor/internal/process"
)

// startBound is how long an interpreter may take to start. A cold one takes about a second inside gVisor.
const startBound = 20 * time.Second

// Sandbox is what stands ready before a job arrives: the work directory and an interpreter that waits.
type Sandbox struct {
	lang   language.Language
	hooks  string
	reaper *process.Reaper
	memory *process.Memory
	work   *os.File
	tree   *process.Tree
	ahead  *process.Interpreter
}

// NewSandbox prepares the work directory and starts the interpreter ahead of the job.
func NewSandbox(lang language.Language, hooks string) (*Sandbox, error) {
	if err := prepareWork(); err != nil {
		return nil, err
	}
	s := &Sandbox{lang: lang, hooks: hooks, reaper: process.NewReaper(), memory: process.NewMemory()}
	var err error
	if s.work, err = os.Open(language.Work); err != nil {
		return nil, fmt.Errorf("the work directory: %w", err)
	}
	if s.tree, err = process.NewTree(); err != nil {
		return nil, fmt.Errorf("/proc: %w", err)
	}
	s.ahead, err = process.StartInterpreter(s.reaper, s.memory, lang, hooks, nil)
	return s, err
}

// IsUp tells whether the interpreter that was started ahead waits for its job; it waits for that as long as a job would.
func (s *Sandbox) IsUp() bool { return s.ahead.IsUp(startBound) }

// Prepare does all that can be done for a job before it is accepted: it has an interpreter ready, its limits set and
// the files in their places. The error is process.ErrStopped if terminate delivered meanwhile; with any other error the
// job cannot run in this sandbox. No code has run either way.
func (s *Sandbox) Prepare(j *job.Job, terminate <-chan os.Signal) (*Run, error) {
	r := &Run{sandbox: s, job: j, work: s.work, tree: s.tree}
	var err error
	if err = r.takeInterpreter(terminate); err != nil {
		return nil, err
	}
	if err = writeFiles(j); err != nil { // after the interpreter's start, which so cannot read any of them
		return nil, fmt.Errorf("the input files: %w", err)
	}
	return r, nil
}

// takeInterpreter takes the interpreter started ahead, or a fresh one if that has died or if the job brings variables
// of its own, which an interpreter must have from its start.
func (r *Run) takeInterpreter(terminate <-chan os.Signal) error {
	s := r.sandbox
	if len(r.job.Env) == 0 {
		err := r.make(s.ahead, terminate)
		if err == nil || errors.Is(err, process.ErrStopped) {
			return err
		}
	}
	s.ahead.Discard()
	fresh, err := process.StartInterpreter(s.reaper, s.memory, s.lang, s.hooks, r.job.Env)
	if err != nil {
		return err
	}
	return r.make(fresh, terminate)
}

// make makes an interpreter the run's, once it is ready and limited.
func (r *Run) make(i *process.Interpreter, terminate <-chan os.Signal) error {
	held, err := i.Ready(startBound, terminate)
	if err != nil {
		return err
	}
	r.interpreter = i
	r.sandbox.memory.Interpreter(held)
	r.tree.Count()
	// It waits, so this holds until the go.
	r.cpu = process.NewCPUTime(r.tree.Look())
	l := r.job.Limits
	return process.Limit(i.PID, l.CPU, r.cpu.Before(), l.DiskBytes, l.Processes)
}
