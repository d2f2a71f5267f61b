package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"countersign.dev/gitops/application"
	"countersign.dev/gitops/world"
)

// How often Argo CD looks again; whoever writes against it would write each time.
const reconciles = 5

// A hand edit of a synced template: Git puts the code back and then has nothing more to say; the person who edited it
// stays among the authors, and whoever approved before must look again.
func TestHandEdit(t *testing.T) {
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			w := world.Enter(t)
			app := w.Application(w.Repository())
			app.MustSync(policy)
			template := world.Examples[0]
			approver := w.As(world.Approver)
			approval := approver.MustApprove(template)
			approved := w.Observed(template)
			nothingFights(t, w, app, policy, template)

			author := w.As(world.Author)
			if err := author.Patch(world.Templates, template, `{"spec": {"code": "print(1)"}}`); err != nil {
				t.Fatal(err)
			}
			w.AwaitCondition(world.Approvals, approval.GetName(), "Ready", "False", "DigestMismatch")
			w.Await("each way of comparing sees the edit", func() error { return seen(app, template) })

			app.MustSync(policy)
			w.Await("Git has put the code back", func() error { return sameCode(approved, w.Observed(template)) })
			if got := authorsOf(w.Observed(template)); got != world.Author {
				t.Errorf("authors are %q", got)
			}
			nothingFights(t, w, app, policy, template)

			// The same code, and yet not what was approved: somebody else had a hand in it.
			is := w.AwaitCondition(world.Approvals, approval.GetName(), "Ready", "False", "AuthorsChanged")
			w.Told(is.Message, "approve")
			w.AwaitCondition(world.Templates, template, "Approved", "False", "AuthorsChanged")
			app.AwaitHealth(template, "Healthy", "awaiting approval (AuthorsChanged): ")
			if _, err := author.Approve(template); err == nil {
				t.Error("an author who is no approver has approved")
			}
			approver.MustApprove(template)
			nothingFights(t, w, app, policy, template)
		})
	}
}

// What a sync must not do to a template with authors, and what it says then.
func TestAuthorsAreNotForMachines(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	app := w.Application(repository)
	app.MustSync(application.Policy{})
	template := world.Examples[1]
	if err := w.As(world.Author).Patch(world.Templates, template, `{"spec": {"limits": {"processes": 7}}}`); err != nil {
		t.Fatal(err)
	}

	// A status that is written between the engine's look and its replacement would be a conflict.
	w.Observed(template)
	operation := app.Sync(application.Policy{Replace: true})
	if operation.Phase.Successful() {
		t.Error("kubectl replace took the author away")
	}
	w.Told(operation.Messages(), "[authors-only-grow]", "leave the field out of Git")
	if got := authorsOf(w.Observed(template)); got != world.Author {
		t.Errorf("authors are %q", got)
	}

	repository.EditTemplate(template, "\nspec:\n", "\nspec:\n  authors: [{username: mallory}]\n")
	repository.Commit("Somebody else shall have written it")
	for name, says := range map[string][]string{
		// By a merge patch the list would be replaced, server-side it is merged.
		"client-side apply": {"[authors-only-grow]", "leave the field out of Git"},
		"server-side apply": {"[authors-only-self]", "In Git, leave the whole field out"},
	} {
		operation = app.Sync(policies[name])
		if operation.Phase.Successful() {
			t.Errorf("%s: authors came from Git", name)
		}
		w.Told(operation.Messages(), says...)
	}
	if got := authorsOf(w.Observed(template)); got != world.Author {
		t.Errorf("authors are %q", got)
	}

	// Deleted and made anew, the template is what Git says, and forgets who had a hand in the one before.
	before := w.Observed(template).GetUID()
	repository.EditTemplate(template, "  authors: [{username: mallory}]\n", "")
	repository.EditTemplate(template, "\nmetadata:\n",
		"\nmetadata:\n  annotations: {"+application.SyncOptions+": 'Replace=true,Force=true'}\n")
	repository.Commit("Force")
	app.MustSync(application.Policy{})
	if after := w.Observed(template); after.GetUID() == before || authorsOf(after) != "" {
		t.Errorf("it is %s, was %s, authors are %q", after.GetUID(), before, authorsOf(after))
	}
}

