package scenario

import (
	"sync"
	"time"

	"countersign.dev/benchmarks/internal/latency"
	"countersign.dev/benchmarks/internal/ours"
	"countersign.dev/benchmarks/internal/report"
)

// A recorder collects what requests of several goroutines took, by name.
type recorder struct {
	mutex    sync.Mutex
	order    []string
	byName   map[string]*report.Latency
	failures map[string][]string
}

func newRecorder() *recorder {
	return &recorder{byName: map[string]*report.Latency{}, failures: map[string][]string{}}
}

func (r *recorder) named(name, what string) *report.Latency {
	found, ok := r.byName[name]
	if !ok {
		found = &report.Latency{Name: name, What: what, Times: latency.New(), Starts: map[string]int{}}
		r.byName[name] = found
		r.order = append(r.order, name)
	}
	return found
}

func (r *recorder) took(name, what string, took time.Duration, err error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	into := r.named(name, what)
	if err != nil {
		into.Failed++
		r.failures[name] = append(r.failures[name], err.Error())
		return
	}
	into.Times.Record(took)
}

// Of a run of ours, from when it was intended to start.
func (r *recorder) ran(name, what string, intended time.Time, sample ours.Sample, err error) {
	r.took(name, what, sample.Seen.Sub(intended), err)
	if err != nil {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	into := r.named(name, what)
	if into.FromAnswer == nil {
		into.FromAnswer = latency.New()
	}
	into.FromAnswer.Record(sample.Seen.Sub(sample.Answered))
	into.Starts[sample.Start]++
}

func (r *recorder) warmedUp(name, what string, runs int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.named(name, what).WarmUp += runs
}

func (r *recorder) into(to *report.Report) {
	for _, name := range r.order {
		to.Latencies = append(to.Latencies, *r.byName[name])
	}
}

func (r *recorder) merge(name, what string, times *latency.Histogram) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.named(name, what).Times.Merge(times)
}

// Of is what the first failures of this name said.
func (r *recorder) of(name string) []string {
	const enough = 3
	said := r.failures[name]
	return said[:min(len(said), enough)]
}
