// Package report is what a benchmark found: kept as JSON, shown as tables and plots, judged by the budgets.
package report

import (
	"time"

	"countersign.dev/benchmarks/internal/latency"
	"countersign.dev/benchmarks/internal/phases"
	"countersign.dev/benchmarks/internal/usage"
	"countersign.dev/benchmarks/internal/writes"
)

// Report is one run of the benchmark.
type Report struct {
	// Mode is "full" or "quick".
	Mode    string        `json:"mode"`
	Began   time.Time     `json:"began"`
	Took    time.Duration `json:"tookNs"`
	Machine Machine       `json:"machine"`
	// Latencies are distributions by name; which there are depends on what the operator offers.
	Latencies []Latency `json:"latencies"`
	Rates     []Rate    `json:"rates"`
	Accounts  []Account `json:"accounts"`
	Burst     *Burst    `json:"burst,omitempty"`
	Memory    *Memory   `json:"memory,omitempty"`
	Checks    []Check   `json:"checks"`
	Notes     []string  `json:"notes"`
}

// Machine is where it was measured.
type Machine struct {
	Cores    int               `json:"cores"`
	MemoryGi float64           `json:"memoryGi"`
	Kernel   string            `json:"kernel"`
	Versions map[string]string `json:"versions"`
	// Load is the load average of the last minute before the start: above a few tenths, others used the machine.
	Load float64 `json:"load"`
}

// Latency is a distribution, and how it was made.
type Latency struct {
	// Name is one of the constants below, with the language or way behind a colon.
	Name string `json:"name"`
	What string `json:"what"`
	// WarmUp runs came before and are not in it.
	WarmUp int `json:"warmUp"`
	// Failed runs are not in it; each is a check that failed.
	Failed int `json:"failed"`
	// Starts says by how many runs which way of getting a sandbox was taken.
	Starts map[string]int     `json:"starts,omitempty"`
	Times  *latency.Histogram `json:"times"`
	// FromAnswer is the same counted from the answer to the create request.
	FromAnswer *latency.Histogram `json:"fromAnswer,omitempty"`
}

// Names of latencies.
const (
	Warm    = "warm"
	Cold    = "cold"
	Unknown = "unknown start"
	// Fallback is a run of the closed loop that found no sandbox waiting.
	Fallback = "cold fallback"
	Open     = "open loop"
	Job      = "job"
	BarePod  = "bare pod"
	Runsc    = "runsc"
	Attach   = "attach"
	Hop      = "read"
	BareRate = "bare pods"
	OurRate  = "runs"
	// Sustained is the account of clients that never pause; Idle that of nobody, in which a run is a second.
	Sustained = "sustained"
	Idle      = "idle"
)

// Rate is how much got done in a stretch of time with clients that never pause.
type Rate struct {
	Name    string        `json:"name"`
	Clients int           `json:"clients"`
	Done    int           `json:"done"`
	In      time.Duration `json:"inNs"`
}

// PerSecond is the rate.
func (r Rate) PerSecond() float64 {
	if r.In <= 0 {
		return 0
	}
	return float64(r.Done) / r.In.Seconds()
}

// Account is what stretches of runs cost, with what came after each run: pods deleted and refilled.
type Account struct {
	Name    string          `json:"name"`
	Runs    int             `json:"runs"`
	Windows []writes.Window `json:"windows"`
	CPU     usage.Snapshot  `json:"cpuNs,omitempty"`
	Writes  []writes.Line   `json:"writes,omitempty"`
	Phases  phases.Phases   `json:"phases,omitempty"`
}

// Burst is many Executions created at once by two agents.
type Burst struct {
	Asked int           `json:"asked"`
	Done  int           `json:"done"`
	In    time.Duration `json:"inNs"`
	// Share of the second agent, whose half was created after the first's, in the first half of the ends: 0.5 is fair, 0
	// means that it waited for all of the other's.
	SecondShare float64 `json:"secondShare"`
}

// Memory of the operator.
type Memory struct {
	Resident int64 `json:"residentBytes"`
	// Finished is how many finished Executions were in the cluster.
	Finished int `json:"finished"`
}

// Check is something that must hold on any machine, however slow.
type Check struct {
	What   string `json:"what"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail,omitempty"`
}

// Latency is the one of this name, or nil.
func (r *Report) Latency(name string) *Latency {
	for index := range r.Latencies {
		if r.Latencies[index].Name == name && r.Latencies[index].Times.Count() > 0 {
			return &r.Latencies[index]
		}
	}
	return nil
}

// Rate is the best one of this name.
func (r *Report) Rate(name string) *Rate {
	var best *Rate
	for index := range r.Rates {
		each := &r.Rates[index]
		if each.Name == name && (best == nil || each.PerSecond() > best.PerSecond()) {
			best = each
		}
	}
	return best
}

// Account is the one of this name, or nil.
func (r *Report) Account(name string) *Account {
	for index := range r.Accounts {
		if r.Accounts[index].Name == name {
			return &r.Accounts[index]
		}
	}
	return nil
}

// Check adds a check.
func (r *Report) Check(passed bool, what, detail string) {
	r.Checks = append(r.Checks, Check{What: what, Passed: passed, Detail: detail})
}
