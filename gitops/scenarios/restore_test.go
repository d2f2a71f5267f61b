package scenarios

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"countersign.dev/gitops/application"
	"countersign.dev/gitops/world"
)

// A backup brings back templates, and no approvals: whoever restores is not the one who approved, and a new creation
// time would give an approval more time than it was given. The approver approves again.
func TestRestoreFromBackup(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	app := w.Application(repository)
	app.MustSync(application.Policy{})
	template, edited := world.Examples[0], world.Examples[1]
	approver := w.As(world.Approver)
	approval := approver.MustApprove(template)
	if err := w.As(world.Author).Patch(world.Templates, edited, `{"spec": {"retries": 1}}`); err != nil {
		t.Fatal(err)
	}
	backup := asBackedUp(w.Admin().Get(world.Approvals, approval.GetName()))
	backedUpTemplate := asBackedUp(w.Observed(edited))

	w.Admin().Delete(world.Approvals, approval.GetName())
	w.AwaitCondition(world.Templates, template, "Approved", "False", "NotApproved")

	for _, restorer := range []*world.Person{w.Controller(), w.Admin(), w.As(world.Author)} {
		if restorer.Username == world.Author {
			// Who may not create approvals does not get as far as the policies.
			if _, err := restorer.Restore(world.Approvals, backup); err == nil {
				t.Errorf("%s has restored the approval", restorer.Username)
			}
			continue
		}
		_, err := restorer.Restore(world.Approvals, backup)
		w.Refused(err, "approver-is-caller", "must be you")
	}
	// Nor does a name that fits help a machine.
	forged := backup.DeepCopy()
	set(t, forged, map[string]any{"username": w.Controller().Username}, "spec", "grant", "approvedBy")
	_, err := w.Controller().Restore(world.Approvals, forged)
	w.Refused(err, "machines-never-approve", "a person must send this")
	w.AwaitCondition(world.Templates, template, "Approved", "False", "NotApproved")

	// A template that people have edited by hand comes back without its authors.
	w.Admin().Delete(world.Templates, edited)
	_, err = w.Controller().Restore(world.Templates, backedUpTemplate)
	w.Refused(err, "authors-only-self", "In Git, leave the whole field out")
	unstructured.RemoveNestedField(backedUpTemplate.Object, "spec", "authors")
	if _, err := w.Controller().Restore(world.Templates, backedUpTemplate); err != nil {
		t.Error(err)
	}

	approver.MustApprove(template)
}

// asBackedUp is an object as backup tools restore it: without what the API server gives it anew.
func asBackedUp(object *world.Object) *world.Object {
	restored := object.DeepCopy()
	for _, field := range []string{"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"} {
		unstructured.RemoveNestedField(restored.Object, "metadata", field)
	}
	return restored
}

func set(t *testing.T, object *world.Object, value any, path ...string) {
	t.Helper()
	if err := unstructured.SetNestedField(object.Object, value, path...); err != nil {
		t.Fatal(err)
	}
}
