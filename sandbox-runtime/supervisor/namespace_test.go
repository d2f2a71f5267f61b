package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The tests run the supervisor as what it is in a pod: PID 1 of fresh namespaces, an unprivileged user, a read-only
// root and a work directory that is a file system of its own. The same test binary, started again in those namespaces,
// prepares them and becomes the supervisor.

const (
	roleVariable = "SUPERVISOR_TEST_ROLE"
	// uid is an odd one, because RLIMIT_NPROC counts the user's processes on the whole machine here.
	uid = 365532
)

var installed string // the directory that stands at /countersign in the sandbox

func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) == "init" {
		fmt.Fprintln(os.Stderr, "test sandbox:", becomeSupervisor())
		os.Exit(99)
	}
	os.Exit(prepareAndTest(m))
}

func prepareAndTest(m *testing.M) int {
	if os.Geteuid() != 0 {
		fmt.Fprintln(os.Stderr, "these tests need root: they make namespaces, mounts and become another user")
		return 1
	}
	dir, err := os.MkdirTemp("", "supervisor-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	installed = filepath.Join(dir, "countersign")
	err = os.MkdirAll(installed, 0o755)
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err == nil {
		err = buildSupervisor(installed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// launcher returns the command that runs a supervisor as PID 1.
func launcher(t testing.TB, language string, s settings) *exec.Cmd {
	if gvisor := os.Getenv("SUPERVISOR_TEST_RUNSC"); gvisor != "" {
		return gvisorLauncher(t, gvisor, language, s)
	}
	command := exec.Command("/proc/self/exe")
	command.Env = []string{
		roleVariable + "=init", "LANGUAGE=" + language, "INSTALLED=" + installed, "ROOT=" + t.TempDir(),
		"WORK_SIZE=" + strconv.FormatInt(s.work, 10), "SUPERVISOR_GUARD_OFF=" + s.guardOff,
		"KUBERNETES_SERVICE_HOST=10.96.0.1", // as the kubelet sets it; the code must not see it
	}
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	return command
}

// becomeSupervisor runs in the fresh namespaces and returns only on failure.
func becomeSupervisor() error {
	root := os.Getenv("ROOT")
	if err := buildRoot(root); err != nil {
		return err
	}
	if err := unix.Chroot(root); err != nil {
		return err
	}
	if err := unix.Chdir("/work"); err != nil {
		return err
	}
	if err := syscall.Setgroups(nil); err != nil {
		return err
	}
	if err := syscall.Setgid(uid); err != nil {
		return err
	}
	if err := syscall.Setuid(uid); err != nil {
		return err
	}
	env := []string{
		"SUPERVISOR_GUARD_OFF=" + os.Getenv("SUPERVISOR_GUARD_OFF"),
		"KUBERNETES_SERVICE_HOST=" + os.Getenv("KUBERNETES_SERVICE_HOST"),
	}
	args := []string{"supervisor", "--language", os.Getenv("LANGUAGE")}
	return unix.Exec("/countersign/supervisor", args, env)
}

func buildRoot(root string) error {
	steps := []func() error{
		func() error { return unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") },
		func() error { return unix.Mount("tmpfs", root, "tmpfs", 0, "mode=755") },
		func() error { return bind("/usr", root+"/usr") },
		func() error { return bind("/etc", root+"/etc") },
		func() error { return bind(os.Getenv("INSTALLED"), root+"/countersign") },
		func() error { return bindFile("/dev/null", root+"/dev/null") },
		func() error { return bindFile("/dev/zero", root+"/dev/zero") },
		func() error { return bindFile("/dev/urandom", root+"/dev/urandom") },
		func() error { return mountNew("proc", root+"/proc", "proc", "") },
		func() error { return mountNew("tmpfs", root+"/work", "tmpfs", "mode=777,size="+os.Getenv("WORK_SIZE")) },
		func() error { return linkAll(root) },
		func() error { return unix.Mount("", root, "", unix.MS_REMOUNT|unix.MS_RDONLY, "mode=755") },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return nil
}

func linkAll(root string) error {
	for _, name := range []string{"bin", "sbin", "lib", "lib64"} {
		if err := link(name, root); err != nil {
			return err
		}
	}
	return nil
}

// link copies the machine's links /bin -> usr/bin and the like.
func link(name, root string) error {
	target, err := os.Readlink("/" + name)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("these tests need a merged /usr: %w", err)
	}
	return os.Symlink(target, filepath.Join(root, name))
}

func bind(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if err := unix.Mount(from, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	return unix.Mount("", to, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
}

func bindFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(to, nil, 0o644); err != nil {
		return err
	}
	return unix.Mount(from, to, "", unix.MS_BIND, "")
}

func mountNew(source, to, kind, options string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	return unix.Mount(source, to, kind, unix.MS_NOSUID|unix.MS_NODEV, options)
}

func signalPID1(s *sandbox, sig os.Signal) error {
	if os.Getenv("SUPERVISOR_TEST_RUNSC") != "" {
		return gvisorSignal(s, sig)
	}
	return s.command.Process.Signal(sig)
}

// killAhead kills the one child that the supervisor has before a job.
func (s *sandbox) killAhead() {
	s.t.Helper()
	if os.Getenv("SUPERVISOR_TEST_RUNSC") != "" {
		gvisorKillAhead(s)
		return
	}
	pid := s.command.Process.Pid
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for _, task := range tasks(pid) {
		more, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, task))
		children = append(children, more...)
	}
	fields := strings.Fields(string(children))
	if err != nil || len(fields) == 0 {
		s.t.Fatalf("no interpreter was started ahead: %v", err)
	}
	child, _ := strconv.Atoi(fields[0])
	if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
}

func tasks(pid int) []string {
	entries, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
