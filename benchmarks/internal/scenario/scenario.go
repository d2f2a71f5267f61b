package scenario

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"countersign.dev/benchmarks/internal/bare"
	"countersign.dev/benchmarks/internal/kube"
	"countersign.dev/benchmarks/internal/load"
	"countersign.dev/benchmarks/internal/ours"
	"countersign.dev/benchmarks/internal/peer"
	"countersign.dev/benchmarks/internal/report"
)

const (
	department = "finance"
	author     = "tom"
	approver   = "alice"
	// No request here takes longer unless it is lost.
	longestRun = 3 * time.Minute
	// Time for what comes after a run: pods deleted and refilled.
	settling = 2 * time.Second
)

// The sandboxes of most runs, and pods that are compared with them: as large as the default limits make them.
var usual = ours.Shape{Memory: "128Mi", Disk: "64Mi"}

// Sandboxes have 48Mi beside what the code may use.
const usualPodMemory = "240Mi"

// Benchmark is one under way.
type benchmark struct {
	sizes         Sizes
	name          string
	administrator *kube.Caller
	first, second *kube.Caller
	author        *kube.Caller
	approver      *kube.Caller
	department    *ours.Department
	pods, jobs    *bare.Namespace
	shape         bare.Shape
	records       *recorder
	accounts      *accounts
	report        *report.Report
	number        atomic.Int64
	say           func(format string, args ...any)
	// Whole ends when the benchmark is interrupted. What is under way when the time is up goes on to its end: a run that
	// is lost is a failure, not something that the end of the time hides.
	whole  context.Context
	timeUp bool
}

// Run does a benchmark on the cluster of the kubeconfig and takes away what it made. cluster is the state directory of the
// one-node cluster, empty if it is another.
func Run(ctx context.Context, sizes Sizes, cluster string, shape bare.Shape, say func(string, ...any),
) (result *report.Report, err error) {
	administrator, err := kube.Administrator()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	b := &benchmark{
		sizes: sizes, name: "bench-" + began.UTC().Format("150405"), administrator: administrator,
		records: newRecorder(), say: say, whole: ctx,
		report: &report.Report{Mode: sizes.Mode, Began: began.UTC(), Machine: Describe(ctx, administrator)},
	}
	shape.Memory, shape.Disk = usualPodMemory, usual.Disk
	b.shape = shape
	if b.accounts, err = openAccounts(ctx, administrator, cluster); err != nil {
		return nil, err
	}
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	defer func() {
		// Also when it was interrupted: nothing stays behind.
		cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*time.Minute)
		defer cancel()
		if cleaned := b.cleanUp(cleaning); err == nil {
			err = cleaned
		}
	}()
	if err := b.prepare(watching); err != nil {
		return nil, err
	}
	measuring, cancel := context.WithTimeout(ctx, sizes.Longest)
	defer cancel()
	b.measure(measuring)
	if b.interrupted() {
		return nil, ctx.Err()
	}
	b.records.into(b.report)
	b.checkRuns(ctx)
	b.accounts.into(ctx, b.report)
	fewWrites(b.report)
	b.report.Took = time.Since(began)
	return b.report, nil
}

func (b *benchmark) prepare(ctx context.Context) error {
	var err error
	if b.author, err = b.administrator.As(author); err != nil {
		return err
	}
	if b.approver, err = b.administrator.As(approver); err != nil {
		return err
	}
	if b.first, err = b.administrator.Agent(ctx, department, "bench-first", b.name); err != nil {
		return err
	}
	if b.second, err = b.administrator.Agent(ctx, department, "bench-second", b.name); err != nil {
		return err
	}
	if b.department, err = ours.Open(ctx, b.administrator, department, b.name); err != nil {
		return err
	}
	if b.pods, err = bare.Open(ctx, b.administrator, b.name+"-pods", b.name, kube.ByName); err != nil {
		return err
	}
	if b.jobs, err = bare.Open(ctx, b.administrator, b.name+"-jobs", b.name, peer.ByJob); err != nil {
		return err
	}
	for language := range ours.Echo {
		if language != "Python" && b.sizes.Mode != Full.Mode {
			continue
		}
		if err := b.template(ctx, b.usualTemplate(language), language, usual); err != nil {
			return err
		}
	}
	return nil
}

