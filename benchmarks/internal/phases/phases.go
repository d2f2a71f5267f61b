// Package phases reads from the operator's metrics where the time of its runs goes.
package phases

import (
	"fmt"
	"io"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

const family = "countersign_run_phase_seconds"

// Phase is what one part of all runs took together.
type Phase struct {
	Runs int64         `json:"runs"`
	Took time.Duration `json:"tookNs"`
}

// Mean is what it took for one run.
func (p Phase) Mean() time.Duration {
	if p.Runs == 0 {
		return 0
	}
	return p.Took / time.Duration(p.Runs)
}

// Phases are the parts by name.
type Phases map[string]Phase

// Read reads them from metrics in Prometheus' text format.
func Read(metrics io.Reader) (Phases, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(metrics)
	if err != nil {
		return nil, fmt.Errorf("metrics of the operator: %w", err)
	}
	read := Phases{}
	for _, metric := range families[family].GetMetric() {
		for _, label := range metric.GetLabel() {
			if label.GetName() == "phase" {
				histogram := metric.GetHistogram()
				read[label.GetValue()] = Phase{
					Runs: int64(histogram.GetSampleCount()),
					Took: time.Duration(histogram.GetSampleSum() * float64(time.Second)),
				}
			}
		}
	}
	return read, nil
}

// Since is what came to pass after earlier was read.
func (p Phases) Since(earlier Phases) Phases {
	since := Phases{}
	for name, now := range p {
		before := earlier[name]
		if now.Runs > before.Runs {
			since[name] = Phase{Runs: now.Runs - before.Runs, Took: now.Took - before.Took}
		}
	}
	return since
}
