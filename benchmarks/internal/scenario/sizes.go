// Package scenario is the order of a benchmark: what is measured when, interleaved so that a change of the machine's load
// meets all that is compared.
package scenario

import "time"

// Sizes are how much of each is done. Every stage ends by its time too.
type Sizes struct {
	Mode string
	// Longest is the time after which nothing more is begun.
	Longest time.Duration
	Rounds  int
	// Idle is how long nothing is asked, so that what the parts use all the time is known.
	Idle time.Duration
	// Runs that are measured warm by one closed-loop client in all rounds, at most Warm long each round.
	WarmRuns    int
	WarmLongest time.Duration
	// Pace is the time between the starts of those runs; 0: by the refill rate, which is then measured first.
	Pace time.Duration
	// In each round.
	Jobs, FollowedJobs, BarePods, Floors int
	// Shapes that nobody has used, one in each round for each language.
	ColdLanguages []string
	AttachTrips   int
	// Reads of the API server, and as many with pauses.
	Hops int
	// Clients that never pause, one stage each, for runs and for bare pods, and how much each asks at most.
	Saturating   []int
	EachClient   int
	SaturateEach time.Duration
	OpenLongest  time.Duration
	Burst        int
	BurstLongest time.Duration
}

// Full takes about half an hour.
var Full = Sizes{
	Mode: "full", Longest: 24 * time.Minute, Rounds: 5, Idle: 15 * time.Second,
	WarmRuns: 500, WarmLongest: 200 * time.Second,
	Jobs: 4, FollowedJobs: 2, BarePods: 4, Floors: 4,
	ColdLanguages: []string{"Python", "JavaScript", "Bash"}, AttachTrips: 500, Hops: 30,
	Saturating: []int{3, 6}, EachClient: 12, SaturateEach: 20 * time.Second,
	OpenLongest: 90 * time.Second, Burst: 500, BurstLongest: 9 * time.Minute,
}

// Quick takes at most two minutes and 30 Executions: a check that all of it works, whose figures are few.
var Quick = Sizes{
	Mode: "quick", Longest: 75 * time.Second, Rounds: 1,
	WarmRuns: 8, WarmLongest: 20 * time.Second, Pace: 1500 * time.Millisecond,
	Jobs: 2, FollowedJobs: 0, BarePods: 2, Floors: 2,
	ColdLanguages: []string{"Python"}, AttachTrips: 100, Hops: 3,
	Saturating: []int{3}, EachClient: 12, SaturateEach: 6 * time.Second,
	OpenLongest: 0, Burst: 8, BurstLongest: time.Minute,
}

// OnlyWarm is for whoever tunes the warm path: many runs of it at a steady pace, and the round trips that they build on.
var OnlyWarm = Sizes{
	Mode: "warm", Longest: 7 * time.Minute, Rounds: 1,
	WarmRuns: 150, WarmLongest: 6 * time.Minute, Pace: 1800 * time.Millisecond, AttachTrips: 100, Hops: 15,
}

// OnlyBurst is for whoever wants to know of a cluster how it takes 500 runs at once.
var OnlyBurst = Sizes{Mode: "burst", Longest: 10 * time.Minute, Burst: 500, BurstLongest: 9 * time.Minute}

// Limit is for simulated nodes, whose sandboxes take no cores from the operator and the API server: what these two can do.
var Limit = Sizes{
	Mode: "limit", Longest: 4 * time.Minute, Idle: 10 * time.Second,
	Saturating: []int{1, 4, 16, 32}, EachClient: 40, SaturateEach: 20 * time.Second,
	Burst: 500, BurstLongest: 3 * time.Minute,
}
