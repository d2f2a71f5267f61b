// Package scenarios plays what happens to Countersign's objects under a GitOps controller, on a cluster.
package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"countersign.dev/gitops/application"
	"countersign.dev/gitops/world"
)

// The two ways to apply; what holds must hold under both.
var policies = map[string]application.Policy{
	"client-side apply": {Prune: true},
	"server-side apply": {Prune: true, ServerSideApply: true},
}

// A sync that meets templates which nobody has approved succeeds, and shows them healthy; what waits is in the message.
func TestSyncWaitsForNobody(t *testing.T) {
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			w := world.Enter(t)
			app := w.Application(w.Repository())
			app.MustSync(policy)
			for _, template := range world.Examples {
				w.AwaitCondition(world.Templates, template, "Approved", "False", "NotApproved")
				app.AwaitHealth(template, "Healthy", "awaiting approval (NotApproved): ")
			}
			if worst, all, err := app.Health(); err != nil || worst != health.HealthStatusHealthy {
				t.Errorf("the application is %s: %v %v", worst, all, err)
			}
			w.As(world.Approver).MustApprove(world.Examples[0])
			app.AwaitHealth(world.Examples[0], "Healthy", "TemplateApproval ")
		})
	}
}

// In sync waves the engine waits until what it has applied is healthy, before it goes on. It waits for the operator's
// digest, and for no person: neither for the one who has not approved nor for the one who has revoked.
func TestWavesWaitForNobody(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	putLater(repository, "1")
	app := w.Application(repository)
	app.MustSync(application.Policy{})

	approver := w.As(world.Approver)
	approval := approver.MustApprove(world.Examples[0])
	revoke(t, approver, approval.GetName())
	w.AwaitCondition(world.Templates, world.Examples[0], "Approved", "False", "ApprovalRevoked")
	repository.EditTemplate(world.Examples[0], "Statistics of one CSV file:", "Numbers of one CSV file:")
	putLater(repository, "2")
	app.MustSync(application.Policy{})
	app.AwaitHealth(world.Examples[0], "Healthy", "awaiting approval (ApprovalRevoked): ")
}

// What would happen if the checks called a template that waits for a person Suspended: the sync never ends.
func TestSuspendedWouldHoldUpTheSync(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	putLater(repository, "1")
	opened, err := application.Open(
		w.Controller().Config, "countersign", w.Namespace, repository.Repository, suspended{w.Checks()})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	app := &world.Application{World: w, Application: opened}
	operation := app.SyncFor(10*time.Second, application.Policy{})
	if operation.Phase != common.OperationRunning {
		t.Errorf("ended as %s", operation.Messages())
	}
	w.Told(operation.Message, "waiting for healthy state of countersign.dev/CodeTemplate/")
}

type suspended struct{ application.Checks }

func (override suspended) GetResourceHealth(object *unstructured.Unstructured) (*health.HealthStatus, error) {
	status, err := override.Checks.GetResourceHealth(object)
	if status != nil && status.Status == health.HealthStatusHealthy {
		status.Status = health.HealthStatusSuspended
	}
	return status, err
}

// putLater commits something that is applied after the templates.
func putLater(repository *world.Repository, value string) {
	repository.Put("later.yaml", map[string]any{
		"apiVersion": "v1",
		"kind":       "ConfigMap",
		"metadata": map[string]any{
			"name":        "gitops-later",
			"labels":      map[string]any{world.Label: "yes"},
			"annotations": map[string]any{application.SyncWave: "1"},
		},
		"data": map[string]any{"value": value},
	})
	repository.Commit("Later " + value)
}

func revoke(t *testing.T, approver *world.Person, approval string) {
	t.Helper()
	patch := fmt.Sprintf(`{"spec": {"revocation": {"revokedBy": {"username": %q}, "reason": "a test"}}}`,
		approver.Username)
	if err := approver.Patch(world.Approvals, approval, patch); err != nil {
		t.Fatal(err)
	}
}
