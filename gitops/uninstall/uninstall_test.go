// Package uninstall takes Countersign off the cluster and puts it back. Nothing else must use the cluster meanwhile.
package uninstall

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"countersign.dev/gitops/application"
	"countersign.dev/gitops/world"
)

const (
	release   = "countersign"
	namespace = "countersign-system"
	chart     = "../../helm/countersign"
	bound     = 60 * time.Second
	// What the guard allows for clocks, and for API servers that are slow to take a policy up; a second for rounding.
	margin = 6 * time.Second
)

// What stands in Git and what people have decided outlives the chart; what was slipped in while nothing guarded
// approvals counts for nothing when the chart is back.
func TestUninstallKeepsWhatPeopleDecided(t *testing.T) {
	w := world.Enter(t)
	repository := w.Repository()
	app := w.Application(repository)
	policy := application.Policy{ServerSideApply: true}
	app.MustSync(policy)
	approved, changed, forged := world.Examples[0], world.Examples[1], world.Examples[2]
	approval := w.As(world.Approver).MustApprove(approved)
	digest := w.Digest(forged)

	values := filepath.Join(t.TempDir(), "values.yaml")
	content := helm(t, "get", "values", release, "--namespace", namespace, "--output", "yaml")
	if err := os.WriteFile(values, content, 0o600); err != nil {
		t.Fatal(err)
	}
	installed := true
	install := func() {
		if !installed {
			helm(t, "install", release, chart, "--namespace", namespace, "--values", values, "--wait", "--timeout", "180s")
			installed = true
		}
	}
	// Before the clean-up of the world, which needs the operator for its finalizers.
	t.Cleanup(install)
	installed = false
	began := time.Now()
	helm(t, "uninstall", release, "--namespace", namespace, "--wait", "--timeout", "120s")
	if took := time.Since(began); took > bound {
		t.Errorf("uninstalling took %s", took)
	}

	for _, kind := range []string{"codetemplates", "templateapprovals", "executions", "executionapprovals"} {
		if !w.Admin().Exists(world.Definitions, kind+".countersign.dev") {
			t.Fatalf("the CRD of %s is gone, and all its objects with it", kind)
		}
	}
	for _, template := range world.Examples {
		w.Admin().Get(world.Templates, template)
	}
	w.Admin().Get(world.Approvals, approval.GetName())
	app.AwaitSynced()
	repository.EditTemplate(changed, "\nspec:\n", "\nspec:\n  retries: 1\n")
	repository.Commit("Again")
	app.MustSync(policy)
	app.AwaitHealth(changed, "Progressing", "waiting for the operator to look at the change")

	// Now nobody asks who writes an approval, once the API server has heard that the policies are gone.
	var slipped *world.Object
	w.Await("an approval that nobody guards", func() (err error) {
		slipped, err = w.Controller().Create(world.Approvals, map[string]any{"grant": map[string]any{
			"templateRef":    map[string]any{"name": forged},
			"templateDigest": digest,
			"decision":       "Approved",
			"approvedBy":     map[string]any{"username": world.Approver},
		}})
		return err
	})

	install()
	w.AwaitCondition(world.Templates, changed, "Approved", "False", "NotApproved")
	w.AwaitCondition(world.Approvals, slipped.GetName(), "Ready", "False", "GuardGap")
	w.AwaitCondition(world.Templates, forged, "Approved", "False", "GuardGap")
	w.AwaitCondition(world.Templates, approved, "Approved", "True", "Approved")
	// Who approves sooner after the policies' creation is told to approve again.
	time.Sleep(margin)
	w.As(world.Approver).MustApprove(forged)
}

func helm(t *testing.T, arguments ...string) []byte {
	t.Helper()
	program := os.Getenv("HELM")
	if program == "" {
		program = "helm"
	}
	command := exec.Command(program, arguments...)
	output, err := command.Output()
	if err != nil {
		problems := ""
		if exit, ok := err.(*exec.ExitError); ok {
			problems = string(exit.Stderr)
		}
		t.Fatalf("helm %v: %v\n%s%s", arguments, err, output, problems)
	}
	return output
}