func (b *benchmark) usualTemplate(language string) string { return b.name + "-" + lower(language) }

func (b *benchmark) template(ctx context.Context, name, language string, shape ours.Shape) error {
	return b.department.Approved(ctx, b.author, b.approver, name, language, shape)
}

func (b *benchmark) measure(ctx context.Context) {
	if b.sizes.Idle > 0 {
		b.accounts.charge(b.whole, report.Idle, func() int {
			wait(ctx, b.sizes.Idle)
			return int(b.sizes.Idle.Seconds())
		})
	}
	b.warmUp(ctx)
	var refill float64
	pace := b.sizes.Pace
	if pace == 0 {
		refill = b.saturate(ctx)
		// Half of the refill rate, so that a pool is never empty.
		pace = time.Duration(2 / refill * float64(time.Second))
	}
	for round := range b.sizes.Rounds {
		b.say("round %d of %d", round+1, b.sizes.Rounds)
		b.closedLoop(ctx, pace, round)
		b.coldRuns(ctx, round)
		b.peers(ctx)
		b.bareOnes(ctx)
	}
	b.attach(ctx)
	b.hops(ctx, pace)
	if refill == 0 {
		refill = b.saturate(ctx)
	}
	b.openLoop(ctx, refill)
	b.burst(ctx)
	b.memory(b.whole)
	if b.timeUp = ctx.Err() != nil; b.timeUp {
		b.report.Notes = append(b.report.Notes, "The time was up before all was measured.")
	}
}

func (b *benchmark) next(what string) string {
	return fmt.Sprintf("%s-%s-%d", b.name, what, b.number.Add(1))
}

func (b *benchmark) run(agent *kube.Caller, template, what string) (ours.Sample, error) {
	ctx, cancel := context.WithTimeout(b.whole, longestRun)
	defer cancel()
	name := b.next(what)
	return b.department.Answer(ctx, agent, template, name, name)
}

// What an interruption cuts off has neither failed nor measured anything.
func (b *benchmark) interrupted() bool { return b.whole.Err() != nil }

// WarmUp runs until a sandbox was found waiting, or the operator proves to have no pools.
func (b *benchmark) warmUp(ctx context.Context) {
	languages := []string{"Python"}
	if b.sizes.Mode == Full.Mode {
		languages = []string{"Python", "JavaScript", "Bash"}
	}
	for _, language := range languages {
		const most = 4
		for runs := 1; runs <= most; runs++ {
			sample, err := b.run(b.first, b.usualTemplate(language), "warmup")
			if b.interrupted() {
				return
			}
			if err != nil {
				b.records.took("warm-up", "runs that are not measured", 0, err)
			}
			b.records.warmedUp(report.Warm+":"+language, closedWhat, 1)
			b.say("warm-up %s: %s", language, sample.Start)
			if err == nil && (sample.Start == ours.Warm || sample.Start == ours.Unknown) {
				break
			}
			wait(ctx, 2*settling)
		}
	}
}

const closedWhat = "Execution created to result seen; one client, the next run after the result"

