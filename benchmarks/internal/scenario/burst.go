package scenario

import (
	"context"
	"sync"
	"time"
)

// Burst is half of the Executions by the first agent, then half by the second, as fast as they can be created.
func (b *benchmark) burst(ctx context.Context) {
	if ctx.Err() != nil || b.sizes.Burst == 0 {
		return
	}
	b.say("a burst of %d", b.sizes.Burst)
	ctx, cancel := context.WithTimeout(b.whole, b.sizes.BurstLongest)
	defer cancel()
	const clients = 16
	half := b.sizes.Burst / 2
	began := time.Now()
	var (
		mutex   sync.Mutex
		ends    []end
		running sync.WaitGroup
		created sync.WaitGroup
	)
	places := make(chan struct{}, clients)
	for number := range 2 * half {
		agent, second := b.first, number >= half
		if second {
			agent = b.second
		}
		places <- struct{}{}
		created.Add(1)
		running.Go(func() {
			var once sync.Once
			free := func() { once.Do(func() { <-places; created.Done() }) }
			defer free()
			name := b.next("burst")
			sample, err := b.department.AnswerTelling(ctx, agent, b.usualTemplate("Python"), name, name, free)
			if b.interrupted() {
				return
			}
			b.records.ran("burst", "Execution created to result seen; all created at once", sample.Sent, sample, err)
			if err == nil {
				mutex.Lock()
				ends = append(ends, end{at: sample.Seen, second: second})
				mutex.Unlock()
			}
		})
	}
	created.Wait()
	running.Wait()
	b.report.Burst = burstOf(2*half, began, ends)
}
