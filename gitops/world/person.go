package world

import (
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// Kind is a kind of object, as a path of the API.
type Kind = schema.GroupVersionResource

// Object is an object of any kind.
type Object = unstructured.Unstructured

// The kinds that scenarios deal with.
var (
	Templates    = ours("codetemplates")
	Approvals    = ours("templateapprovals")
	Executions   = ours("executions")
	roleBindings = Kind{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "rolebindings"}
	configMaps   = Kind{Version: "v1", Resource: "configmaps"}
	Definitions  = Kind{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
)

func ours(resource string) Kind {
	return Kind{Group: "countersign.dev", Version: "v1alpha1", Resource: resource}
}

// Person is somebody, or a machine, with the name and the rights that the cluster knows.
type Person struct {
	world    *World
	Username string
	Config   *rest.Config
	client   dynamic.Interface
}

func (person *Person) objects(kind Kind) dynamic.ResourceInterface {
	if kind == Definitions {
		return person.client.Resource(kind)
	}
	return person.client.Resource(kind).Namespace(person.world.Namespace)
}

// Get reads an object.
func (person *Person) Get(kind Kind, name string) *Object {
	person.world.Helper()
	object, err := person.objects(kind).Get(person.world.Context(), name, metav1.GetOptions{})
	person.world.must(err)
	return object
}

// Exists says whether there is such an object.
func (person *Person) Exists(kind Kind, name string) bool {
	person.world.Helper()
	_, err := person.objects(kind).Get(person.world.Context(), name, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		person.world.must(err)
	}
	return err == nil
}

// Create makes an object from its spec; its name is the API server's to choose.
func (person *Person) Create(kind Kind, spec map[string]any) (*Object, error) {
	kinds := map[Kind]string{Templates: "CodeTemplate", Approvals: "TemplateApproval", Executions: "Execution"}
	object := &Object{Object: map[string]any{
		"apiVersion": kind.GroupVersion().String(),
		"kind":       kinds[kind],
		"metadata":   map[string]any{"generateName": prefix, "labels": map[string]any{Label: "yes"}},
		"spec":       spec,
	}}
	return person.Restore(kind, object)
}

// Restore creates an object as it is.
func (person *Person) Restore(kind Kind, object *Object) (*Object, error) {
	return person.objects(kind).Create(person.world.Context(), object, metav1.CreateOptions{})
}

// Delete deletes an object.
func (person *Person) Delete(kind Kind, name string) {
	person.world.Helper()
	person.world.must(person.objects(kind).Delete(person.world.Context(), name, metav1.DeleteOptions{}))
}

// Patch changes an object by a JSON merge patch, as `kubectl edit` does with what the person has changed.
func (person *Person) Patch(kind Kind, name, patch string) error {
	return person.PatchBy("kubectl-edit", kind, name, patch)
}

// PatchBy is Patch by another field manager.
func (person *Person) PatchBy(manager string, kind Kind, name, patch string) error {
	_, err := person.objects(kind).Patch(person.world.Context(), name, types.MergePatchType, []byte(patch),
		metav1.PatchOptions{FieldManager: manager})
	return err
}

// Approve approves a template as it is now: its digest and its authors as they stand there.
func (person *Person) Approve(template string) (*Object, error) {
	person.world.Helper()
	live := person.world.Observed(template)
	digest, _, _ := unstructured.NestedString(live.Object, "status", "digest")
	grant := map[string]any{
		"templateRef":    map[string]any{"name": template},
		"templateDigest": digest,
		"decision":       "Approved",
		"reason":         "Read it all.",
		"approvedBy":     map[string]any{"username": person.Username},
	}
	if authors, found, _ := unstructured.NestedSlice(live.Object, "spec", "authors"); found {
		grant["authors"] = authors
	}
	return person.Create(Approvals, map[string]any{"grant": grant})
}

// MustApprove approves and waits until the template says so.
func (person *Person) MustApprove(template string) *Object {
	person.world.Helper()
	approval, err := person.Approve(template)
	person.world.must(err)
	person.world.AwaitCondition(Templates, template, "Approved", "True", "Approved")
	return approval
}

// Run asks for a run of a template. It does not wait.
func (person *Person) Run(template string, inputs map[string]any) *Object {
	person.world.Helper()
	execution, err := person.Create(Executions, map[string]any{
		"templateRef": map[string]any{"name": template},
		"requestedBy": map[string]any{"username": person.Username},
		"inputs":      inputs,
	})
	person.world.must(err)
	return execution
}

// Condition is a condition of an object.
type Condition struct{ Status, Reason, Message string }

// ConditionOf reads a condition; one that was made from an earlier generation does not count.
func ConditionOf(object *Object, name string) (Condition, bool) {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, each := range conditions {
		condition, _ := each.(map[string]any)
		generation, _ := condition["observedGeneration"].(int64)
		if condition["type"] == name && generation >= object.GetGeneration() {
			text := func(key string) string { value, _ := condition[key].(string); return value }
			return Condition{text("status"), text("reason"), text("message")}, true
		}
	}
	return Condition{}, false
}

// AwaitCondition waits until a condition has that status and that reason.
func (world *World) AwaitCondition(kind Kind, name, condition, status, reason string) Condition {
	world.Helper()
	var is Condition
	world.Await(fmt.Sprintf("%s %s: %s=%s/%s", kind.Resource, name, condition, status, reason), func() error {
		object, err := world.Admin().objects(kind).Get(world.Context(), name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		var found bool
		if is, found = ConditionOf(object, condition); !found {
			return errors.New("there is no such condition of this generation")
		}
		if is.Status != status || is.Reason != reason {
			return fmt.Errorf("it is %s/%s: %s", is.Status, is.Reason, is.Message)
		}
		return nil
	})
	return is
}

// Observed is a template once the operator has looked at it as it is now.
func (world *World) Observed(template string) *Object {
	world.Helper()
	world.AwaitCondition(Templates, template, "Ready", "True", "Valid")
	return world.Admin().Get(Templates, template)
}

// Outcome waits until a run is over.
func (world *World) Outcome(execution *Object) Condition {
	world.Helper()
	var outcome Condition
	world.Await("the end of "+execution.GetName(), func() error {
		live := world.Admin().Get(Executions, execution.GetName())
		finished, found := ConditionOf(live, "Finished")
		if !found || finished.Status != "True" {
			return fmt.Errorf("Finished is %v", finished)
		}
		outcome, _ = ConditionOf(live, "Succeeded")
		return nil
	})
	return outcome
}

// Refused fails the test unless the error is a denial by exactly that rule of an admission policy, with a message that
// says what to do.
func (world *World) Refused(err error, rule, advice string) {
	world.Helper()
	if err == nil {
		world.Fatalf("was not refused; should be by [%s]", rule)
	}
	world.Told(err.Error(), "["+rule+"]", advice)
}

// Told fails the test unless the text holds all of the parts.
func (world *World) Told(text string, parts ...string) {
	world.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			world.Errorf("this does not hold %q:\n%s", part, text)
		}
	}
}

func names(list *unstructured.UnstructuredList) []string {
	var all []string
	if list != nil {
		for _, each := range list.Items {
			all = append(all, each.GetName())
		}
	}
	return all
}

// Digest is what the operator has published for a template as it is now.
func (world *World) Digest(template string) string {
	world.Helper()
	digest, _, _ := unstructured.NestedString(world.Observed(template).Object, "status", "digest")
	return digest
}