func (b *benchmark) closedLoop(ctx context.Context, interval time.Duration, round int) {
	ctx, cancel := context.WithTimeout(ctx, b.sizes.WarmLongest)
	defer cancel()
	languages := []string{"Python"}
	if b.sizes.Mode == Full.Mode {
		languages = []string{"Python", "Python", "JavaScript", "Bash"}
	}
	wait(ctx, settling)
	b.accounts.charge(b.whole, report.Warm, func() int {
		made := load.Closed(ctx, b.sizes.WarmRuns/b.sizes.Rounds, interval,
			func(_ context.Context, intended time.Time, number int) {
				// Most are Python, for whose share there is a budget.
				language := languages[0]
				if number%10 == 9 {
					language = languages[(number/10+round)%len(languages)]
				}
				sample, err := b.run(b.first, b.usualTemplate(language), "closed")
				if b.interrupted() {
					return
				}
				b.records.ran(closedName(sample, err)+":"+language, closedWhat, intended, sample, err)
			})
		wait(context.WithoutCancel(ctx), settling)
		return made
	})
}

func closedName(sample ours.Sample, err error) string {
	switch {
	case err != nil, sample.Start == ours.Warm:
		return report.Warm
	case sample.Start == ours.Unknown:
		return report.Unknown
	default:
		return report.Fallback
	}
}

// Limit classes of the operator that the usual shape does not have: nobody has asked for a sandbox like these before.
var rare = []ours.Shape{
	{Memory: "128Mi", Disk: "256Mi"},
	{Memory: "256Mi", Disk: "64Mi"},
	{Memory: "256Mi", Disk: "256Mi"},
	{Memory: "512Mi", Disk: "64Mi"},
	{Memory: "512Mi", Disk: "256Mi"},
}

func (b *benchmark) coldRuns(ctx context.Context, round int) {
	for _, language := range b.sizes.ColdLanguages {
		if ctx.Err() != nil {
			return
		}
		template := fmt.Sprintf("%s-%s-%d", b.name, lower(language), round)
		if err := b.template(b.whole, template, language, rare[round%len(rare)]); err != nil {
			if !b.interrupted() {
				b.records.took(report.Cold+":"+language, coldWhat, 0, err)
			}
			return
		}
		began := time.Now()
		sample, err := b.run(b.first, template, "cold")
		if b.interrupted() {
			return
		}
		name := report.Cold
		if err == nil && sample.Start == ours.Warm {
			// Another benchmark has just used the shape.
			name = report.Warm + ", rare shape"
		}
		b.records.ran(name+":"+language, coldWhat, began, sample, err)
	}
}

const coldWhat = "Execution created to result seen; a shape of sandbox that nobody has used, so none waits"

// OpenLoop asks at 90 % of the refill rate whatever happens, and counts from when a run was due.
func (b *benchmark) openLoop(ctx context.Context, refill float64) {
	if b.sizes.OpenLongest == 0 {
		return
	}
	b.say("open loop at 90 %% of %.2f/s", refill)
	interval := time.Duration(float64(time.Second) / (0.9 * refill))
	load.Open(ctx, 10000, interval, b.sizes.OpenLongest, func(_ context.Context, intended time.Time, _ int) {
		sample, err := b.run(b.first, b.usualTemplate("Python"), "open")
		if !b.interrupted() {
			b.records.ran(report.Open, "due to result seen; at a constant 90 % of the refill rate", intended, sample, err)
		}
	})
}

// Memory is the operator's after all of this, with what it has made finished.
func (b *benchmark) memory(ctx context.Context) {
	if b.accounts.machine == nil {
		return
	}
	resident, err := b.accounts.machine.OperatorMemory()
	if err != nil {
		b.report.Notes = append(b.report.Notes, "The operator's memory is not known: "+err.Error())
		return
	}
	count, err := b.department.Finished(ctx)
	if err != nil {
		b.report.Notes = append(b.report.Notes, err.Error())
	}
	b.report.Memory = &report.Memory{Resident: resident, Finished: count}
}

func (b *benchmark) cleanUp(ctx context.Context) error {
	var failed error
	keep := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	if b.department != nil {
		keep(b.department.Close(ctx))
	}
	for _, each := range []*bare.Namespace{b.pods, b.jobs} {
		if each != nil {
			keep(each.Close(ctx))
		}
	}
	return failed
}
