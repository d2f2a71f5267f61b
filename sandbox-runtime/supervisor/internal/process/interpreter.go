package process

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"countersign.dev/supervisor/internal/language"
)

// goDescriptor is the descriptor on which an interpreter's hook says that it has started and waits for the go. The
// hooks know the number too.
const goDescriptor = 3

// Interpreter is a started interpreter that waits before it opens the code's file.
type Interpreter struct {
	PID    int
	Exit   <-chan Exit
	Stdin  *os.File
	Stdout *os.File
	Stderr *os.File
	signal *os.File // a socket: one byte comes when it is ready, one byte goes to let it run
	ready  chan struct{}
	held   int64 // memory it took to get ready; with failed, set before ready is closed
	failed error
}

// StartInterpreter starts the language's interpreter on the code's file, which need not exist yet, in a session of its
// own, with pipes that the supervisor owns. The interpreter's start-up hook below hooks makes it wait for Go.
func StartInterpreter(
	r *Reaper,
	m *Memory,
	l language.Language,
	hooks string,
	extraEnv []string,
) (*Interpreter, error) {
	env := l.Env(hooks, extraEnv)
	program, err := lookUp(l.Interpreter)
	if err != nil {
		return nil, err
	}
	ours, theirs, err := ends()
	if err != nil {
		return nil, err
	}
	before := m.InUse()
	pid, exit, err := r.Start(func() (int, error) {
		return syscall.ForkExec(program, []string{l.Interpreter, l.Path()}, &syscall.ProcAttr{
			Dir: language.Work, Env: env, Files: theirs[:], Sys: &syscall.SysProcAttr{Setsid: true},
		})
	})
	for _, fd := range theirs {
		_ = unix.Close(int(fd))
	}
	i := &Interpreter{
		PID: pid, Exit: exit, Stdin: ours[0], Stdout: ours[1], Stderr: ours[2], signal: ours[goDescriptor],
		ready: make(chan struct{}),
	}
	if err != nil {
		i.Close()
		return nil, errors.New("the interpreter " + program + " does not start: " + err.Error())
	}
	go func() {
		defer close(i.ready)
		if _, err := i.signal.Read(make([]byte, 1)); err != nil {
			i.failed = errors.New("the interpreter died while it started")
			return
		}
		i.held = m.InUse() - before
	}()
	return i, nil
}

// ErrStopped means that the wait for an interpreter was given up because the sandbox is to end.
var ErrStopped = errors.New("terminated before the code could run")

// Ready waits until the interpreter has started and stands before the code's file, and returns the memory that took. It
// returns an error if it has died, if the time is over, or ErrStopped if stop delivers.
func (i *Interpreter) Ready(wait time.Duration, stop <-chan os.Signal) (held int64, err error) {
	select {
	case <-i.ready:
		return i.held, i.failed
	case <-time.After(wait):
		return 0, errors.New("the interpreter did not get ready in time")
	case <-stop:
		return 0, ErrStopped
	}
}

// IsUp waits for at most the given time and tells whether the interpreter has started and waits.
func (i *Interpreter) IsUp(wait time.Duration) bool {
	select {
	case <-i.ready:
		return i.failed == nil
	case <-time.After(wait):
		return false
	}
}

// Go lets the code run. An error means that the interpreter has died before, so that no code ran and none will.
func (i *Interpreter) Go() error {
	_, err := i.signal.Write([]byte("\n"))
	return errors.Join(err, i.signal.Close())
}

// Discard ends an interpreter that is not needed. It ran no code.
func (i *Interpreter) Discard() {
	_ = unix.Kill(i.PID, unix.SIGKILL)
	<-i.Exit
	i.Close()
}

// Close gives up the supervisor's ends of the pipes.
func (i *Interpreter) Close() {
	for _, f := range []*os.File{i.Stdin, i.Stdout, i.Stderr, i.signal} {
		_ = f.Close()
	}
}

// ends makes three pipes and a socket pair. Ours do not block; theirs are other file descriptions and do, as programs
// expect of their standard streams.
func ends() (ours [goDescriptor + 1]*os.File, theirs [goDescriptor + 1]uintptr, err error) {
	for i := range ours {
		var pair [2]int
		if i == goDescriptor {
			pair, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		} else {
			err = unix.Pipe2(pair[:], unix.O_CLOEXEC)
		}
		if err != nil {
			return ours, theirs, errors.New("pipe: " + err.Error())
		}
		if i == 0 { // they read what we write; everywhere else the other way round, or both ways
			pair[0], pair[1] = pair[1], pair[0]
		}
		_ = unix.SetNonblock(pair[0], true)
		ours[i], theirs[i] = os.NewFile(uintptr(pair[0]), "pipe"), uintptr(pair[1])
	}
	return ours, theirs, nil
}

func lookUp(program string) (string, error) {
	for _, dir := range []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"} {
		file := filepath.Join(dir, program)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", errors.New("the image has no " + program)
}
