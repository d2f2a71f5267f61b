package main_test

import (
	"testing"
	"time"

	"countersign.dev/supervisor/internal/wiretest"
)

// longestLeave is the supervisor's: how long it stays if nobody lets it go.
const longestLeave = time.Second

func hasResult(s wiretest.Stream) bool { return s.RawJSON != nil }

func (s *sandbox) hasEnded() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// The operator writes the outcome down before the sandbox is taken apart.
func TestStaysUntilItIsLetGo(t *testing.T) {
	s := start(t, "Bash").send(job("Bash", "echo done").frame())
	s.until("the result", hasResult)
	time.Sleep(longestLeave / 2)
	if s.hasEnded() {
		t.Fatal("it ended before the operator let it go")
	}
	began := time.Now()
	if err := s.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if exit := s.finished(); exit != 0 || time.Since(began) > longestLeave/2 {
		t.Errorf("exit %d after %v", exit, time.Since(began))
	}
}

func TestStaysNoLongerThanASecond(t *testing.T) {
	s := start(t, "Bash").send(job("Bash", "echo done").frame())
	s.until("the result", hasResult)
	time.Sleep(longestLeave + 500*time.Millisecond)
	if !s.hasEnded() {
		t.Error("it waits for an operator that may be gone")
	}
}
