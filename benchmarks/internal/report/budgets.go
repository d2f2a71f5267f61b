package report

import (
	"fmt"
	"time"

	"countersign.dev/benchmarks/internal/latency"
	"countersign.dev/benchmarks/internal/writes"
)

// Verdict of a budget.
type Verdict string

// NotMeasured is also what a figure of too few runs is: a p99 of 30 runs is their maximum.
const (
	Met         Verdict = "met"
	Missed      Verdict = "missed"
	NotMeasured Verdict = "not measured"
)

// Budget is one goal and what became of it.
type Budget struct {
	What, Goal, Measured, Peer string
	Verdict                    Verdict
}

const (
	warmP50           = 15 * time.Millisecond
	warmP99           = 60 * time.Millisecond
	warmCount         = 500
	peerTimes         = 150.0
	coldTimes         = 1.3
	sustainedShare    = 0.9
	operatorWrites    = 4.0
	operatorCPU       = 10 * time.Millisecond
	operatorMemory    = 256 << 20
	memoryWithRecords = 10000
)

// Budgets judges a report.
func Budgets(r *Report) []Budget {
	return []Budget{warm(r), againstPeer(r), cold(r), sustained(r), apiWrites(r), cpu(r), memory(r)}
}

func judge(met bool) Verdict {
	if met {
		return Met
	}
	return Missed
}

func ms(duration time.Duration) string { return fmt.Sprintf("%.1f ms", latency.Millis(duration)) }

func warm(r *Report) Budget {
	budget := Budget{
		What: "created to result seen, warm, one closed-loop client", Goal: "p50 ≤ 15 ms, p99 ≤ 60 ms, n ≥ 500",
		Verdict: NotMeasured,
	}
	measured := r.Latency(Warm + ":Python")
	if measured == nil {
		return budget
	}
	p50, p99 := measured.Times.Quantile(0.5), measured.Times.Quantile(0.99)
	budget.Measured = fmt.Sprintf("p50 %s, p99 %s, n = %d", ms(p50), ms(p99), measured.Times.Count())
	budget.Peer = timesOf(r, p50)
	switch {
	case p50 > warmP50 || p99 > warmP99:
		budget.Verdict = Missed
	case measured.Times.Count() >= warmCount:
		budget.Verdict = Met
	}
	return budget
}

func timesOf(r *Report, ours time.Duration) string {
	job := r.Latency(Job + ":watched")
	if job == nil || ours <= 0 {
		return ""
	}
	return fmt.Sprintf("%.0f×", float64(job.Times.Quantile(0.5))/float64(ours))
}

func againstPeer(r *Report) Budget {
	budget := Budget{What: "a Job for each run, against ours warm", Goal: "≥ 150 times slower", Verdict: NotMeasured}
	ours, job := r.Latency(Warm+":Python"), r.Latency(Job+":watched")
	if ours == nil || job == nil {
		return budget
	}
	times := float64(job.Times.Quantile(0.5)) / float64(ours.Times.Quantile(0.5))
	budget.Measured = fmt.Sprintf("%.0f times (Job p50 %s)", times, ms(job.Times.Quantile(0.5)))
	budget.Peer = fmt.Sprintf("%.0f×", times)
	budget.Verdict = judge(times >= peerTimes)
	return budget
}

func cold(r *Report) Budget {
	budget := Budget{What: "cold, against a bare pod's create to Running", Goal: "≤ 1.3 times", Verdict: NotMeasured}
	ours, bare := r.Latency(Cold+":Python"), r.Latency(BarePod)
	if ours == nil || bare == nil {
		return budget
	}
	times := float64(ours.Times.Quantile(0.5)) / float64(bare.Times.Quantile(0.5))
	budget.Measured = fmt.Sprintf("%.2f times (p50 %s, bare pod %s)", times,
		ms(ours.Times.Quantile(0.5)), ms(bare.Times.Quantile(0.5)))
	budget.Peer = timesOf(r, ours.Times.Quantile(0.5))
	budget.Verdict = judge(times <= coldTimes)
	return budget
}

func sustained(r *Report) Budget {
	budget := Budget{
		What: "sustained single-use runs, against bare pods created and deleted", Goal: "≥ 90 %", Verdict: NotMeasured,
	}
	ours, bare := r.Rate(OurRate), r.Rate(BareRate)
	if ours == nil || bare == nil || bare.PerSecond() == 0 {
		return budget
	}
	share := ours.PerSecond() / bare.PerSecond()
	budget.Measured = fmt.Sprintf("%.0f %% (%.2f/s, bare pods %.2f/s)", share*100, ours.PerSecond(), bare.PerSecond())
	budget.Verdict = judge(share >= sustainedShare)
	return budget
}

func apiWrites(r *Report) Budget {
	budget := Budget{
		What: "API writes by the operator for a warm run, pod deleted and refilled", Goal: "≤ 4", Verdict: NotMeasured,
	}
	account := r.Account(Warm)
	if account == nil || account.Runs == 0 || len(account.Writes) == 0 {
		return budget
	}
	objects, events := writes.Of(account.Writes, "operator")
	each := float64(objects) / float64(account.Runs)
	budget.Measured = fmt.Sprintf("%.2f, and %.2f events", each, float64(events)/float64(account.Runs))
	budget.Verdict = judge(each <= operatorWrites)
	if job := r.Account(Job); job != nil && job.Runs > 0 {
		budget.Peer = fmt.Sprintf("all clients: ours %.1f, Job %.1f", total(account), total(job))
	}
	return budget
}

func total(account *Account) float64 {
	count := 0
	for _, each := range account.Writes {
		count += each.Count
	}
	return float64(count) / float64(account.Runs)
}

func cpu(r *Report) Budget {
	// Where runs follow each other, what the operator uses all the time counts least.
	budget := Budget{What: "operator CPU for a run, sustained", Goal: "≤ 10 ms", Verdict: NotMeasured}
	account := r.Account(Sustained)
	if account == nil || account.Runs == 0 {
		return budget
	}
	used, known := account.CPU["operator"]
	if !known {
		return budget
	}
	each := used / time.Duration(account.Runs)
	budget.Measured = ms(each)
	if idle := r.Account(Idle); idle != nil && idle.Runs > 0 {
		budget.Measured += fmt.Sprintf("; idle %s a second", ms(idle.CPU["operator"]/time.Duration(idle.Runs)))
	}
	budget.Verdict = judge(each <= operatorCPU)
	return budget
}

func memory(r *Report) Budget {
	budget := Budget{What: "operator memory with 10,000 finished Executions", Goal: "≤ 256 MiB", Verdict: NotMeasured}
	if r.Memory == nil {
		return budget
	}
	budget.Measured = fmt.Sprintf("%.0f MiB with %d", float64(r.Memory.Resident)/(1<<20), r.Memory.Finished)
	switch {
	case r.Memory.Resident > operatorMemory:
		budget.Verdict = Missed
	case r.Memory.Finished >= memoryWithRecords:
		budget.Verdict = Met
	}
	return budget
}
