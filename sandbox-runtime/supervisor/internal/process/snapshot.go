package process

import (
	"bytes"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Process is what one look at /proc/<pid>/stat tells.
type Process struct {
	PID      int
	Start    uint64 // ticks after boot; tells two processes with one PID apart
	OwnCPU   int64  // ticks used by its threads, ended ones included
	ChildCPU int64  // ticks of children it has waited for, and of theirs
	Threads  int
	Bytes    int64 // resident
	Awaits1  bool  // ended, an orphan, and not yet reaped by PID 1
}

// Tree looks at all processes of the PID namespace except PID 1.
type Tree struct {
	proc   *os.File
	stat   [1024]byte
	names  []string
	listed []Process
}

// NewTree opens /proc once, so that a look costs three system calls a process.
func NewTree() (*Tree, error) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	return &Tree{proc: proc}, nil
}

var pageBytes = int64(os.Getpagesize())

// Count lists the processes, zombies included, and returns how many there are. It costs a system call or two however
// many they are, which matters while a fork bomb grows.
func (t *Tree) Count() int {
	t.names = t.names[:0]
	if _, err := t.proc.Seek(0, 0); err != nil {
		return 0
	}
	all, _ := t.proc.Readdirnames(-1)
	for _, name := range all {
		if name[0] >= '1' && name[0] <= '9' && name != "1" {
			t.names = append(t.names, name)
		}
	}
	return len(t.names)
}

// MoreThan tells whether the last Count's list has more processes than the limit that are the run's own doing: an ended
// orphan that PID 1 has yet to reap is not. It reads no more of them than it must.
func (t *Tree) MoreThan(limit int) bool {
	if len(t.names) <= limit {
		return false
	}
	own := 0
	for i, name := range t.names {
		if own+len(t.names)-i <= limit {
			return false
		}
		if p, ok := t.read(name); ok && !p.Awaits1 {
			if own++; own > limit {
				return true
			}
		}
	}
	return false
}

// Look reads the processes of the last Count in ascending order of PID. Parents mostly have lower PIDs than their
// children, so a child that ends during the look goes missing rather than being counted twice. The slice is valid
// until the next look.
func (t *Tree) Look() []Process {
	t.listed = t.listed[:0]
	for _, name := range t.names {
		if p, ok := t.read(name); ok {
			t.listed = append(t.listed, p)
		}
	}
	return t.listed
}

func (t *Tree) read(name string) (Process, bool) {
	pid, err := strconv.Atoi(name)
	if err != nil {
		return Process{}, false
	}
	fd, err := unix.Openat(int(t.proc.Fd()), name+"/stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return Process{}, false
	}
	n, err := unix.Read(fd, t.stat[:])
	_ = unix.Close(fd)
	if err != nil || n <= 0 {
		return Process{}, false
	}
	return parseStat(pid, t.stat[:n])
}

// parseStat reads the fields after the last ')', because the code chooses the name between the parentheses. The
// numbers are those of proc(5), less three: the state is field 3 there.
func parseStat(pid int, stat []byte) (Process, bool) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return Process{}, false
	}
	fields := bytes.Fields(stat[end+1:])
	if len(fields) < 22 {
		return Process{}, false
	}
	number := func(field int) int64 {
		v, _ := strconv.ParseInt(string(fields[field-3]), 10, 64)
		return v
	}
	return Process{
		PID:      pid,
		Awaits1:  fields[0][0] == 'Z' && number(4) == 1,
		OwnCPU:   number(14) + number(15),
		ChildCPU: number(16) + number(17),
		Threads:  int(number(20)),
		Start:    uint64(number(22)),
		Bytes:    number(24) * pageBytes,
	}, true
}
