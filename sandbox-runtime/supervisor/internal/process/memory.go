package process

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Memory measures what a run's processes hold.
//
// Inside gVisor /proc/meminfo tells it exactly and about this sandbox alone: anonymous memory, memfds and files on
// gVisor's own tmpfs included. Resident sets say little there, because every mapping is rounded up (50 idle Python
// threads: 116 MB resident, 4.5 MB used). On Linux it is the sum of the resident sets, and of the proportional set
// sizes when that sum is above the limit, because pages that processes share count once for each.
type Memory struct {
	meminfo *os.File // nil on Linux
	// others is what was in use before the run's own interpreter: the supervisor's.
	others int64
}

// NewMemory returns a measure, to be told by Interpreter what of the memory in use now is the run's.
func NewMemory() *Memory {
	if !insideGVisor() {
		return &Memory{}
	}
	meminfo, err := os.Open("/proc/meminfo")
	if err != nil {
		return &Memory{}
	}
	return &Memory{meminfo: meminfo}
}

// InUse is the anonymous memory of the whole sandbox; 0 on Linux, where nothing tells it.
func (m *Memory) InUse() int64 {
	if m.meminfo == nil {
		return 0
	}
	var text [4096]byte
	n, _ := unix.Pread(int(m.meminfo.Fd()), text[:], 0)
	return field(text[:max(0, n)], "AnonPages:")
}

// Interpreter says how much the run's waiting interpreter holds. The rest of what is in use now is not the run's.
func (m *Memory) Interpreter(bytes int64) { m.others = max(0, m.InUse()-bytes) }

// Bytes returns what the processes hold.
func (m *Memory) Bytes(now []Process, limit int64) int64 {
	if m.meminfo != nil {
		return max(0, m.InUse()-m.others)
	}
	var resident int64
	for _, p := range now {
		resident += p.Bytes
	}
	if resident > limit {
		return proportional(now)
	}
	return resident
}

// PeakOf returns the larger of a sampled peak and the largest resident set that the kernel saw, where that means
// something.
func (m *Memory) PeakOf(sampled, largest int64) int64 {
	if m.meminfo != nil {
		return sampled
	}
	return max(sampled, largest)
}

func insideGVisor() bool {
	var name unix.Utsname
	return unix.Uname(&name) == nil && strings.Contains(unix.ByteSliceToString(name.Release[:]), "gvisor")
}

// proportional sums the proportional set sizes, with the resident set for a process whose own is closed to us.
func proportional(now []Process) int64 {
	var sum int64
	for _, p := range now {
		if rollup, err := os.ReadFile("/proc/" + strconv.Itoa(p.PID) + "/smaps_rollup"); err == nil {
			sum += field(rollup, "Pss:")
		} else {
			sum += p.Bytes
		}
	}
	return sum
}

// field finds a line "<name> <number> kB" and returns its bytes.
func field(text []byte, name string) int64 {
	for line := range bytes.Lines(text) {
		if fields := bytes.Fields(line); len(fields) == 3 && string(fields[0]) == name {
			kib, _ := strconv.ParseInt(string(fields[1]), 10, 64)
			return kib * 1024
		}
	}
	return 0
}