// What Git does not state, Git does not put back: neither engine sees it, and the approval does.
func TestFieldsThatGitDoesNotState(t *testing.T) {
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			w := world.Enter(t)
			repository := w.Repository()
			app := w.Application(repository)
			app.MustSync(policy)
			template := world.Examples[0]
			approval := w.As(world.Approver).MustApprove(template)
			if err := w.As(world.Author).Patch(world.Templates, template, `{"spec": {"retries": 3}}`); err != nil {
				t.Fatal(err)
			}
			is := w.AwaitCondition(world.Approvals, approval.GetName(), "Ready", "False", "DigestMismatch")
			w.Told(is.Message, "approve")
			nothingFights(t, w, app, policy, template)

			repository.EditTemplate(template, "\nspec:\n", "\nspec:\n  retries: 0\n")
			repository.Commit("Stated")
			app.MustSync(policy)
			w.AwaitCondition(world.Approvals, approval.GetName(), "Ready", "False", "AuthorsChanged")
		})
	}
}

// The same for Argo CD, where people state themselves by `kubectl apply`: server-side apply would take over what they
// applied, and take out the author; without that migration it leaves them.
func TestAuthorsWhoStateThemselves(t *testing.T) {
	w := world.Enter(t)
	app := w.Application(w.Repository())
	migrates := application.Policy{ServerSideApply: true}
	keeps := application.Policy{ServerSideApply: true, KeepClientSideManagers: true}
	app.MustSync(migrates)
	template := world.Examples[0]
	approved := w.Observed(template)
	stated := fmt.Sprintf(`{"spec": {"authors": [{"username": %q}], "code": "print(1)"}}`, world.Author)
	if err := w.As(world.Author).PatchBy("kubectl-client-side-apply", world.Templates, template, stated); err != nil {
		t.Fatal(err)
	}
	w.Await("the edit is seen", func() error { return seen(app, template) })
	app.MustSync(keeps)
	w.Await("Git has put the code back", func() error { return sameCode(approved, w.Observed(template)) })
	if got := authorsOf(w.Observed(template)); got != world.Author {
		t.Errorf("authors are %q", got)
	}
	nothingFights(t, w, app, keeps, template)

	operation := app.Sync(migrates)
	if operation.Phase.Successful() {
		t.Error("the author was taken out")
	}
	w.Told(operation.Messages(), "[authors-only-grow]", "leave the field out of Git")
}

// nothingFights looks again and again: no way of comparing finds a difference, and no sync writes anything.
func nothingFights(
	t *testing.T, w *world.World, app *world.Application, policy application.Policy, template string,
) {
	t.Helper()
	app.AwaitSynced()
	before := w.Observed(template)
	for range reconciles {
		app.MustSync(policy)
		if drift := app.Drift(); len(drift) > 0 {
			t.Fatalf("differences:\n%s", strings.Join(drift, "\n"))
		}
	}
	after := w.Observed(template)
	if before.GetResourceVersion() != after.GetResourceVersion() {
		t.Errorf("written from %s/%d to %s/%d:\n%v\n%v", before.GetResourceVersion(), before.GetGeneration(),
			after.GetResourceVersion(), after.GetGeneration(), before.GetManagedFields(), after.GetManagedFields())
	}
}

// seen is no error once all ways of comparing show that template, and nothing else, as different.
func seen(app *world.Application, template string) error {
	for _, comparison := range application.Comparisons {
		differences, err := app.Differences(comparison)
		if err != nil {
			return err
		}
		if len(differences) != 1 || !strings.Contains(differences[0], template) {
			return errorf("%s: %q", comparison, differences)
		}
	}
	return nil
}

func sameCode(wanted, is *world.Object) error {
	for _, field := range []string{"code", "limits"} {
		left, _, _ := unstructured.NestedFieldNoCopy(wanted.Object, "spec", field)
		right, _, _ := unstructured.NestedFieldNoCopy(is.Object, "spec", field)
		if text(left) != text(right) {
			return errorf("%s is %v, should be %v", field, right, left)
		}
	}
	if left, right := digestOf(wanted), digestOf(is); left != right {
		return errorf("the digest is %s, should be %s", right, left)
	}
	return nil
}
