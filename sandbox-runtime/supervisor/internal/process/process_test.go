package process

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func stat(name string, fields ...int) string {
	values := make([]string, 50)
	for i := range values {
		values[i] = "0"
	}
	for i := 0; i < len(fields); i += 2 {
		values[fields[i]-3] = fmt.Sprint(fields[i+1])
	}
	values[0] = "R"
	return "7 (" + name + ") " + strings.Join(values, " ") + "\n"
}

func TestTheNameThatTheCodeGivesItselfDoesNotShiftTheNumbers(t *testing.T) {
	for _, name := range []string{"sleep", "a) R 1 2 3 (b", ")", "", "new\nline"} {
		p, ok := parseStat(7, []byte(stat(name, 14, 5, 15, 6, 16, 7, 17, 8, 20, 3, 22, 99, 24, 2)))
		want := Process{PID: 7, Start: 99, OwnCPU: 11, ChildCPU: 15, Threads: 3, Bytes: 2 * pageBytes}
		if !ok || p != want {
			t.Errorf("%q: %+v", name, p)
		}
	}
	orphan, _ := parseStat(7, []byte(strings.Replace(stat("x", 4, 1), " R ", " Z ", 1)))
	child, _ := parseStat(7, []byte(strings.Replace(stat("x", 4, 6), " R ", " Z ", 1)))
	if !orphan.Awaits1 || child.Awaits1 {
		t.Errorf("zombies: %+v %+v", orphan, child)
	}
	for _, broken := range []string{"", "7 (x", "7 (x) R 1 2"} {
		if _, ok := parseStat(7, []byte(broken)); ok {
			t.Errorf("%q was taken", broken)
		}
	}
}

// seconds of CPU time, in ticks.
const seconds = int64(time.Second / tick)

func TestCPUTimeOfChildrenThatNobodyWaitedForIsKept(t *testing.T) {
	parent := Process{PID: 2, Start: 1}
	c := NewCPUTime([]Process{parent})
	c.Add([]Process{parent, {PID: 3, Start: 2, OwnCPU: 4 * seconds}})
	if used := c.Add([]Process{parent}); used < 4*time.Second {
		t.Fatalf("the ended child's time is gone: %v", used)
	}
	// The same PID again is another process.
	if used := c.Add([]Process{parent, {PID: 3, Start: 5, OwnCPU: seconds}}); used < 5*time.Second {
		t.Fatalf("the second child took the first one's place: %v", used)
	}
}

func TestCPUTimeOfWaitedChildrenCountsOnce(t *testing.T) {
	c := NewCPUTime(nil)
	c.Add([]Process{{PID: 2, Start: 1}, {PID: 3, Start: 2, OwnCPU: 4 * seconds}})
	used := c.Add([]Process{{PID: 2, Start: 1, ChildCPU: 4 * seconds}})
	if used < 4*time.Second || used > 4*time.Second+100*time.Millisecond {
		t.Fatalf("used %v", used)
	}
}

func TestCPUTimeBeforeTheStartDoesNotCount(t *testing.T) {
	waiting := Process{PID: 2, Start: 1, OwnCPU: 3 * seconds}
	c := NewCPUTime([]Process{waiting})
	if c.Before() != 3*time.Second {
		t.Fatalf("before: %v", c.Before())
	}
	if used := c.Add([]Process{waiting}); used > 100*time.Millisecond {
		t.Fatalf("used %v", used)
	}
}

func TestNoMoreCPUTimeIsChargedThanTheCPUsCanGive(t *testing.T) {
	now := time.Now()
	b := NewCPUBound(now)
	for range 100 { // eight spinners that all seem to run, for a second
		now = now.Add(10 * time.Millisecond)
		b.Charge(now, b.raw+80*time.Millisecond)
	}
	if limit := time.Second * b.cpus; b.charged > limit || b.cpus < 8 && b.charged < limit {
		t.Fatalf("charged %v of %v", b.charged, limit)
	}
}

func TestCPUTimeThatIsCreditedLateIsCharged(t *testing.T) {
	now := time.Now()
	b := NewCPUBound(now)
	if used := b.Charge(now.Add(2*time.Second), 2*time.Second); used != 2*time.Second {
		t.Fatalf("charged %v", used)
	}
}
