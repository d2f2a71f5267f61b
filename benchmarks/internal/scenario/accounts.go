package scenario

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"countersign.dev/benchmarks/internal/kube"
	"countersign.dev/benchmarks/internal/phases"
	"countersign.dev/benchmarks/internal/report"
	"countersign.dev/benchmarks/internal/usage"
	"countersign.dev/benchmarks/internal/writes"
)

const systemNamespace = "countersign-system"

// Accounts keeps what stages cost. Where the cluster is not the one-node one of this repository, CPU and writes are not
// known: they are read on the node.
type accounts struct {
	administrator *kube.Caller
	pod           string
	machine       *usage.Machine
	byName        map[string]*report.Account
	order         []string
	notes         []string
}

func openAccounts(ctx context.Context, administrator *kube.Caller, cluster string) (*accounts, error) {
	pods, err := administrator.Typed.CoreV1().Pods(systemNamespace).List(ctx, meta.ListOptions{
		LabelSelector: "app.kubernetes.io/component=operator,app.kubernetes.io/name=countersign",
		FieldSelector: "status.phase=Running",
	})
	if err != nil {
		return nil, err
	}
	if len(pods.Items) != 1 {
		return nil, fmt.Errorf("%d running operators in %s; a benchmark wants one", len(pods.Items), systemNamespace)
	}
	opened := &accounts{administrator: administrator, pod: pods.Items[0].Name, byName: map[string]*report.Account{}}
	if cluster != "" {
		opened.machine = &usage.Machine{
			Proc: "/proc", Cgroup: "/sys/fs/cgroup", Cluster: cluster, OperatorPod: string(pods.Items[0].UID),
		}
	}
	return opened, nil
}

// Charge does a stage and adds what it cost to the account of this name. The stage says how many runs it made.
func (a *accounts) charge(ctx context.Context, name string, stage func() int) {
	account, ok := a.byName[name]
	if !ok {
		account = &report.Account{Name: name, CPU: usage.Snapshot{}, Phases: phases.Phases{}}
		a.byName[name] = account
		a.order = append(a.order, name)
	}
	cpuBefore, phasesBefore := a.cpu(), a.phases(ctx)
	window := writes.Window{From: time.Now()}
	account.Runs += stage()
	window.To = time.Now()
	account.Windows = append(account.Windows, window)
	for component, used := range a.cpu().Since(cpuBefore) {
		account.CPU[component] += used
	}
	for phase, took := range a.phases(ctx).Since(phasesBefore) {
		sum := account.Phases[phase]
		account.Phases[phase] = phases.Phase{Runs: sum.Runs + took.Runs, Took: sum.Took + took.Took}
	}
}

func (a *accounts) cpu() usage.Snapshot {
	if a.machine == nil {
		return usage.Snapshot{}
	}
	snapshot, err := a.machine.Read()
	if err != nil {
		a.notes = append(a.notes, "CPU is not known: "+err.Error())
		return usage.Snapshot{}
	}
	return snapshot
}

func (a *accounts) phases(ctx context.Context) phases.Phases {
	metrics, err := a.administrator.Typed.CoreV1().Pods(systemNamespace).
		ProxyGet("http", a.pod, "8080", "metrics", nil).DoRaw(ctx)
	if err != nil {
		a.notes = append(a.notes, "the operator's phases are not known: "+err.Error())
		return phases.Phases{}
	}
	read, err := phases.Read(bytes.NewReader(metrics))
	if err != nil {
		a.notes = append(a.notes, err.Error())
		return phases.Phases{}
	}
	return read
}

// Close counts the API writes of all stages and puts the accounts into the report. It waits until the API server must
// have written its log.
func (a *accounts) into(ctx context.Context, to *report.Report) {
	if a.machine != nil {
		var last time.Time
		for _, account := range a.byName {
			if to := account.Windows[len(account.Windows)-1].To; to.After(last) {
				last = to
			}
		}
		wait(ctx, time.Until(last.Add(writes.FlushesWithin)))
	}
	for _, name := range a.order {
		account := a.byName[name]
		if a.machine != nil {
			counter := writes.NewCounter(account.Windows...)
			if err := counter.ReadFiles(filepath.Join(a.machine.Cluster, "log", "audit.log")); err != nil {
				a.notes = append(a.notes, "API writes are not known: "+err.Error())
			} else {
				account.Writes = counter.Lines()
			}
		}
		to.Accounts = append(to.Accounts, *account)
	}
	to.Notes = append(to.Notes, a.notes...)
}

func wait(ctx context.Context, duration time.Duration) {
	select {
	case <-time.After(duration):
	case <-ctx.Done():
	}
}
