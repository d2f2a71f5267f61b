package scenarios

import (
	"testing"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"countersign.dev/gitops/application"
	"countersign.dev/gitops/world"
)

const (
	slow = "gitops-slow"
	// Runs longer than all that happens to its template meanwhile.
	slowTemplate = `
apiVersion: countersign.dev/v1alpha1
kind: CodeTemplate
metadata: {name: slow}
spec:
  description: Takes its time.
  language: Bash
  limits: {wallTimeSeconds: 80}
  code: |
    sleep 40
    echo done
`
	// A prune waits for nothing that takes long.
	prunePatience = 20 * time.Second
)

// A template that is pruned while it runs: the prune waits for a person's word and then for nothing else, the run ends
// with its own outcome, and there are no new ones.
func TestPruneWhileItRuns(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	repository.PutTemplate(slow, slowTemplate, map[string]string{application.SyncOptions: "Prune=confirm"})
	repository.Commit("Something slow")
	app := w.Application(repository)
	app.MustSync(application.Policy{})
	approval := w.As(world.Approver).MustApprove(slow)
	agent := w.Agent()
	running := agent.Run(slow, nil)
	w.AwaitCondition(world.Executions, running.GetName(), "Succeeded", "Unknown", "Running")

	repository.RemoveTemplate(slow)
	repository.Commit("Nothing slow")
	waits := app.SyncFor(3*time.Second, application.Policy{Prune: true})
	if waits.Phase != common.OperationRunning {
		t.Errorf("did not wait for a person:\n%s", waits.Messages())
	}
	w.Told(waits.Message, "waiting for pruning confirmation of countersign.dev/CodeTemplate/"+slow)
	if !w.Admin().Exists(world.Templates, slow) {
		t.Fatal("was pruned without confirmation")
	}

	pruned := app.SyncFor(prunePatience, application.Policy{Prune: true, PruneConfirmed: true})
	if pruned.Phase != common.OperationSucceeded {
		t.Errorf("the prune hangs:\n%s", pruned.Messages())
	}
	if w.Admin().Exists(world.Templates, slow) {
		t.Error("the template is still there")
	}
	if condition, _ := world.ConditionOf(w.Admin().Get(world.Executions, running.GetName()), "Finished"); condition.Status == "True" {
		t.Fatalf("the run ended before its template was gone: %v", condition)
	}
	w.AwaitCondition(world.Approvals, approval.GetName(), "Ready", "False", "TemplateNotFound")
	if outcome := w.Outcome(agent.Run(slow, nil)); outcome.Reason != "TemplateNotFound" {
		t.Errorf("a new run ended with %v", outcome)
	}

	if outcome := w.Outcome(running); outcome.Reason != "Completed" {
		t.Errorf("the run ended with %v", outcome)
	}
	live := w.Admin().Get(world.Executions, running.GetName())
	if stdout, _, _ := unstructured.NestedString(live.Object, "status", "result", "stdout"); stdout != "done\n" {
		t.Errorf("it said %q", stdout)
	}
	app.AwaitSynced()
}

// The same word for all templates of an Application, where it is the Application that asks for it.
func TestPruneOfAnApplicationWaitsForConfirmation(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	app := w.Application(repository)
	app.MustSync(application.Policy{})
	repository.RemoveTemplate(world.Examples[0])
	repository.Commit("One template less")
	policy := application.Policy{Prune: true, PruneOption: "confirm"}
	waits := app.SyncFor(3*time.Second, policy)
	w.Told(waits.Message, "waiting for pruning confirmation of countersign.dev/CodeTemplate/"+world.Examples[0])
	if !w.Admin().Exists(world.Templates, world.Examples[0]) {
		t.Fatal("was pruned without confirmation")
	}
	policy.PruneConfirmed = true
	app.MustSync(policy)
	if w.Admin().Exists(world.Templates, world.Examples[0]) {
		t.Error("the template is still there")
	}
}
