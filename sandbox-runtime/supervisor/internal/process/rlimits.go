package process

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

const (
	openFiles = 1024
	// fileSlack lets a file grow past the disk limit by so much that the excess is seen, and no further.
	fileSlack = 64 << 10
	// threadsFree is how many threads a run may have beyond one for each process: Node alone has about eleven.
	threadsFree = 64
	// threadSlack is room for the supervisor's own threads, which count for the same user, and for an excess that the
	// next look can see. It is small on purpose: a fork bomb of hundreds starves the supervisor itself.
	threadSlack = 32
)

// Threads is how many threads, first ones included, a run may have that may have so many processes.
func Threads(processes int) int { return processes + threadsFree }

// Limit sets the resource limits of a process that has not begun to run code, soft and hard alike, so that code can
// neither raise them nor catch the soft one. They are the second wall behind the supervisor's own looks: used is the
// CPU time that the process has used already.
func Limit(pid int, cpu, used time.Duration, disk int64, processes int) error {
	seconds := uint64((cpu + used + time.Second - 1) / time.Second)
	for _, limit := range []struct {
		resource int
		value    uint64
	}{
		{unix.RLIMIT_CPU, seconds + 1},
		{unix.RLIMIT_FSIZE, uint64(disk) + fileSlack},
		{unix.RLIMIT_NPROC, uint64(Threads(processes)) + threadSlack},
		{unix.RLIMIT_NOFILE, openFiles},
		{unix.RLIMIT_CORE, 0},
	} {
		value := &unix.Rlimit{Cur: limit.value, Max: limit.value}
		if err := unix.Prlimit(pid, limit.resource, value, nil); err != nil {
			return errors.New("prlimit: " + err.Error())
		}
	}
	return nil
}
