package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign.dev/benchmarks/internal/latency"
	"countersign.dev/benchmarks/internal/usage"
	"countersign.dev/benchmarks/internal/writes"
)

func times(count int, each time.Duration) *latency.Histogram {
	histogram := latency.New()
	for range count {
		histogram.Record(each)
	}
	return histogram
}

// A report in which every budget is met, just so.
func good() *Report {
	return &Report{
		Latencies: []Latency{
			{Name: Warm + ":Python", Times: times(500, 14*time.Millisecond)},
			{Name: Cold + ":Python", Times: times(5, 1250*time.Millisecond)},
			{Name: Job + ":watched", Times: times(5, 2200*time.Millisecond)},
			{Name: BarePod, Times: times(5, time.Second)},
		},
		Rates: []Rate{
			{Name: OurRate, Clients: 2, Done: 5, In: 10 * time.Second},
			{Name: OurRate, Clients: 4, Done: 19, In: 10 * time.Second},
			{Name: BareRate, Clients: 4, Done: 20, In: 10 * time.Second},
		},
		Accounts: []Account{{
			Name: Warm, Runs: 10,
			Writes: []writes.Line{
				{Client: "operator", Verb: "patch", Kind: "executions/status", Count: 40},
				{Client: "operator", Verb: "create", Kind: "events", Count: 9},
				{Client: "kubelet", Verb: "patch", Kind: "pods/status", Count: 50},
			},
		}, {
			Name: Sustained, Runs: 10, CPU: usage.Snapshot{"operator": 90 * time.Millisecond},
		}},
		Memory: &Memory{Resident: 255 << 20, Finished: 10000},
	}
}

func verdicts(r *Report) []Verdict {
	var all []Verdict
	for _, each := range Budgets(r) {
		all = append(all, each.Verdict)
	}
	return all
}

func TestAGoodReportMeetsAllBudgets(t *testing.T) {
	for _, each := range Budgets(good()) {
		if each.Verdict != Met {
			t.Errorf("%s: %s (%s)", each.What, each.Verdict, each.Measured)
		}
	}
}

func TestWhatIsNotMeasuredIsNotMet(t *testing.T) {
	for _, each := range Budgets(&Report{}) {
		if each.Verdict != NotMeasured {
			t.Errorf("%s: %s", each.What, each.Verdict)
		}
	}
}

func TestEachBudgetCanBeMissed(t *testing.T) {
	for name, each := range map[string]struct {
		row   int
		spoil func(*Report)
	}{
		"slow warm runs": {0, func(r *Report) {
			r.Latencies[0].Times = times(500, 16*time.Millisecond)
			// As much slower, so that only one row is spoilt.
			r.Latencies[2].Times = times(5, 2500*time.Millisecond)
		}},
		"a slow tail": {0, func(r *Report) {
			for range 6 {
				r.Latencies[0].Times.Record(time.Second)
			}
		}},
		"a fast peer":     {1, func(r *Report) { r.Latencies[2].Times = times(5, 2*time.Second) }},
		"slow cold runs":  {2, func(r *Report) { r.Latencies[1].Times = times(5, 1400*time.Millisecond) }},
		"few runs":        {3, func(r *Report) { r.Rates[1].Done = 17 }},
		"one write more":  {4, func(r *Report) { r.Accounts[0].Writes[0].Count = 41 }},
		"a busy operator": {5, func(r *Report) { r.Accounts[1].CPU["operator"] = 101 * time.Millisecond }},
		"much memory":     {6, func(r *Report) { r.Memory.Resident = 257 << 20 }},
	} {
		spoilt := good()
		each.spoil(spoilt)
		for row, verdict := range verdicts(spoilt) {
			want := Met
			if row == each.row {
				want = Missed
			}
			if verdict != want {
				t.Errorf("%s: row %d is %s, not %s", name, row, verdict, want)
			}
		}
	}
}

func TestTooFewRunsMeetNothing(t *testing.T) {
	few := good()
	few.Latencies[0].Times = times(499, 14*time.Millisecond)
	few.Memory.Finished = 9999
	if all := verdicts(few); all[0] != NotMeasured || all[6] != NotMeasured {
		t.Errorf("%v", all)
	}
}

func TestAReportIsReadAsItWasWritten(t *testing.T) {
	document, err := json.Marshal(good())
	if err != nil {
		t.Fatal(err)
	}
	var read Report
	if err := json.Unmarshal(document, &read); err != nil {
		t.Fatal(err)
	}
	if got, want := Markdown(&read), Markdown(good()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCompareShowsBoth(t *testing.T) {
	slower := good()
	slower.Latencies[0].Times = times(500, 28*time.Millisecond)
	page := Compare(good(), slower)
	for _, want := range []string{
		"| warm:Python p50 | 14.0 ms (n 500) | 28.0 ms (n 500) | 2.00 |", "| runs a second | 1.90 | 1.90 | 1.00 |", "missed",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	slower.Latencies = nil
	if page := Compare(good(), slower); !strings.Contains(page, "| warm:Python p50 | 14.0 ms (n 500) | | |") {
		t.Errorf("what one report lacks is not shown:\n%s", page)
	}
}

func TestPlotsAreDrawn(t *testing.T) {
	directory := t.TempDir()
	if err := Plots(good(), directory); err != nil {
		t.Fatal(err)
	}
	for file, word := range map[string]string{"latencies.svg": "warm:Python", "rates.svg": "bare pods, 4"} {
		content, err := os.ReadFile(filepath.Join(directory, file))
		if err != nil || !strings.Contains(string(content), word) {
			t.Errorf("%s does not show %q: %v", file, word, err)
		}
	}
	if err := Plots(&Report{}, directory); err != nil {
		t.Errorf("an empty report: %v", err)
	}
}
