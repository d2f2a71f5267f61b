package usage

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func machine(t *testing.T, files map[string]string) Machine {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Machine{
		Proc: filepath.Join(root, "proc"), Cgroup: filepath.Join(root, "cgroup"),
		Cluster: filepath.Join(root, "cluster"), OperatorPod: "uid-1",
	}
}

var common = map[string]string{
	"cluster/run/etcd.pid":     "7 1234 boot\n",
	"cluster/etc/kubelet.yaml": "kind: X\ncgroupRoot: /ours\n",
	"proc/7/stat":              "7 (et) cd) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0",
	"proc/stat":                "cpu  100 10 50 9000 900 5 5 77 0 0\ncpu0 1 2\n",
	"proc/7/cgroup":            "4:cpuacct:/\n",
	"proc/8/cgroup":            "4:cpuacct:/ours/kubepods/burstable/poduid-1/abc\n",
	"proc/8/status":            "Name:\tjava\nVmRSS:\t    2048 kB\n",
}

func with(files map[string]string) map[string]string {
	all := map[string]string{}
	for _, each := range []map[string]string{common, files} {
		for name, content := range each {
			all[name] = content
		}
	}
	return all
}

func expect(t *testing.T, snapshot Snapshot, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]time.Duration{
		"etcd": 2 * time.Second, "operator": 3 * time.Second, "sandboxes": 4 * time.Second,
		"machine": 1700 * time.Millisecond,
	} {
		if snapshot[name] != want {
			t.Errorf("%s used %v, not %v", name, snapshot[name], want)
		}
	}
}

func TestCgroupVersion1(t *testing.T) {
	snapshot, err := machine(t, with(map[string]string{
		"cgroup/cpuacct/ours/kubepods/cpuacct.usage":                    "7000000000\n",
		"cgroup/cpuacct/ours/kubepods/burstable/poduid-1/cpuacct.usage": "3000000000\n",
	})).Read()
	expect(t, snapshot, err)
}

func TestCgroupVersion2(t *testing.T) {
	snapshot, err := machine(t, with(map[string]string{
		"cgroup/ours/kubepods/cpu.stat":                    "usage_usec 7000000\nuser_usec 1\n",
		"cgroup/ours/kubepods/burstable/poduid-1/cpu.stat": "usage_usec 3000000\nuser_usec 1\n",
	})).Read()
	expect(t, snapshot, err)
}

func TestNoCgroupIsAnError(t *testing.T) {
	if _, err := machine(t, common).Read(); err == nil {
		t.Error("no error")
	}
}

func TestWhatStartedAnewIsNotKnown(t *testing.T) {
	used := Snapshot{"a": 5, "b": 1, "c": 9}.Since(Snapshot{"a": 2, "b": 4})
	if len(used) != 1 || used["a"] != 3 {
		t.Errorf("%v", used)
	}
}

func TestMemoryIsOfTheOperatorsPod(t *testing.T) {
	bytes, err := machine(t, common).OperatorMemory()
	if err != nil || bytes != 2<<20 {
		t.Errorf("%d bytes, %v", bytes, err)
	}
	other := machine(t, common)
	other.OperatorPod = "uid-2"
	if _, err := other.OperatorMemory(); err == nil {
		t.Error("a pod that is not there has memory")
	}
}
