// Package model tells what a cluster of many nodes could do, from what one run was measured to cost: which part is the
// first that cannot follow. It is arithmetic, not a measurement: costs are taken to add up and to stay what they are.
package model

import (
	"cmp"
	"slices"
)

// Costs of one single-use run with its sandbox's refill, all control-plane parts of a cluster being one of each.
type Costs struct {
	// OperatorCPU, APIServerCPU and EtcdCPU are CPU seconds of one run.
	OperatorCPU  float64
	APIServerCPU float64
	EtcdCPU      float64
	// SchedulerPods is how many pods the scheduler binds in a second.
	SchedulerPods float64
	// NodeStarts is how many sandboxes a node of 2 cores starts in a second when it does nothing else.
	NodeStarts float64
	// Writes is the API server's writes for a run, all clients together; WriteLimit what one etcd commits in a second.
	Writes     float64
	WriteLimit float64
}

// Machines are what the control plane has.
type Machines struct {
	// Cores of the operator (one leader), of the API servers together, and of etcd's leader.
	OperatorCores, APIServerCores, EtcdCores float64
	Nodes                                    int
}

// Limit is how many runs in a second one part can follow.
type Limit struct {
	Part string
	Runs float64
}

// Limits are those of all parts, the first to saturate at the front. A part whose cost is not known (0) has none.
func Limits(costs Costs, machines Machines) []Limit {
	limits := []Limit{
		{"operator", ratio(machines.OperatorCores, costs.OperatorCPU)},
		{"API server", ratio(machines.APIServerCores, costs.APIServerCPU)},
		{"etcd, CPU", ratio(machines.EtcdCores, costs.EtcdCPU)},
		{"etcd, writes", ratio(costs.WriteLimit, costs.Writes)},
		{"scheduler", costs.SchedulerPods},
		{"nodes", costs.NodeStarts * float64(machines.Nodes)},
	}
	limits = slices.DeleteFunc(limits, func(each Limit) bool { return each.Runs <= 0 })
	slices.SortStableFunc(limits, func(a, b Limit) int { return cmp.Compare(a.Runs, b.Runs) })
	return limits
}

func ratio(available, each float64) float64 {
	if each <= 0 {
		return 0
	}
	return available / each
}

// Settings that an operator of that size needs.
type Settings struct {
	// Runs a second that are planned for.
	Runs float64
	// Concurrent runs and waiting sandboxes in the cluster.
	Concurrent, Waiting float64
	// ClientQPS is the requests a second that the operator's client must be allowed.
	ClientQPS float64
}

// Plan is for a share (0 to 1) of what the first part to saturate can follow. runSeconds is how long the code of a run
// takes, startSeconds how long a sandbox takes to start; the operator makes operatorRequests for a run.
func Plan(costs Costs, machines Machines, share, runSeconds, startSeconds, operatorRequests float64) Settings {
	limits := Limits(costs, machines)
	if len(limits) == 0 {
		return Settings{}
	}
	runs := share * limits[0].Runs
	return Settings{
		Runs: runs,
		// Little's law: what is under way is rate times duration.
		Concurrent: runs * runSeconds,
		// What is spent while a refill starts, twice, as demand is not even.
		Waiting:   2 * runs * startSeconds,
		ClientQPS: runs * operatorRequests,
	}
}
