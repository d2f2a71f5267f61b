package load

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// In a bubble of synctest time is simulated: it goes on when all wait, so durations below are exact.

func TestClosedWaitsForTheAnswerAndForItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var starts []time.Duration
		made := Closed(t.Context(), 3, time.Second, func(_ context.Context, _ time.Time, number int) {
			starts = append(starts, time.Since(began))
			time.Sleep([]time.Duration{100 * time.Millisecond, 3 * time.Second, 0}[number])
		})
		want := []time.Duration{0, time.Second, 4 * time.Second}
		if made != 3 || starts[0] != want[0] || starts[1] != want[1] || starts[2] != want[2] {
			t.Errorf("%d made, at %v, want %v", made, starts, want)
		}
	})
}

func TestClosedEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
		defer cancel()
		made := Closed(ctx, 100, time.Second, func(context.Context, time.Time, int) {})
		if made != 4 {
			t.Errorf("%d made", made)
		}
	})
}

// The point of an open loop: a system that stands still for five seconds is asked all the same, and each answer counts
// from when it was due.
func TestOpenCountsFromTheIntendedStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		answersAt := began.Add(5 * time.Second)
		var slow atomic.Int64
		made := Open(t.Context(), 10, time.Second, time.Hour, func(_ context.Context, intended time.Time, number int) {
			if want := began.Add(time.Duration(number) * time.Second); !intended.Equal(want) {
				t.Errorf("request %d was due at %v, not at %v", number, want, intended)
			}
			if late := time.Since(intended); late != 0 {
				t.Errorf("request %d waited %v for others", number, late)
			}
			time.Sleep(time.Until(answersAt))
			if time.Since(intended) >= time.Second {
				slow.Add(1)
			}
		})
		if made != 10 || slow.Load() != 5 {
			t.Errorf("%d made, %d of them slow", made, slow.Load())
		}
	})
}

func TestOpenEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := Open(t.Context(), 100, time.Second, 5*time.Second, func(context.Context, time.Time, int) {})
		if made != 5 {
			t.Errorf("%d made", made)
		}
	})
}

func TestSaturateKeepsAllClientsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		made := Saturate(t.Context(), 4, 1000, 10*time.Second, func(context.Context, time.Time, int) {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Second)
			now.Add(-1)
		})
		if made != 40 || most.Load() != 4 {
			t.Errorf("%d made, at most %d at once", made, most.Load())
		}
		if made := Saturate(t.Context(), 4, 10, time.Hour, func(context.Context, time.Time, int) {}); made != 10 {
			t.Errorf("%d made of 10", made)
		}
	})
}
