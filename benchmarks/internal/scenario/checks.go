package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign.dev/benchmarks/internal/report"
)

type end struct {
	at     time.Time
	second bool
}

func burstOf(asked int, began time.Time, ends []end) *report.Burst {
	burst := &report.Burst{Asked: asked, Done: len(ends)}
	if len(ends) == 0 {
		return burst
	}
	slices.SortFunc(ends, func(a, b end) int { return a.at.Compare(b.at) })
	burst.In = ends[len(ends)-1].at.Sub(began)
	half := ends[:(len(ends)+1)/2]
	second := 0
	for _, each := range half {
		if each.second {
			second++
		}
	}
	burst.SecondShare = float64(second) / float64(len(half))
	return burst
}

// What must hold on any machine. No bound here is one that a busy machine overruns: the Job's runs are made on the same
// machine in the same minutes.
const leastTimesFaster = 2

func (b *benchmark) checkRuns(ctx context.Context) {
	for index := range b.report.Latencies {
		each := &b.report.Latencies[index]
		if each.Times.Count() == 0 && each.Failed == 0 {
			continue
		}
		b.report.Check(each.Failed == 0, fmt.Sprintf("%s: %d runs with the right answer, none lost", each.Name, each.Times.Count()),
			strings.Join(b.records.of(each.Name), "; "))
	}
	for _, rate := range b.report.Rates {
		b.report.Check(rate.Done > 0, fmt.Sprintf("%s, %d clients: something gets done", rate.Name, rate.Clients), "")
	}
	if burst := b.report.Burst; burst != nil {
		b.report.Check(burst.Done == burst.Asked, "all runs of the burst end",
			fmt.Sprintf("%d of %d", burst.Done, burst.Asked))
	}
	reused, runs, err := b.department.SandboxesUsedTwice(ctx)
	b.report.Check(err == nil && runs > 0 && len(reused) == 0,
		fmt.Sprintf("no sandbox served two of %d runs", runs), fmt.Sprintf("%v %v", reused, err))
	if b.sizes.Jobs > 0 {
		faster(b.report, b.timeUp)
	} else if b.sizes.WarmRuns > 0 {
		b.report.Check(b.report.Latency(report.Warm+":Python") != nil, "runs find sandboxes waiting", "none did")
	}
}

// Faster adds the check that waiting sandboxes are worth it. An operator that does not tell how its runs started has no
// pools, and cannot be asked.
func faster(r *report.Report, timeUp bool) {
	if r.Latency(report.Unknown+":Python") != nil {
		r.Notes = append(r.Notes, "The operator does not tell how runs come by their sandboxes: nothing is known to be warm.")
		return
	}
	warm, job := r.Latency(report.Warm+":Python"), r.Latency(report.Job+":watched")
	if job == nil && timeUp {
		// The note about the time says it.
		return
	}
	if warm == nil || job == nil {
		r.Check(false, "runs find sandboxes waiting", "none did, or no Job ended")
		return
	}
	ours, theirs := warm.Times.Quantile(0.5), job.Times.Quantile(0.5)
	r.Check(theirs >= leastTimesFaster*ours, fmt.Sprintf("a warm run takes less than 1/%d of a Job", leastTimesFaster),
		fmt.Sprintf("p50 %v, Job %v", ours, theirs))
}

// What a warm run may have the operator write: its outcome, once, and the pod that goes and the one that comes. On a busy
// machine a run may be told to be running first, or find no sandbox and have another started. The finalizer comes with the
// create, and events are the recorder's.
const (
	statusesOfBusyRun = 2
	podsOfBusyRun     = 2
)

// FewWrites adds the check that the operator writes no more for a warm run than it must. Its lease and the table of pools
// are written by the clock, not for runs.
func fewWrites(r *report.Report) {
	account := r.Account(report.Warm)
	if account == nil || account.Runs == 0 || len(account.Writes) == 0 {
		return
	}
	allowed := map[string]int{
		"patch executions/status": statusesOfBusyRun * account.Runs,
		"create pods":             podsOfBusyRun * account.Runs,
		"delete pods":             podsOfBusyRun * account.Runs,
	}
	byTheClock := []string{"events", "leases", "configmaps"}
	var beyond []string
	for _, each := range account.Writes {
		if each.Client != "operator" || slices.Contains(byTheClock, each.Kind) {
			continue
		}
		if most := allowed[each.Verb+" "+each.Kind]; each.Count > most {
			beyond = append(beyond, fmt.Sprintf("%s %s: %d for %d runs, at most %d", each.Verb, each.Kind, each.Count, account.Runs, most))
		}
	}
	r.Check(len(beyond) == 0, "the operator writes statuses and pods for warm runs, no more than it must, and nothing else",
		strings.Join(beyond, "; "))
}

func lower(language string) string { return strings.ToLower(language) }
