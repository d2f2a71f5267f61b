// Command supervisor is PID 1 of a sandbox: it takes one job from the operator on stdin, runs it under its limits and
// answers in sealed frames on stdout. README.md is the reference of its interface.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"countersign.dev/supervisor/internal/guard"
	"countersign.dev/supervisor/internal/job"
	"countersign.dev/supervisor/internal/language"
	"countersign.dev/supervisor/internal/process"
	"countersign.dev/supervisor/internal/run"
	"countersign.dev/supervisor/internal/wire"
)

// The exit codes of the supervisor. The code's own exit code stands in the result.
const (
	exitResult   = 0  // the result is written
	exitNeverRan = 64 // no code ran and none will
	exitNoResult = 74 // code ran, but its frames could not be written
)

func main() { os.Exit(supervise(os.Args[1:])) }

func supervise(args []string) int {
	terminate := catchSignals()
	sandbox, lang, err := prepare(args)
	if err != nil {
		return neverRan(err)
	}
	stdin := wire.NewReader(os.Stdin)
	work, err := receive(stdin, lang, func() { answer(sandbox) }, terminate)
	if err != nil {
		return neverRan(err)
	}
	ready, startError := sandbox.Prepare(work, terminate)
	if errors.Is(startError, process.ErrStopped) {
		return neverRan(startError)
	}
	sealer := wire.NewSealer(os.Stdout, work.Key, work.UID, work.Attempt)
	if err := accept(sealer, work); err != nil {
		return neverRan(errors.New("the accepted frame could not be written"))
	}
	operator := listen(stdin, terminate)
	if startError != nil {
		err = run.Failed(sealer, startError)
	} else {
		err = ready.Go(sealer, operator.kill)
	}
	if err != nil {
		return noResult(err)
	}
	operator.awaitLeave()
	return exitResult
}

// catchSignals makes SIGTERM a request and every other signal that can be caught nothing at all: the code may send PID
// 1 any of them, and some would stop or end it. They are caught, never ignored, because the code would inherit that. Go
// cannot catch 32 to 34.
func catchSignals() <-chan os.Signal {
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	if guard.Off("signals") {
		return terminate
	}
	dropped := make(chan os.Signal, 1)
	for number := syscall.Signal(1); number <= 64; number++ {
		switch number {
		case syscall.SIGTERM, syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGCHLD, syscall.SIGURG:
		default:
			signal.Notify(dropped, number)
		}
	}
	return terminate
}

// prepare does everything that can be done before the job is known.
func prepare(args []string) (*run.Sandbox, language.Language, error) {
	flags := flag.NewFlagSet("supervisor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	name := flags.String("language", "", "Python, JavaScript or Bash")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return nil, language.Language{}, errors.New("usage: supervisor --language Python|JavaScript|Bash")
	}
	lang, err := language.ByName(*name)
	if err != nil {
		return nil, lang, err
	}
	if err := process.Harden(); err != nil {
		return nil, lang, err
	}
	hooks, err := hooksDirectory(lang)
	if err != nil {
		return nil, lang, err
	}
	sandbox, err := run.NewSandbox(lang, hooks)
	return sandbox, lang, err
}

// hooksDirectory finds the interpreters' start-up hooks beside the supervisor.
func hooksDirectory(lang language.Language) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	hooks := filepath.Join(filepath.Dir(self), "ahead")
	if _, err := os.Stat(lang.Hook(hooks)); err != nil {
		return "", errors.New("the image lacks " + lang.Hook(hooks))
	}
	return hooks, nil
}

// receive waits for the one job. Whatever ends the wait before a whole and valid job is an error.
func receive(
	stdin *bufio.Reader, lang language.Language, pong func(), terminate <-chan os.Signal,
) (*job.Job, error) {
	type read struct {
		payload []byte
		err     error
	}
	arrived := make(chan read, 1)
	go func() {
		payload, err := wire.ReadJob(stdin, pong)
		arrived <- read{payload, err}
	}()
	select {
	case <-terminate:
		return nil, errors.New("terminated before a job arrived")
	case r := <-arrived:
		if r.err != nil {
			return nil, r.err
		}
		return job.Parse(r.payload, lang)
	}
}

// answer says that the sandbox stands ready. One whose interpreter died says nothing, and is replaced by whoever asked.
// That the answer cannot be written shows in the end of stdin, or in the accepted frame.
func answer(sandbox *run.Sandbox) {
	if sandbox.IsUp() {
		_, _ = os.Stdout.WriteString(wire.PongLine + "\n")
	}
}

// accept tells the operator that code may run from now on.
func accept(sealer *wire.Sealer, j *job.Job) error {
	if guard.Off("accepted") {
		return nil
	}
	payload, err := json.Marshal(map[string]any{"executionUid": j.UIDText, "attempt": j.Attempt, "version": 1})
	if err != nil {
		return err
	}
	return sealer.Write(wire.Accepted, payload)
}

// longestLeave is how long the supervisor stays after its result if nobody lets it go.
const longestLeave = time.Second

// operator is what comes from outside while the code runs.
type operator struct {
	// kill joins the two ways in which the operator ends a run. The end of stdin is none of them.
	kill chan string
	// left is closed at the end of stdin.
	left chan struct{}
}

func listen(stdin *bufio.Reader, terminate <-chan os.Signal) operator {
	o := operator{kill: make(chan string, 2), left: make(chan struct{})}
	go func() {
		if wire.ReadKill(stdin) {
			o.kill <- "the operator ended the run"
		} else {
			close(o.left)
		}
	}()
	go func() {
		<-terminate
		o.kill <- "the sandbox was told to end"
	}()
	return o
}

// awaitLeave waits until the operator closes stdin, which it does when the outcome is written down: taking a sandbox
// apart costs a small node more than the run did, and would be in the way of just that. Nothing runs here any more.
func (o operator) awaitLeave() {
	select {
	case <-o.left:
	case <-o.kill:
	case <-time.After(longestLeave):
	}
}

func neverRan(err error) int {
	fmt.Fprintln(os.Stderr, "countersign supervisor: never ran:", err)
	return exitNeverRan
}

func noResult(err error) int {
	fmt.Fprintln(os.Stderr, "countersign supervisor: the result could not be written:", err)
	return exitNoResult
}
