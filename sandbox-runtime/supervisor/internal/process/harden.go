// Package process holds everything about processes: those of the run, and the supervisor's own.
package process

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"countersign.dev/supervisor/internal/guard"
)

// Harden closes what the supervisor would otherwise hand to code of the same user: its memory (the run's key), its
// descriptors, and descriptors it inherited itself. It refuses to go on anywhere but as PID 1 of a namespace, because
// ending a run means killing every other process.
func Harden() error {
	if os.Getpid() != 1 {
		return errors.New("the supervisor must be PID 1 of a PID namespace of its own")
	}
	// From here on /proc/1/{mem,environ,fd,...} and ptrace are closed to the same user.
	if guard.Off("dumpable") {
		return closeOnExec()
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return errors.New("PR_SET_DUMPABLE: " + err.Error())
	}
	return closeOnExec()
}

// closeOnExec marks every inherited descriptor above stderr.
func closeOnExec() error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return errors.New("cannot list the open descriptors: is /proc mounted?")
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}
