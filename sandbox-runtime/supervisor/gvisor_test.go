package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// With SUPERVISOR_TEST_RUNSC=<path of runsc> and SUPERVISOR_TEST_ROOTFS=<directory of the languages' root file systems>
// the same tests run the same supervisor inside gVisor (systrap, no network, no cgroup), its own facts in README.md.

func gvisorLauncher(t testing.TB, runsc, language string, s settings) *exec.Cmd {
	rootfs := os.Getenv("SUPERVISOR_TEST_ROOTFS")
	if rootfs == "" {
		t.Fatal("SUPERVISOR_TEST_RUNSC needs SUPERVISOR_TEST_ROOTFS, too")
	}
	bundle := t.TempDir()
	work := filepath.Join(bundle, "work")
	if err := os.Mkdir(work, 0o777); err != nil {
		t.Fatal(err)
	}
	// As the kubelet makes an emptyDir of medium Memory: a tmpfs of the node, bound into the sandbox.
	if err := syscall.Mount("tmpfs", work, "tmpfs", 0, "mode=777,size="+strconv.FormatInt(s.work, 10)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(work, syscall.MNT_DETACH) })
	spec := map[string]any{
		"ociVersion": "1.0.0",
		"process": map[string]any{
			"user": map[string]any{"uid": 65532, "gid": 65532},
			"args": []string{"/countersign/supervisor", "--language", language},
			"env":  []string{"SUPERVISOR_GUARD_OFF=" + s.guardOff, "KUBERNETES_SERVICE_HOST=10.96.0.1"},
			"cwd":  "/work", "noNewPrivileges": true,
		},
		"root": map[string]any{"path": rootOf(rootfs, language), "readonly": true},
		"mounts": []map[string]any{
			{"destination": "/proc", "type": "proc", "source": "proc"},
			{"destination": "/work", "type": "bind", "source": work, "options": []string{"rbind", "rw"}},
			{"destination": "/countersign", "type": "bind", "source": installed, "options": []string{"rbind", "ro"}},
		},
		"linux": map[string]any{"namespaces": []map[string]any{
			{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"},
		}},
	}
	config, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bundle, "config.json"), config, 0o644); err != nil {
		t.Fatal(err)
	}
	id := fmt.Sprintf("supervisor-test-%d", time.Now().UnixNano())
	flags := []string{
		"--root=" + filepath.Join(bundle, "state"),
		"--platform=systrap",
		"--network=none",
		"--ignore-cgroups",
	}
	t.Cleanup(func() {
		remove := exec.Command(runsc, append(flags, "delete", "--force", id)...)
		_ = remove.Run()
	})
	return exec.Command(runsc, append(flags, "run", "--bundle", bundle, id)...)
}

// rootOf is the language's root file system. A language that there is not gets one, too: to be refused by name.
func rootOf(rootfs, language string) string {
	root := filepath.Join(rootfs, strings.ToLower(language))
	if _, err := os.Stat(root); err != nil {
		return filepath.Join(rootfs, "bash")
	}
	return root
}

func gvisorSignal(s *sandbox, sig os.Signal) error {
	number := strconv.Itoa(int(sig.(syscall.Signal)))
	args := append(append([]string{}, s.command.Args[1:4]...), "kill", s.command.Args[len(s.command.Args)-1], number)
	out, err := exec.Command(s.command.Path, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// gvisorKillAhead kills, from inside, everything that is no supervisor.
func gvisorKillAhead(s *sandbox) {
	s.t.Helper()
	args := append(append([]string{}, s.command.Args[1:4]...), "exec", "--user", "65532:65532",
		s.command.Args[len(s.command.Args)-1], "/bin/bash", "-c", "kill -9 -1")
	_ = exec.Command(s.command.Path, args...).Run() // it kills itself, too
	time.Sleep(200 * time.Millisecond)
}
