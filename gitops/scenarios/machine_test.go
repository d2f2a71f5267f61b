package scenarios

import (
	"testing"

	"countersign.dev/gitops/application"
	"countersign.dev/gitops/world"
)

// The controller may do everything, the verb `approve` included, and yet approves nothing.
func TestControllerNeverApproves(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	app := w.Application(repository)
	app.MustSync(application.Policy{})
	template := world.Examples[0]
	digest := digestOf(w.Observed(template))
	controller := w.Controller()

	for name, each := range map[string]struct {
		approvedBy   map[string]any
		rule, advice string
	}{
		"in its own name":       {map[string]any{"username": controller.Username}, "machines-never-approve", "a person must send this"},
		"in a person's name":    {map[string]any{"username": world.Approver}, "approver-is-caller", "must be you"},
		"in nobody's name":      {nil, "machines-never-approve", "a person must send this"},
		"in an invented person": {map[string]any{"username": "root"}, "approver-is-caller", "must be you"},
	} {
		t.Run(name, func(t *testing.T) {
			w := world.World{T: t}
			grant := map[string]any{
				"templateRef":    map[string]any{"name": template},
				"templateDigest": digest,
				"decision":       "Approved",
			}
			if each.approvedBy != nil {
				grant["approvedBy"] = each.approvedBy
			}
			_, err := controller.Create(world.Approvals, map[string]any{"grant": grant})
			w.Refused(err, each.rule, each.advice)
		})
	}

	// An approval in Git: the sync says why it is none.
	for name, policy := range policies {
		for approver, rule := range map[string]string{
			world.Approver:      "[approver-is-caller]",
			controller.Username: "[machines-never-approve]",
		} {
			repository.Put("approval.yaml", approvalInGit(template, digest, approver))
			repository.Commit("An approval by " + approver + ", " + name)
			operation := app.Sync(policy)
			if operation.Phase.Successful() {
				t.Errorf("%s: an approval came from Git", name)
			}
			w.Told(operation.Messages(), rule)
		}
	}
	if condition, _ := world.ConditionOf(w.Observed(template), "Approved"); condition.Status != "False" {
		t.Errorf("the template is approved: %v", condition)
	}
}

// Nor does it ask for runs in an agent's name, nor from Git as a hook: Argo CD marks hooks by a finalizer of its own.
func TestControllerAsksForNoRuns(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	app := w.Application(repository)
	app.MustSync(application.Policy{})
	template := world.Examples[2]
	_, err := w.Controller().Create(world.Executions, map[string]any{
		"templateRef": map[string]any{"name": template},
		"requestedBy": map[string]any{"username": w.Agent().Username},
	})
	w.Refused(err, "requester-is-caller", "must be you")

	repository.Put("hook.yaml", map[string]any{
		"apiVersion": "countersign.dev/v1alpha1",
		"kind":       "Execution",
		"metadata": map[string]any{
			"generateName": "gitops-hook-",
			"labels":       map[string]any{world.Label: "yes"},
			"annotations":  map[string]any{"argocd.argoproj.io/hook": "PostSync"},
		},
		"spec": map[string]any{
			"templateRef": map[string]any{"name": template},
			"requestedBy": map[string]any{"username": w.Controller().Username},
		},
	})
	repository.Commit("A run after each sync")
	operation := app.Sync(application.Policy{})
	if operation.Phase.Successful() {
		t.Error("a hook has asked for a run")
	}
	w.Told(operation.Messages(), "[no-foreign-finalizers]", "must be left empty")
}

func approvalInGit(template, digest, approver string) map[string]any {
	return map[string]any{
		"apiVersion": "countersign.dev/v1alpha1",
		"kind":       "TemplateApproval",
		"metadata":   map[string]any{"name": "gitops-approval", "labels": map[string]any{world.Label: "yes"}},
		"spec": map[string]any{"grant": map[string]any{
			"templateRef":    map[string]any{"name": template},
			"templateDigest": digest,
			"decision":       "Approved",
			"approvedBy":     map[string]any{"username": approver},
		}},
	}
}
