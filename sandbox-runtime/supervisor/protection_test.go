package main_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func insideGVisor() bool { return os.Getenv("SUPERVISOR_TEST_RUNSC") != "" }

func TestTheSupervisorIsClosedToTheCode(t *testing.T) {
	proveAll(t, []scenario{
		{"its memory, environment and descriptors", "dumpable", func(t testing.TB, o ...option) error {
			out := run(t, job("Python", `import ctypes, os
opened = []
for name in ["environ", "mem", "maps", "auxv"] + [f"fd/{i}" for i in range(12)]:
    for mode in (os.O_RDONLY | os.O_NONBLOCK, os.O_WRONLY | os.O_NONBLOCK):
        try:
            fd = os.open(f"/proc/1/{name}", mode)
            opened.append(name)
            if name in ("fd/1", "fd/2"): os.write(fd, b"\nCSF1 Zm9yZ2Vk\n")
        except OSError: pass
libc = ctypes.CDLL(None)
if libc.ptrace(0x4206, 1, 0, 0) == 0: # PTRACE_SEIZE: unlike PTRACE_ATTACH it leaves the tracee running
    opened.append("ptrace")
print(opened)`), o...)
			t.Log(out.brief())
			if string(out.Stdout) != "[]\n" || out.Forged != 0 || out.Verdict != "Complete" {
				return fmt.Errorf("the code reached %s", out.Stdout)
			}
			return nil
		}},
		{"signals that can be caught", "signals", func(t testing.TB, o ...option) error {
			// Go cannot catch 32 to 34, which the C libraries use. Linux keeps them from PID 1, gVisor does not.
			_, err := ends(t, job("Python", `import os, time
for s in range(1, 65):
    if s not in (9, 15, 19, 32, 33, 34):
        try: os.kill(1, s)
        except OSError: pass
        time.sleep(0.005)
print("alive")`), "Completed", 0, o...)
			return err
		}},
	})
}

func TestAForcedEndOfPID1IsNeverAResult(t *testing.T) {
	for _, signal := range []string{"KILL", "STOP"} {
		t.Run(signal, func(t *testing.T) {
			s := start(t, "Bash").send(job("Bash", "echo up; kill -"+signal+" 1; sleep 1; echo survived").frame())
			if signal == "STOP" && insideGVisor() {
				// It works there: nothing comes any more until the operator ends the pod. The test does the same.
				s.until("accepted", func(w streamSoFar) bool { return w.Accepted != nil })
				s.endFromOutside()
				if o := s.outcome(); o.Verdict != "Incomplete" || o.Result.Outcome != "" {
					t.Fatal(o.brief())
				}
				return
			}
			o := s.outcome()
			t.Log(o.brief())
			switch {
			case insideGVisor(): // KILL works there
				if o.Exit != 137 || o.Verdict != "Incomplete" {
					t.Fatal(o.brief())
				}
			case o.Result.Outcome != "Completed" || !strings.Contains(string(o.Stdout), "survived"):
				t.Fatal(o.brief())
			}
		})
	}
}

func TestSIGTERMFromTheCodeEndsItsOwnRun(t *testing.T) {
	if _, err := ends(t, job("Bash", "kill -TERM 1; sleep 5"), "Killed", 0); err != nil {
		t.Fatal(err)
	}
}
