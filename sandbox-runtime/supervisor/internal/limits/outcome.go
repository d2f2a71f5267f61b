// Package limits watches a run and says which limit it broke.
package limits

// Outcome is the one word for how a run ended. All but Completed, ExitNonZero, Killed and StartFailed name a limit.
type Outcome string

// The outcomes of a run.
const (
	Completed         Outcome = "Completed"   // the program returned 0
	ExitNonZero       Outcome = "ExitNonZero" // it returned another code, or a signal of its own ended it
	CPUTimeExceeded   Outcome = "CpuTimeExceeded"
	WallTimeExceeded  Outcome = "WallTimeExceeded"
	MemoryExceeded    Outcome = "MemoryExceeded"
	OutputExceeded    Outcome = "OutputExceeded"
	DiskExceeded      Outcome = "DiskExceeded"
	ProcessesExceeded Outcome = "ProcessesExceeded"
	Killed            Outcome = "Killed"      // the operator asked for the end
	StartFailed       Outcome = "StartFailed" // accepted, but the sandbox could not start the program
)

// Verdict is why the supervisor ended a run.
type Verdict struct {
	Outcome Outcome
	Message string // for people
}
