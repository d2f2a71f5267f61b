// Package load decides when requests are made: one after the other, or at a constant rate whatever becomes of them.
package load

import (
	"context"
	"sync"
	"time"
)

// Request makes one request and returns when its answer is there. intended is when it was to start: a latency is counted
// from there in an open loop, because a client that waits for a slow system would else leave out just the slow answers
// (coordinated omission).
type Request func(ctx context.Context, intended time.Time, number int)

// Closed makes requests one after the other by one client, the next one not before the last has its answer, and not
// before interval has gone by since the last began. It ends after most requests or when the context does, and returns how
// many it made.
func Closed(ctx context.Context, most int, interval time.Duration, request Request) int {
	for number := range most {
		if ctx.Err() != nil {
			return number
		}
		began := time.Now()
		request(ctx, began, number)
		sleep(ctx, time.Until(began.Add(interval)))
	}
	return most
}

// Open makes a request each interval, whether or not the earlier ones have their answers, until it has made most or until
// lasting has gone by. It returns, once all have their answers, how many it made.
func Open(ctx context.Context, most int, interval, lasting time.Duration, request Request) int {
	var running sync.WaitGroup
	defer running.Wait()
	began := time.Now()
	for number := range most {
		intended := began.Add(time.Duration(number) * interval)
		if intended.Sub(began) >= lasting {
			return number
		}
		sleep(ctx, time.Until(intended))
		if ctx.Err() != nil {
			return number
		}
		running.Go(func() { request(ctx, intended, number) })
	}
	return most
}

// Saturate keeps clients busy, each making one request after the other, until lasting has gone by or most requests were
// made; those under way end. It returns how many were made.
func Saturate(ctx context.Context, clients, most int, lasting time.Duration, request Request) int {
	var (
		running sync.WaitGroup
		turn    sync.Mutex
		made    int
	)
	end := time.Now().Add(lasting)
	next := func() (int, bool) {
		turn.Lock()
		defer turn.Unlock()
		if ctx.Err() != nil || made == most || !time.Now().Before(end) {
			return 0, false
		}
		made++
		return made - 1, true
	}
	for range clients {
		running.Go(func() {
			for number, ok := next(); ok; number, ok = next() {
				request(ctx, time.Now(), number)
			}
		})
	}
	running.Wait()
	return made
}

func sleep(ctx context.Context, duration time.Duration) {
	if duration <= 0 {
		return
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
