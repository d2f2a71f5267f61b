package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTheTreeEndsWithTheRun(t *testing.T) {
	proveAll(t, []scenario{
		{"an orphan that holds the output", "kill-tree", func(t testing.TB, o ...option) error {
			began := time.Now()
			out, err := ends(t, job("Python", `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: time.sleep(1)
    os._exit(0)
os.wait()
print("main is done")`), "Completed", 0, o...)
			if err == nil &&
				(string(out.Stdout) != "main is done\n" || out.Result.StdoutTruncated ||
					time.Since(began) > 10*time.Second) {
				err = fmt.Errorf("the orphan was waited for: %s", out.brief())
			}
			return err
		}},
		{"daemons that ignore everything and fork on", "kill-tree", func(t testing.TB, o ...option) error {
			// What they write after the main program's end would be missing from, or half in, the collected file.
			out, err := ends(t, job("Python", `import os, signal, time
for _ in range(6):
    if os.fork() == 0:
        os.setsid()
        for s in range(1, 65):
            try: signal.signal(s, signal.SIG_IGN)
            except (OSError, ValueError): pass
        while True:
            if os.fork() == 0: os._exit(0)
time.sleep(0.3)
print("main is done")`).limit("processes", 300).limit("cpuMillis", 60000).limit("memoryBytes", 2<<30), "Completed", 0, o...)
			if err == nil &&
				(out.Result.StdoutTruncated || strings.Contains(out.Result.Message, "could not be ended")) {
				err = fmt.Errorf("something was left: %s", out.brief())
			}
			return err
		}},
		{"many orphaned zombies are reaped", "reap", func(t testing.TB, o ...option) error {
			// Each has a parent that ends at once, so PID 1 must reap it; unreaped they would break the processes
			// limit.
			count := 4000
			if insideGVisor() {
				count = 300 // a fork costs it 5 to 20 ms
			}
			out, err := ends(t, job("Python", fmt.Sprintf(`import os
for i in range(%d):
    pid = os.fork()
    if pid == 0:
        if os.fork() == 0: os._exit(0)
        os._exit(0)
    os.waitpid(pid, 0)
print(i + 1)`, count)).limit("cpuMillis", 3000000).limit("wallMillis", 100000), "Completed", 0, o...)
			if err == nil && (string(out.Stdout) != fmt.Sprintln(count) || len(out.Stderr) > 0) {
				err = fmt.Errorf("not all ran: %s", out.brief())
			}
			return err
		}},
	})
}

func TestZombiesThatTheirParentKeepsCountAsProcesses(t *testing.T) {
	if _, err := ends(t, job("Python", `import os, time
for _ in range(100):
    if os.fork() == 0: os._exit(0)
time.sleep(5)`), "ProcessesExceeded", 0); err != nil {
		t.Fatal(err)
	}
}

func TestAProgramThatStopsItselfIsEndedByTheWallLimit(t *testing.T) {
	j := job("Bash", "kill -STOP $$").limit("wallMillis", 500)
	if _, err := ends(t, j, "WallTimeExceeded", 500*time.Millisecond); err != nil {
		t.Fatal(err)
	}
}

func TestKillingEverythingTheCodeMayKillEndsOnlyTheCode(t *testing.T) {
	// kill(-1) reaches every process of the namespace but PID 1 and the caller.
	out, err := ends(t, job("Bash", "sleep 10 & kill -9 -1; echo still here"), "Completed", 0)
	if err != nil || string(out.Stdout) != "still here\n" {
		t.Fatal(err, out.brief())
	}
}
