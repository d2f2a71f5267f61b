package main_test

import (
	"fmt"
	"testing"
	"time"
)

// promptly is how late a verdict may come on a busy machine. The operator's own timer waits 2 s.
const promptly = 1500 * time.Millisecond

// scenario is a promise: check returns an error if the promise is broken. guard is the piece of the supervisor that
// holds it; with that piece switched off check must return an error, else it proves nothing.
type scenario struct {
	name  string
	guard string
	check func(t testing.TB, options ...option) error
}

func proveAll(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			if err := s.check(t); err != nil {
				t.Fatal(err)
			}
			if s.guard == "" {
				return
			}
			t.Run("fails without "+s.guard, func(t *testing.T) {
				err := s.check(t, without(s.guard))
				if err == nil {
					t.Fatalf("the test passes with the guard %s off, so it proves nothing", s.guard)
				}
				t.Log("as it must, it fails:", err)
			})
		})
	}
}

// ends runs a job and demands the outcome, a whole stream, and the verdict at the time given.
func ends(t testing.TB, j testJob, want string, at time.Duration, options ...option) (outcome, error) {
	t.Helper()
	o := run(t, j, options...)
	t.Log(o.brief())
	if o.Exit != 0 || o.Verdict != "Complete" || o.Result.Outcome != want {
		return o, fmt.Errorf("want %s: %s", want, o.brief())
	}
	wall := time.Duration(o.Result.Usage.WallMillis) * time.Millisecond
	if at > 0 && (wall < at || wall > at+promptly) {
		return o, fmt.Errorf("want the verdict after %v: %s", at, o.brief())
	}
	return o, nil
}

const spinners = `import os, signal
for _ in range(8):
    if os.fork() == 0:
        while True: pass
signal.pause()`

