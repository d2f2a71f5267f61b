package model

import "testing"

var costs = Costs{
	OperatorCPU: 0.01, APIServerCPU: 0.02, EtcdCPU: 0.005, SchedulerPods: 100, NodeStarts: 1,
	Writes: 20, WriteLimit: 10000,
}

var plane = Machines{OperatorCores: 4, APIServerCores: 16, EtcdCores: 4}

func TestNodesSaturateFirstInASmallClusterAndTheSchedulerInALargeOne(t *testing.T) {
	for nodes, want := range map[int]Limit{1: {"nodes", 1}, 10: {"nodes", 10}, 1000: {"scheduler", 100}} {
		machines := plane
		machines.Nodes = nodes
		if got := Limits(costs, machines)[0]; got != want {
			t.Errorf("%d nodes: %v, not %v", nodes, got, want)
		}
	}
}

func TestEachPartHasItsLimit(t *testing.T) {
	machines := plane
	machines.Nodes = 1000
	want := map[string]float64{
		"operator": 400, "API server": 800, "etcd, CPU": 800, "etcd, writes": 500, "scheduler": 100, "nodes": 1000,
	}
	limits := Limits(costs, machines)
	if len(limits) != len(want) {
		t.Fatalf("%v", limits)
	}
	for _, each := range limits {
		if each.Runs != want[each.Part] {
			t.Errorf("%s: %v, not %v", each.Part, each.Runs, want[each.Part])
		}
	}
}

func TestWhatIsNotKnownLimitsNothing(t *testing.T) {
	limits := Limits(Costs{NodeStarts: 2}, Machines{Nodes: 3, OperatorCores: 1})
	if len(limits) != 1 || limits[0] != (Limit{"nodes", 6}) {
		t.Errorf("%v", limits)
	}
	if plan := Plan(Costs{}, Machines{}, 1, 1, 1, 1); plan != (Settings{}) {
		t.Errorf("%v", plan)
	}
}

func TestAPlanFollowsFromTheFirstLimit(t *testing.T) {
	machines := plane
	machines.Nodes = 10
	plan := Plan(costs, machines, 0.5, 2, 3, 8)
	if plan != (Settings{Runs: 5, Concurrent: 10, Waiting: 30, ClientQPS: 40}) {
		t.Errorf("%+v", plan)
	}
}
