package world

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"sigs.k8s.io/yaml"

	"countersign.dev/gitops/application"
)

// How long a sync may take: everything of it that is not waiting for a person.
const syncPatience = 60 * time.Second

// Examples are the names under which the templates of examples/ stand in Git; their own names belong to others.
var Examples = []string{prefix + "csv-statistics", prefix + "json-transform", prefix + "log-report"}

// Repository is a Git repository whose mistakes fail the test.
type Repository struct {
	*application.Repository
	world *World
}

// Repository has the templates of examples/ and the roles of the people and of the agent, committed.
func (world *World) Repository() *Repository {
	world.Helper()
	made, err := application.NewRepository(world.TempDir())
	world.must(err)
	repository := &Repository{made, world}
	for _, name := range Examples {
		example := strings.TrimPrefix(name, prefix)
		content, err := os.ReadFile(filepath.Join(root, "examples", example, "template.yaml"))
		world.must(err)
		repository.PutTemplate(name, string(content), nil)
	}
	repository.putRoles()
	repository.Commit("Templates and roles")
	return repository
}

// PutTemplate writes a template under that name, with annotations beside its own.
func (repository *Repository) PutTemplate(name, content string, annotations map[string]string) {
	repository.world.Helper()
	var template Object
	repository.world.must(yaml.Unmarshal([]byte(content), &template.Object))
	template.SetName(name)
	template.SetLabels(map[string]string{Label: "yes"})
	template.SetAnnotations(annotations)
	repository.Put(path(name), template.Object)
}

// Put writes an object to a file.
func (repository *Repository) Put(file string, object map[string]any) {
	repository.world.Helper()
	content, err := yaml.Marshal(object)
	repository.world.must(err)
	repository.world.must(repository.Write(file, string(content)))
}

// EditTemplate changes text of a template that occurs in it once.
func (repository *Repository) EditTemplate(name, old, new string) {
	repository.world.Helper()
	repository.world.must(repository.Edit(path(name), old, new))
}

// RemoveTemplate takes a template out of Git.
func (repository *Repository) RemoveTemplate(name string) {
	repository.world.Helper()
	repository.world.must(repository.Remove(path(name)))
}

// Commit commits what was changed.
func (repository *Repository) Commit(message string) {
	repository.world.Helper()
	repository.world.must(repository.Repository.Commit(message))
}

func path(template string) string { return "templates/" + template + ".yaml" }

func (repository *Repository) putRoles() {
	repository.world.Helper()
	for role, subject := range map[string]map[string]any{
		"author":   {"kind": "User", "name": Author},
		"approver": {"kind": "User", "name": Approver},
		"agent":    {"kind": "ServiceAccount", "name": agent, "namespace": repository.world.Namespace},
	} {
		if subject["kind"] == "User" {
			subject["apiGroup"] = "rbac.authorization.k8s.io"
		}
		repository.Put("roles/"+role+".yaml", map[string]any{
			"apiVersion": "rbac.authorization.k8s.io/v1",
			"kind":       "RoleBinding",
			"metadata":   map[string]any{"name": prefix + role, "labels": map[string]any{Label: "yes"}},
			"roleRef": map[string]any{
				"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "countersign-" + role,
			},
			"subjects": []any{subject},
		})
	}
}

// Application is an Application whose failures fail the test.
type Application struct {
	World *World
	*application.Application
}

// MustSync syncs, and fails the test unless all went well.
func (app *Application) MustSync(policy application.Policy) application.Operation {
	app.World.Helper()
	operation := app.Sync(policy)
	if operation.Phase != common.OperationSucceeded {
		app.World.Fatalf("the sync ended otherwise:\n%s", operation.Messages())
	}
	return operation
}

// Sync syncs, well or not; it takes at most a minute.
func (app *Application) Sync(policy application.Policy) application.Operation {
	app.World.Helper()
	return app.SyncFor(syncPatience, policy)
}

// SyncFor syncs and looks away after that time, finished or not.
func (app *Application) SyncFor(patience time.Duration, policy application.Policy) application.Operation {
	app.World.Helper()
	ctx, cancel := context.WithTimeout(app.World.Context(), patience)
	defer cancel()
	operation, err := app.Application.Sync(ctx, policy)
	app.World.must(err)
	return operation
}

// Drift are all differences, by every way of comparing.
func (app *Application) Drift() []string {
	app.World.Helper()
	var all []string
	for _, comparison := range application.Comparisons {
		differences, err := app.Differences(comparison)
		app.World.must(err)
		all = append(all, differences...)
	}
	return all
}

// AwaitSynced waits until no way of comparing finds a difference.
func (app *Application) AwaitSynced() {
	app.World.Helper()
	app.World.Await("no difference between Git and the cluster", func() error {
		if drift := app.Drift(); len(drift) > 0 {
			return fmt.Errorf("%s", strings.Join(drift, "\n"))
		}
		return nil
	})
}

// AwaitHealth waits until one template is shown with that health and a message that begins so.
func (app *Application) AwaitHealth(template, status, message string) {
	app.World.Helper()
	app.World.Await(template+" is "+status, func() error {
		_, all, err := app.Health()
		app.World.must(err)
		for _, each := range all {
			if each.Key.Name == template && each.Key.Kind == "CodeTemplate" {
				if string(each.Status) == status && strings.HasPrefix(each.Message, message) {
					return nil
				}
				return fmt.Errorf("it is %s: %s", each.Status, each.Message)
			}
		}
		return fmt.Errorf("it is not there")
	})
}
