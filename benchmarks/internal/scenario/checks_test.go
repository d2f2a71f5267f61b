package scenario

import (
	"slices"
	"testing"
	"time"

	"countersign.dev/benchmarks/internal/latency"
	"countersign.dev/benchmarks/internal/report"
	"countersign.dev/benchmarks/internal/writes"
)

func TestABurstIsFairWhereTheSecondNeedNotWaitForTheFirst(t *testing.T) {
	began := time.Now()
	at := func(second bool, seconds ...int) []end {
		var ends []end
		for _, each := range seconds {
			ends = append(ends, end{began.Add(time.Duration(each) * time.Second), second})
		}
		return ends
	}
	fair := burstOf(8, began, append(at(false, 1, 3, 5, 7), at(true, 2, 4, 6, 8)...))
	if fair.SecondShare != 0.5 || fair.Done != 8 || fair.In != 8*time.Second {
		t.Errorf("%+v", fair)
	}
	unfair := burstOf(8, began, append(at(false, 1, 2, 3, 4), at(true, 5, 6, 7)...))
	if unfair.SecondShare != 0 || unfair.Done != 7 || unfair.Asked != 8 {
		t.Errorf("%+v", unfair)
	}
	if none := burstOf(8, began, nil); none.Done != 0 {
		t.Errorf("%+v", none)
	}
}

func reportOf(warm, job time.Duration, name string) *report.Report {
	r := &report.Report{Latencies: []report.Latency{{Name: report.Job + ":watched", Times: latency.Of(job)}}}
	if warm > 0 {
		r.Latencies = append(r.Latencies, report.Latency{Name: name + ":Python", Times: latency.Of(warm)})
	}
	return r
}

func TestWarmRunsMustBeFasterThanJobs(t *testing.T) {
	for name, each := range map[string]struct {
		report *report.Report
		passes bool
	}{
		"faster":     {reportOf(time.Second, 3*time.Second, report.Warm), true},
		"as slow":    {reportOf(2*time.Second, 3*time.Second, report.Warm), false},
		"never warm": {reportOf(0, 3*time.Second, report.Warm), false},
		"all cold":   {reportOf(time.Second, 3*time.Second, report.Fallback), false},
	} {
		faster(each.report, false)
		if len(each.report.Checks) != 1 || each.report.Checks[0].Passed != each.passes {
			t.Errorf("%s: %+v", name, each.report.Checks)
		}
	}
}

func TestAnOperatorWithoutPoolsIsNotAskedForWarmRuns(t *testing.T) {
	r := reportOf(time.Second, 3*time.Second, report.Unknown)
	faster(r, false)
	if len(r.Checks) != 0 || len(r.Notes) != 1 {
		t.Errorf("%+v %v", r.Checks, r.Notes)
	}
}

func TestTheOperatorsWritesForWarmRunsAreCounted(t *testing.T) {
	line := func(client, verb, kind string, count int) writes.Line {
		return writes.Line{Client: client, Verb: verb, Kind: kind, Count: count}
	}
	must := []writes.Line{
		line("operator", "patch", "executions/status", 10), line("operator", "create", "pods", 12),
		line("operator", "delete", "pods", 11), line("operator", "patch", "configmaps", 4),
		line("operator", "update", "leases", 40), line("agent", "create", "executions", 10),
	}
	for name, each := range map[string]struct {
		more   []writes.Line
		passed bool
	}{
		"what it must":            {nil, true},
		"a finalizer of its own":  {[]writes.Line{line("operator", "patch", "executions", 1)}, false},
		"a second status":         {[]writes.Line{line("operator", "update", "executions/status", 1)}, false},
		"more statuses than two":  {[]writes.Line{line("operator", "patch", "executions/status", 21)}, false},
		"somebody else's patches": {[]writes.Line{line("garbage collector", "patch", "executions", 5)}, true},
	} {
		r := &report.Report{Accounts: []report.Account{{Name: report.Warm, Runs: 10, Writes: append(slices.Clone(must), each.more...)}}}
		fewWrites(r)
		if len(r.Checks) != 1 || r.Checks[0].Passed != each.passed {
			t.Errorf("%s: %+v", name, r.Checks)
		}
	}
}
