package scenarios

import (
	"testing"
	"time"

	"countersign.dev/gitops/kustomization"
	"countersign.dev/gitops/world"
)

// Flux with wait: true waits for the operator's digest, for no person, and writes nothing more; what cannot be used
// fails, and an approval in Git is refused.
func TestFluxWaitsForNobody(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	flux := openFlux(t, w, repository)
	reconciled(t, flux, world.Examples[0], "created")
	if err := flux.Wait(time.Minute); err != nil {
		t.Fatal(err)
	}
	w.AwaitCondition(world.Templates, world.Examples[0], "Approved", "False", "NotApproved")
	before := w.As(world.Approver).MustApprove(world.Examples[0])
	settled := w.Observed(world.Examples[0])
	for range reconciles {
		reconciled(t, flux, world.Examples[0], "unchanged")
	}
	if after := w.Observed(world.Examples[0]); after.GetResourceVersion() != settled.GetResourceVersion() {
		t.Errorf("was written: %v", after.GetManagedFields())
	}
	w.AwaitCondition(world.Approvals, before.GetName(), "Ready", "True", "Accepted")

	repository.EditTemplate(world.Examples[1], "\n      type: object\n", "\n      type: thing\n")
	repository.Commit("No such type")
	reconciled(t, flux, world.Examples[1], "configured")
	w.AwaitCondition(world.Templates, world.Examples[1], "Stalled", "True", "TemplateInvalid")
	err := flux.Wait(20 * time.Second)
	if err == nil {
		t.Fatal("an invalid template is Current")
	}
	w.Told(err.Error(), world.Examples[1], "status: 'Failed'")

	repository.Put("approval.yaml", approvalInGit(world.Examples[2], w.Digest(world.Examples[2]), world.Approver))
	repository.Commit("An approval")
	_, err = flux.Reconcile(t.Context())
	w.Refused(err, "approver-is-caller", "must be you")
}

// After a hand edit Flux makes the fields that came by kubectl its own and takes out those that are not in Git: the
// author too, which is refused. Merge leaves the author where they are, and the code still comes back.
func TestFluxAfterHandEdit(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	flux := openFlux(t, w, repository)
	template := world.Examples[0]
	reconciled(t, flux, template, "created")
	approval := w.As(world.Approver).MustApprove(template)
	approved := w.Observed(template)
	author := w.As(world.Author)
	if err := author.Patch(world.Templates, template, `{"spec": {"code": "print(1)"}}`); err != nil {
		t.Fatal(err)
	}
	_, err := flux.Reconcile(t.Context())
	w.Refused(err, "authors-only-grow", "leave the field out of Git")

	repository.EditTemplate(template, "\nmetadata:\n", "\nmetadata:\n  annotations: {"+kustomization.SSA+": Merge}\n")
	repository.Commit("Keeps what is not in Git")
	// The first attempt has made the author a field of Flux; another edit by hand gives it back.
	if err := author.Patch(world.Templates, template, `{"spec": {"code": "print(2)"}}`); err != nil {
		t.Fatal(err)
	}
	reconciled(t, flux, template, "configured")
	w.Await("Git has put the code back", func() error { return sameCode(approved, w.Observed(template)) })
	for range reconciles {
		reconciled(t, flux, template, "unchanged")
	}
	if got := authorsOf(w.Observed(template)); got != world.Author {
		t.Errorf("authors are %q", got)
	}
	w.AwaitCondition(world.Approvals, approval.GetName(), "Ready", "False", "AuthorsChanged")
	w.As(world.Approver).MustApprove(template)
}

func openFlux(t *testing.T, w *world.World, repository *world.Repository) *kustomization.Kustomization {
	t.Helper()
	opened, err := kustomization.Open(w.Controller().Config, "countersign", w.Namespace, repository.Repository)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// reconciled fails the test unless the reconciliation did that to the template.
func reconciled(t *testing.T, flux *kustomization.Kustomization, template, action string) {
	t.Helper()
	actions, err := flux.Reconcile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if actions[template] != action {
		t.Errorf("%s was %s, should be %s", template, actions[template], action)
	}
}
