package scenario

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"countersign.dev/benchmarks/internal/load"
	"countersign.dev/benchmarks/internal/report"
)

// Saturate finds how many runs, and how many bare pods, the cluster makes in a second, turn by turn; the best rate of runs
// is the rate at which sandboxes are refilled.
func (b *benchmark) saturate(ctx context.Context) float64 {
	for _, clients := range b.sizes.Saturating {
		if ctx.Err() != nil {
			break
		}
		b.say("%d clients that never pause", clients)
		var done atomic.Int64
		var took time.Duration
		b.accounts.charge(b.whole, report.Sustained, func() int {
			took = b.saturateRuns(ctx, clients, &done)
			wait(ctx, settling)
			return int(done.Load())
		})
		b.report.Rates = append(b.report.Rates, report.Rate{
			Name: report.OurRate, Clients: clients, Done: int(done.Load()), In: took,
		})
		if ctx.Err() != nil {
			// Nothing would be begun, and a rate of nothing is no measurement; the note about the time says it.
			break
		}
		began := time.Now()
		done.Store(0)
		load.Saturate(ctx, clients, b.sizes.EachClient*clients, b.sizes.SaturateEach, func(_ context.Context, _ time.Time, _ int) {
			times, err := b.barePod()
			if b.interrupted() {
				return
			}
			b.records.took("sustained bare pods", "gVisor pod created to its container seen running; clients that never pause",
				times.Running.Sub(times.Sent), err)
			if err == nil {
				done.Add(1)
			}
		})
		b.report.Rates = append(b.report.Rates, report.Rate{
			Name: report.BareRate, Clients: clients, Done: int(done.Load()), In: time.Since(began),
		})
	}
	if best := b.report.Rate(report.OurRate); best != nil && best.PerSecond() > 0 {
		return best.PerSecond()
	}
	return 1
}

func (b *benchmark) saturateRuns(ctx context.Context, clients int, done *atomic.Int64) time.Duration {
	began := time.Now()
	load.Saturate(ctx, clients, b.sizes.EachClient*clients, b.sizes.SaturateEach, func(_ context.Context, began time.Time, _ int) {
		sample, err := b.run(b.first, b.usualTemplate("Python"), "sustained")
		if b.interrupted() {
			return
		}
		b.records.ran("sustained", fmt.Sprintf("Execution created to result seen; clients that never pause (%v)",
			b.sizes.Saturating), began, sample, err)
		if err == nil {
			done.Add(1)
		}
	})
	return time.Since(began)
}
