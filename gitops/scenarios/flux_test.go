package scenarios

import (
	"fmt"
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

	// The whole commit is refused, the change of a template beside it too.
	repository.EditTemplate(world.Examples[1], "\n      type: thing\n", "\n      type: object\n")
	repository.Put("approval.yaml", approvalInGit(world.Examples[2], w.Digest(world.Examples[2]), world.Approver))
	repository.Commit("An approval")
	_, err = flux.Reconcile(t.Context())
	w.Refused(err, "approver-is-caller", "must be you")
	w.AwaitCondition(world.Templates, world.Examples[1], "Stalled", "True", "TemplateInvalid")
}

// A service account that may write templates is all that a sync needs, and it is a machine like any other.
func TestFluxAsTheDepartmentsServiceAccount(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	scoped := w.Impersonated(w.BindAuthor())
	for _, file := range []string{"roles/author.yaml", "roles/approver.yaml", "roles/agent.yaml"} {
		if err := repository.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	repository.Commit("Templates alone")
	flux, err := kustomization.Open(scoped.Config, "countersign", w.Namespace, repository.Repository)
	if err != nil {
		t.Fatal(err)
	}
	reconciled(t, flux, world.Examples[0], "created")
	if err := flux.Wait(time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := authorsOf(w.Observed(world.Examples[0])); got != "" {
		t.Errorf("a machine has become the author %s", got)
	}
	_, err = scoped.Approve(world.Examples[0])
	w.Told(fmt.Sprint(err), "cannot create resource \"templateapprovals\"")
}

// After a hand edit Flux takes over the fields that came by kubectl and puts the code back. The author was filled in at
// admission, is nobody's field by that, and stays.
func TestFluxAfterHandEdit(t *testing.T) {
	w := world.Enter(t)
	flux := openFlux(t, w, w.Repository())
	template := world.Examples[0]
	reconciled(t, flux, template, "created")
	approval := w.As(world.Approver).MustApprove(template)
	approved := w.Observed(template)
	if err := w.As(world.Author).Patch(world.Templates, template, `{"spec": {"code": "print(1)"}}`); err != nil {
		t.Fatal(err)
	}
	reconciled(t, flux, template, "configured")
	if err := sameCode(approved, w.Observed(template)); err != nil {
		t.Error(err)
	}
	for range reconciles {
		reconciled(t, flux, template, "unchanged")
	}
	if got := authorsOf(w.Observed(template)); got != world.Author {
		t.Errorf("authors are %q", got)
	}
	w.AwaitCondition(world.Approvals, approval.GetName(), "Ready", "False", "AuthorsChanged")
	w.As(world.Approver).MustApprove(template)
}

// Where no admission fills authors in, people state themselves, and then the list is a field of theirs that Flux would
// take over and take out. That is refused; with Merge, Flux leaves it.
func TestFluxWhereAuthorsStateThemselves(t *testing.T) {
	stated := fmt.Sprintf(`{"spec": {"authors": [{"username": %q}], "code": "print(1)"}}`, world.Author)
	w := world.Enter(t)
	repository := w.Repository()
	merged, plain := world.Examples[0], world.Examples[1]
	repository.EditTemplate(merged, "\nmetadata:\n", "\nmetadata:\n  annotations: {"+kustomization.SSA+": Merge}\n")
	repository.Commit("Keeps what is not in Git")
	flux := openFlux(t, w, repository)
	reconciled(t, flux, merged, "created")
	approved := w.Observed(merged)
	author := w.As(world.Author)

	if err := author.Patch(world.Templates, merged, stated); err != nil {
		t.Fatal(err)
	}
	reconciled(t, flux, merged, "configured")
	if err := sameCode(approved, w.Observed(merged)); err != nil {
		t.Error(err)
	}
	reconciled(t, flux, merged, "unchanged")
	if got := authorsOf(w.Observed(merged)); got != world.Author {
		t.Errorf("authors are %q", got)
	}

	if err := author.Patch(world.Templates, plain, stated); err != nil {
		t.Fatal(err)
	}
	_, err := flux.Reconcile(t.Context())
	w.Refused(err, "authors-only-grow", "leave the field out of Git")
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
