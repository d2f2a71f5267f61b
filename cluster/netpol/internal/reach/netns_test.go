package reach

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// host is a network namespace that stands for a machine or a pod.
type host struct {
	path    string // of the file that stands for the namespace
	address string
}

// newHost makes a namespace that ends with the test.
func newHost(t *testing.T, name, address string) *host {
	t.Helper()
	name = fmt.Sprintf("netpol-%d-%s", os.Getpid(), name)
	run(t, "ip netns add "+name)
	t.Cleanup(func() { run(t, "ip netns del "+name) })
	h := &host{path: "/var/run/netns/" + name, address: address}
	h.run(t, "ip link set lo up")
	return h
}

// run executes a command line inside of the namespace; its words may not hold blanks.
func (h *host) run(t *testing.T, line string) {
	t.Helper()
	run(t, "nsenter --net="+h.path+" "+line)
}

func run(t *testing.T, line string) {
	t.Helper()
	words := strings.Fields(line)
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// do calls f on a thread that is inside of the namespace. Sockets that f makes, and programs that it starts, stay
// in there. f must not make them in other goroutines.
func (h *host) do(t *testing.T, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		// Never unlocked: the thread is in the wrong namespace afterwards and ends with the goroutine.
		runtime.LockOSThread()
		target, err := os.Open(h.path)
		if err == nil {
			err = unix.Setns(int(target.Fd()), unix.CLONE_NEWNET)
			target.Close()
		}
		if err == nil {
			f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatalf("enter %s: %v", h.path, err)
	}
}
