package scenario

import (
	"context"
	"time"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"countersign.dev/benchmarks/internal/bare"
	"countersign.dev/benchmarks/internal/floor"
	"countersign.dev/benchmarks/internal/load"
	"countersign.dev/benchmarks/internal/peer"
	"countersign.dev/benchmarks/internal/report"
)

func (b *benchmark) barePod() (bare.Times, error) {
	ctx, cancel := context.WithTimeout(b.whole, longestRun)
	defer cancel()
	return b.pods.StartAndDelete(ctx, b.next("pod"), b.shape.Spec("Python", nil))
}

func (b *benchmark) peers(ctx context.Context) {
	b.accounts.charge(b.whole, report.Job, func() int {
		made := b.peer(ctx, peer.Watched, b.sizes.Jobs)
		wait(ctx, settling)
		return made
	})
	b.peer(ctx, peer.Followed, b.sizes.FollowedJobs)
}

func (b *benchmark) peer(ctx context.Context, way peer.Way, most int) int {
	return load.Closed(ctx, most, 0, func(_ context.Context, _ time.Time, _ int) {
		running, cancel := context.WithTimeout(b.whole, longestRun)
		defer cancel()
		name := b.next("job")
		sample, err := peer.Answer(running, b.jobs, b.shape, way, name, name)
		if b.interrupted() {
			return
		}
		b.records.took(report.Job+":"+string(way), "ConfigMap and Job created to the pod's log read, end of the code "+string(way),
			sample.Seen.Sub(sample.Sent), err)
	})
}

func (b *benchmark) bareOnes(ctx context.Context) {
	load.Closed(ctx, b.sizes.BarePods, 0, func(_ context.Context, _ time.Time, _ int) {
		times, err := b.barePod()
		if !b.interrupted() {
			b.records.took(report.BarePod, "gVisor pod of a sandbox's shape created to its container seen running",
				times.Running.Sub(times.Sent), err)
		}
	})
	if ctx.Err() != nil || b.sizes.Floors == 0 {
		return
	}
	times, err := floor.Runs(b.whole, b.shape.Image, b.sizes.Floors)
	if b.interrupted() {
		return
	}
	if err != nil {
		b.report.Notes = append(b.report.Notes, "Bare runsc is not measured: "+err.Error())
		return
	}
	b.records.merge(report.Runsc, "runsc run with python3, no Kubernetes", times)
}

func (b *benchmark) attach(ctx context.Context) {
	if ctx.Err() != nil || b.sizes.AttachTrips == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(b.whole, longestRun)
	defer cancel()
	trips, err := b.pods.RoundTrips(ctx, b.next("echo"), b.shape, b.sizes.AttachTrips)
	if b.interrupted() {
		return
	}
	if err != nil {
		b.records.took(report.Attach, attachWhat, 0, err)
		return
	}
	b.records.merge(report.Attach, attachWhat, trips)
}

// Hops are the least that can be asked of the API server, without a pause and with the pause of warm runs: what a machine
// that has looked away takes to look again, every part of a warm run takes as well.
func (b *benchmark) hops(ctx context.Context, pace time.Duration) {
	ask := func(name, what string, count int, interval time.Duration) {
		load.Closed(ctx, count, interval, func(ctx context.Context, _ time.Time, _ int) {
			began := time.Now()
			_, err := b.administrator.Typed.CoreV1().ConfigMaps(department).Get(ctx, "kube-root-ca.crt", meta.GetOptions{})
			if ctx.Err() == nil {
				b.records.took(name, what, time.Since(began), err)
			}
		})
	}
	ask(report.Hop, "a ConfigMap read, the next at once", b.sizes.Hops, 0)
	ask(report.Hop+", after a pause", "a ConfigMap read, the next after the pause of warm runs", b.sizes.Hops, pace)
}

const attachWhat = "a line to a waiting gVisor pod and back over an open attach"
