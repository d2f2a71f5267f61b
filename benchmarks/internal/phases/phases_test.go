package phases

import (
	"strings"
	"testing"
	"time"
)

const text = `# HELP countersign_run_phase_seconds parts of a run
# TYPE countersign_run_phase_seconds histogram
countersign_run_phase_seconds_bucket{phase="run",le="0.1"} 3
countersign_run_phase_seconds_bucket{phase="run",le="+Inf"} 4
countersign_run_phase_seconds_count{phase="run"} 4
countersign_run_phase_seconds_sum{phase="run"} 2.0
# TYPE countersign_runs_total counter
countersign_runs_total{reason="Completed"} 9
`

func TestReadsWhatEachPhaseTook(t *testing.T) {
	phases, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(phases) != 1 || phases["run"].Mean() != 500*time.Millisecond {
		t.Errorf("%v", phases)
	}
	since := phases.Since(Phases{"run": {Runs: 2, Took: 500 * time.Millisecond}})
	if since["run"].Runs != 2 || since["run"].Mean() != 750*time.Millisecond {
		t.Errorf("%v", since)
	}
	if none := phases.Since(phases); len(none) != 0 {
		t.Errorf("no run, and yet %v", none)
	}
}

func TestAnOperatorWithoutRunsHasNoPhases(t *testing.T) {
	phases, err := Read(strings.NewReader("# TYPE x counter\nx 1\n"))
	if err != nil || len(phases) != 0 {
		t.Errorf("%v, %v", phases, err)
	}
}
