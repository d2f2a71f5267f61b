package scenarios

import (
	"testing"

	"countersign.dev/gitops/application"
	"countersign.dev/gitops/world"
)

// Changed code in Git: the approval no longer fits and says so, nothing runs by it, and another one is needed. Taken
// back in Git, it fits again.
func TestChangedCodeNeedsAnotherApproval(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	app := w.Application(repository)
	policy := application.Policy{ServerSideApply: true}
	app.MustSync(policy)
	template := world.Examples[2]
	approver := w.As(world.Approver)
	old := approver.MustApprove(template)
	approved := digestOf(w.Observed(template))

	repository.EditTemplate(template, "export LC_ALL=C", "export LC_ALL=C.UTF-8")
	repository.Commit("Another order")
	app.MustSync(policy)
	is := w.AwaitCondition(world.Templates, template, "Approved", "False", "DigestMismatch")
	changed := digestOf(w.Observed(template))
	if changed == approved {
		t.Fatal("the digest is the same")
	}
	w.Told(is.Message, approved, changed, "approve")
	is = w.AwaitCondition(world.Approvals, old.GetName(), "Ready", "False", "DigestMismatch")
	w.Told(is.Message, approved, changed, "approve")
	app.AwaitHealth(template, "Healthy", "awaiting approval (DigestMismatch): ")
	outcome := w.Outcome(w.Agent().Run(template, nil))
	if outcome.Reason != "DigestMismatch" {
		t.Errorf("the run ended with %v", outcome)
	}

	repository.EditTemplate(template, "export LC_ALL=C.UTF-8", "export LC_ALL=C")
	repository.Commit("The old order")
	app.MustSync(policy)
	w.AwaitCondition(world.Approvals, old.GetName(), "Ready", "True", "Accepted")
	w.AwaitCondition(world.Templates, template, "Approved", "True", "Approved")

	repository.EditTemplate(template, "export LC_ALL=C", "export LC_ALL=POSIX")
	repository.Commit("A third order")
	app.MustSync(policy)
	w.AwaitCondition(world.Templates, template, "Approved", "False", "DigestMismatch")
	approver.MustApprove(template)
	w.AwaitCondition(world.Approvals, old.GetName(), "Ready", "False", "DigestMismatch")
}

// A template that cannot be used is Degraded, and says what its author has to correct.
func TestInvalidTemplateIsDegraded(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	app := w.Application(repository)
	app.MustSync(application.Policy{})
	template := world.Examples[1]
	app.AwaitHealth(template, "Healthy", "awaiting approval")

	repository.EditTemplate(template, "\n      type: object\n", "\n      type: thing\n")
	repository.Commit("No such type")
	app.MustSync(application.Policy{})
	is := w.AwaitCondition(world.Templates, template, "Stalled", "True", "TemplateInvalid")
	app.AwaitHealth(template, "Degraded", is.Message)
}