func TestLimits(t *testing.T) {
	proveAll(t, []scenario{
		{"wall time, asleep", "wall", func(t testing.TB, o ...option) error {
			_, err := ends(
				t,
				job("Bash", "sleep 5").limit("wallMillis", 700),
				"WallTimeExceeded",
				700*time.Millisecond,
				o...)
			return err
		}},
		{"wall time, SIGTERM and all else ignored", "", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", `import signal, time
for s in range(1, 65):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(0.001)`).limit("wallMillis", 700), "WallTimeExceeded", 700*time.Millisecond, o...)
			return err
		}},
		{"wall time with eight spinners", "", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", spinners).limit("wallMillis", 1000).limit("cpuMillis", 60000),
				"WallTimeExceeded", time.Second, o...)
			return err
		}},
		{"wall time with an endless forker", "", func(t testing.TB, o ...option) error {
			_, err := ends(
				t,
				job("Bash", "f() { f & f & }; while :; do (:) & (:) & wait; done").limit("wallMillis", 1000).
					limit("cpuMillis", 60000),
				"WallTimeExceeded",
				time.Second,
				o...)
			return err
		}},
		{"CPU time", "cpu", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", "while True: pass").limit("cpuMillis", 600).limit("wallMillis", 6000),
				"CpuTimeExceeded", 0, o...)
			return err
		}},
		{"CPU time of eight spinners", "cpu", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", spinners).limit("cpuMillis", 600).limit("wallMillis", 6000),
				"CpuTimeExceeded", 0, o...)
			return err
		}},
		{"CPU time of a daemon", "cpu", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", `import os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: pass
    os._exit(0)
os.wait()
signal.pause()`).limit("cpuMillis", 600).limit("wallMillis", 6000), "CpuTimeExceeded", 0, o...)
			return err
		}},
		{"CPU time of ended children", "cpu-ended", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", `import os, time
while True:
    if os.fork() == 0:
        end = time.process_time() + 0.4
        while time.process_time() < end: pass
        os._exit(0)
    os.wait()`).limit("cpuMillis", 1500).limit("wallMillis", 6000), "CpuTimeExceeded", 0, o...)
			return err
		}},
		{"CPU time of ended orphans", "cpu-ended", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", `import os, time
while True:
    r, w = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            end = time.process_time() + 0.4
            while time.process_time() < end: pass
        os._exit(0)
    os.close(w)
    os.wait()
    os.read(r, 1)  # until the orphan has ended
    os.close(r)`).limit("cpuMillis", 1500).limit("wallMillis", 6000), "CpuTimeExceeded", 0, o...)
			return err
		}},
		{"CPU time of children nobody waits for", "cpu-unwaited", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", `import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    if os.fork() == 0:
        end = time.process_time() + 0.4
        while time.process_time() < end: pass
        os._exit(0)
    try: os.wait()
    except ChildProcessError: pass`).limit("cpuMillis", 1500).limit("wallMillis", 6000), "CpuTimeExceeded", 0, o...)
			return err
		}},
		{"memory", "memory", func(t testing.TB, o ...option) error {
			_, err := ends(
				t,
				job("Python", "b = []\nfor _ in range(200): b.append(b'x' * (1 << 20))\nimport time\ntime.sleep(2)").
					limit("memoryBytes", 64<<20),
				"MemoryExceeded",
				0,
				o...)
			return err
		}},
		{"memory of many small processes", "memory", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", `import os, time
for _ in range(8):
    if os.fork() == 0:
        b = b'x' * (16 << 20)
        time.sleep(2)
        os._exit(0)
time.sleep(2)`).limit("memoryBytes", 100<<20), "MemoryExceeded", 0, o...)
			return err
		}},
		{"output", "output", func(t testing.TB, o ...option) error {
			out, err := ends(
				t,
				job("Bash", "echo first >&2; sleep 0.2; while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done").
					limit("outputBytes", 20000).limit("wallMillis", 3000),
				"OutputExceeded",
				0,
				o...)
			if err == nil && (len(out.Stdout)+len(out.Stderr) != 20000 || !out.Result.StdoutTruncated ||
				out.Result.StderrTruncated || out.Result.Usage.OutputBytes <= 20000) {
				err = fmt.Errorf("want exactly the 20000 bytes of the limit: %s", out.brief())
			}
			return err
		}},
		{"output of a program that has ended before it is read", "output", func(t testing.TB, o ...option) error {
			out, err := ends(t, job("Bash", "echo 123456789").limit("outputBytes", 5), "OutputExceeded", 0, o...)
			if err == nil && string(out.Stdout) != "12345" {
				err = fmt.Errorf("want 12345: %s", out.brief())
			}
			return err
		}},
		{"disk", "disk", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Bash", "for i in 1 2 3 4 5 6 7 8; do head -c 1000000 /dev/zero > $i; done; sleep 3").
				limit("diskBytes", 4<<20), "DiskExceeded", 0, o...)
			return err
		}},
		{"disk, found at the end", "disk", func(t testing.TB, o ...option) error {
			_, err := ends(
				t,
				job("Bash", "head -c 3000000 /dev/zero > x").limit("diskBytes", 2<<20),
				"DiskExceeded",
				0,
				o...)
			return err
		}},
		{"disk, one file that the kernel stops", "disk", func(t testing.TB, o ...option) error {
			_, err := ends(
				t,
				job("Python", "f = open('x', 'wb')\nf.truncate(1 << 40)").limit("diskBytes", 1<<20),
				"ExitNonZero",
				0,
				o...)
			if err != nil {
				return err // EFBIG: nothing was written, so no limit is broken
			}
			_, err = ends(
				t,
				job("Python", "open('x', 'wb').write(bytes(8 << 20))").limit("diskBytes", 1<<20),
				"DiskExceeded",
				0,
				o...)
			return err
		}},
		{"disk, the file system is full", "disk", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Bash", "cat /dev/zero > outputs/x").limit("diskBytes", 4<<20), "DiskExceeded", 0,
				append(o, workSize(4<<20))...)
			return err
		}},
		{"disk, empty files", "disk", func(t testing.TB, o ...option) error {
			_, err := ends(
				t,
				job("Python", "for i in range(20000): open(f'tmp/{i}', 'w').close()").limit("cpuMillis", 20000),
				"DiskExceeded",
				0,
				o...)
			return err
		}},
		{"processes", "processes", func(t testing.TB, o ...option) error {
			_, err := ends(
				t,
				job("Bash", "for i in {1..40}; do sleep 3 & done; wait").limit("processes", 20),
				"ProcessesExceeded",
				0,
				o...)
			return err
		}},
		{"processes of a fork bomb", "", func(t testing.TB, o ...option) error {
			out := run(t, job("Bash", "b() { b | b & }; b; sleep 5"), o...)
			t.Log(out.brief())
			// What the bomb's parts write of their failing to fork may break the output limit first.
			if out.Result.Outcome != "ProcessesExceeded" && out.Result.Outcome != "OutputExceeded" {
				return fmt.Errorf("want a limit: %s", out.brief())
			}
			return nil
		}},
		{"threads", "processes", func(t testing.TB, o ...option) error {
			_, err := ends(t, job("Python", `import threading, time
for _ in range(110): threading.Thread(target=time.sleep, args=(2,)).start()`).
				limit("processes", 10), "ProcessesExceeded", 0, o...)
			return err
		}},
	})
}

func TestWithinItsLimitsARunIsLeftAlone(t *testing.T) {
	for name, j := range map[string]testJob{
		"exactly the output": job("Bash", "printf 12345").limit("outputBytes", 5),
		"one process":        job("Python", "print(1)").limit("processes", 1),
		"node's threads":     job("JavaScript", "setTimeout(() => console.log(1), 100)").limit("processes", 1),
		"half of the CPU": job("Python", "import time\nwhile time.process_time() < .5: pass").
			limit("cpuMillis", 1000),
		"most of the disk": job("Bash", "head -c 1000000 /dev/zero > x").limit("diskBytes", 1<<20),
		"most of the memory": job("Python", "b = b'x' * (60 << 20)\nimport time\ntime.sleep(.1)").
			limit("memoryBytes", 96<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ends(t, j, "Completed", 0); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestUsageIsToldInItsUnits(t *testing.T) {
	o := run(t, job("Python", `import time
b = b'x' * (50 << 20)
start = time.process_time()
while time.process_time() < start + 0.5: pass
time.sleep(0.5)
print('x' * 9)`))
	u := o.Result.Usage
	if o.Result.Outcome != "Completed" || u.OutputBytes != 10 || u.WallMillis < 950 ||
		u.CPUMillis < 400 || u.CPUMillis > 800 ||
		u.PeakMemoryBytes < 50<<20 ||
		u.PeakMemoryBytes > 90<<20 {
		t.Fatal(o.brief())
	}
}
