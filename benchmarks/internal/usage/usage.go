// Package usage reads what the parts of the one-node cluster have used: CPU by process and by cgroup, and memory.
package usage

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The kernel counts process times in hundredths of a second on every platform that Linux runs on today (USER_HZ).
const tick = 10 * time.Millisecond

// Snapshot is the CPU time used so far, by component.
type Snapshot map[string]time.Duration

// Since is what was used between an earlier snapshot and this one. A component that the earlier one does not have, or that
// has been started anew since, is left out: what it used is not known.
func (s Snapshot) Since(earlier Snapshot) Snapshot {
	used := Snapshot{}
	for name, now := range s {
		if before, ok := earlier[name]; ok && now >= before {
			used[name] = now - before
		}
	}
	return used
}

// Names are the components, sorted.
func (s Snapshot) Names() []string {
	var names []string
	for name := range s {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Machine is where to look.
type Machine struct {
	// Proc and Cgroup are the mounts, "/proc" and "/sys/fs/cgroup".
	Proc, Cgroup string
	// Cluster is the state directory of the one-node cluster.
	Cluster string
	// OperatorPod is the UID of the operator's pod.
	OperatorPod string
}

// Read takes a snapshot. Components: one for each process of the cluster by its name, "operator", "sandboxes" (all pods
// but the operator's), and "machine", which is everything.
func (m Machine) Read() (Snapshot, error) {
	snapshot := Snapshot{}
	pids, err := filepath.Glob(filepath.Join(m.Cluster, "run", "*.pid"))
	if err != nil {
		return nil, err
	}
	for _, file := range pids {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		// The first word is the process, what follows proves that it is the same one.
		words := strings.Fields(string(content))
		if len(words) == 0 {
			continue
		}
		if used, err := processTime(m.Proc, words[0]); err == nil {
			snapshot[strings.TrimSuffix(filepath.Base(file), ".pid")] = used
		}
	}
	pods, err := m.podsTime("")
	if err != nil {
		return nil, err
	}
	operator, err := m.podsTime(m.OperatorPod)
	if err != nil {
		return nil, err
	}
	snapshot["operator"] = operator
	snapshot["sandboxes"] = pods - operator
	if snapshot["machine"], err = machineTime(m.Proc); err != nil {
		return nil, err
	}
	return snapshot, nil
}

func processTime(proc, pid string) (time.Duration, error) {
	content, err := os.ReadFile(filepath.Join(proc, pid, "stat"))
	if err != nil {
		return 0, err
	}
	return parseProcess(string(content))
}

// The second field is the program's name in brackets and may hold anything, spaces and brackets too.
func parseProcess(stat string) (time.Duration, error) {
	end := strings.LastIndexByte(stat, ')')
	fields := strings.Fields(stat[end+1:])
	const user, system = 11, 12
	if end < 0 || len(fields) <= system {
		return 0, fmt.Errorf("no process statistics: %q", stat)
	}
	var ticks int64
	for _, field := range []string{fields[user], fields[system]} {
		count, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += count
	}
	return time.Duration(ticks) * tick, nil
}

func machineTime(proc string) (time.Duration, error) {
	content, err := os.ReadFile(filepath.Join(proc, "stat"))
	if err != nil {
		return 0, err
	}
	return parseMachine(string(content))
}

// cpu user nice system idle iowait irq softirq steal: all but idle, iowait and steal were work.
func parseMachine(stat string) (time.Duration, error) {
	line, _, _ := strings.Cut(stat, "\n")
	fields := strings.Fields(line)
	if len(fields) < 8 || fields[0] != "cpu" {
		return 0, fmt.Errorf("no machine statistics: %q", line)
	}
	var ticks int64
	for _, index := range []int{1, 2, 3, 6, 7} {
		count, err := strconv.ParseInt(fields[index], 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += count
	}
	return time.Duration(ticks) * tick, nil
}

// A parent's count keeps what its ended children used, so short-lived pods do not get lost.
func (m Machine) podsTime(uid string) (time.Duration, error) {
	root, err := m.cgroupRoot()
	if err != nil {
		return 0, err
	}
	below := filepath.Join(root, "kubepods")
	if uid != "" {
		below = filepath.Join(below, "burstable", "pod"+uid)
	}
	if content, err := os.ReadFile(filepath.Join(m.Cgroup, "cpuacct", below, "cpuacct.usage")); err == nil {
		nanos, err := strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64)
		return time.Duration(nanos), err
	}
	content, err := os.ReadFile(filepath.Join(m.Cgroup, below, "cpu.stat"))
	if err != nil {
		return 0, fmt.Errorf("no CPU count of %s in cgroup version 1 or 2: %w", below, err)
	}
	for line := range strings.Lines(string(content)) {
		if text, found := strings.CutPrefix(line, "usage_usec "); found {
			micros, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			return time.Duration(micros) * time.Microsecond, err
		}
	}
	return 0, fmt.Errorf("no usage_usec in the CPU statistics of %s", below)
}

func (m Machine) cgroupRoot() (string, error) {
	content, err := os.ReadFile(filepath.Join(m.Cluster, "etc", "kubelet.yaml"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(content)) {
		if text, found := strings.CutPrefix(line, "cgroupRoot:"); found {
			return strings.Trim(strings.TrimSpace(text), `"`), nil
		}
	}
	return "/", nil
}

// OperatorMemory is the resident memory of the operator's greatest process, in bytes.
func (m Machine) OperatorMemory() (int64, error) {
	statuses, err := filepath.Glob(filepath.Join(m.Proc, "[0-9]*", "cgroup"))
	if err != nil {
		return 0, err
	}
	var most int64
	for _, each := range statuses {
		content, err := os.ReadFile(each)
		if err != nil || !strings.Contains(string(content), m.OperatorPod) {
			continue
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(each), "status"))
		if err != nil {
			continue
		}
		most = max(most, residentBytes(string(status)))
	}
	if most == 0 {
		return 0, fmt.Errorf("no process of the operator's pod %s", m.OperatorPod)
	}
	return most, nil
}

func residentBytes(status string) int64 {
	for line := range strings.Lines(status) {
		if text, found := strings.CutPrefix(line, "VmRSS:"); found {
			kibibytes, _ := strconv.ParseInt(strings.Fields(text)[0], 10, 64)
			return kibibytes * 1024
		}
	}
	return 0
}
