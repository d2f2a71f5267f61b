// Package application is what an Application is in Argo CD, over the same engine: a Git repository, kept in sync with
// a cluster by one identity.
//
// It does as Argo CD's controller does: objects are tracked by annotation; a sync takes one step at a time, each on a
// fresh look at the cluster; live objects come from a watch of everything; a status is never compared.
package application

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"

	checks "countersign.dev/gitops/health"
)

const (
	// Manager is Argo CD's field manager.
	Manager = "argocd-controller"
	// SyncOptions is the annotation of an object that says how Argo CD treats it.
	SyncOptions = common.AnnotationSyncOptions
	// SyncWave is the annotation that says in which order a sync applies objects.
	SyncWave = common.AnnotationSyncWave

	trackingID = "argocd.argoproj.io/tracking-id"
	// Between two steps of a sync; each looks at the cluster again.
	step = 300 * time.Millisecond
)

// Application keeps one namespace like a Repository.
type Application struct {
	name       string
	namespace  string
	repository *Repository
	config     *rest.Config
	override   health.HealthOverride
	kubectl    kube.Kubectl
	cluster    cache.ClusterCache
}

// Policy are the sync options of an Application.
type Policy struct {
	ServerSideApply bool
	// KeepClientSideManagers is ClientSideApplyMigration=false: what people did with `kubectl apply` stays theirs.
	KeepClientSideManagers bool
	Replace                bool
	Prune                  bool
	// PruneOption is the Application's Prune=..., for objects without one of their own.
	PruneOption string
	// PruneConfirmed is a person's answer to Prune=confirm.
	PruneConfirmed bool
}

// Operation is how a sync ended, or where it stood when its time was over.
type Operation struct {
	Phase   common.OperationPhase
	Message string
	Results []common.ResourceSyncResult
}

// Messages are the messages of all objects, one in a line.
func (operation Operation) Messages() string {
	lines := []string{fmt.Sprintf("%s: %s", operation.Phase, operation.Message)}
	for _, each := range operation.Results {
		lines = append(lines, fmt.Sprintf("%s: %s %s: %s", each.ResourceKey.String(), each.Status, each.HookPhase, each.Message))
	}
	return strings.Join(lines, "\n")
}

// Open starts to watch the cluster as whoever config is. Close ends it.
func Open(config *rest.Config, name, namespace string, repository *Repository, override health.HealthOverride) (
	*Application, error,
) {
	log := logr.Discard()
	application := &Application{
		name:       name,
		namespace:  namespace,
		repository: repository,
		config:     config,
		override:   override,
		kubectl:    &kube.KubectlCmd{Log: log, Tracer: tracing.NopTracer{}},
	}
	application.cluster = cache.NewClusterCache(config,
		cache.SetLogr(log),
		cache.SetKubectl(application.kubectl),
		cache.SetSettings(cache.Settings{
			ResourceHealthOverride: override,
			ResourcesFilter:        cache.NewNoopSettings(),
		}),
		cache.SetPopulateResourceInfoHandler(func(object *unstructured.Unstructured, _ bool) (any, bool) {
			mine := object.GetAnnotations()[trackingID] == application.tracking(object)
			return mine, mine
		}))
	if err := application.cluster.EnsureSynced(); err != nil {
		return nil, err
	}
	return application, nil
}

// Close ends the watch.
func (application *Application) Close() {
	application.cluster.Invalidate()
}

// Checks make Argo CD's health checks of our kinds an override of the engine, as argocd-cm does.
type Checks struct{ checks.Checks }

// GetResourceHealth has no verdict for objects of other groups; the engine's own checks then decide.
func (override Checks) GetResourceHealth(object *unstructured.Unstructured) (*health.HealthStatus, error) {
	verdict, err := override.Judge(object.Object)
	if err != nil || verdict == nil {
		return nil, err
	}
	return &health.HealthStatus{Status: health.HealthStatusCode(verdict.Status), Message: verdict.Message}, nil
}

// Sync brings the cluster to the last commit. When the context ends first, the operation is still running; it is left
// as it is, as by a person who looks away.
func (application *Application) Sync(ctx context.Context, policy Policy) (Operation, error) {
	operation := Operation{Phase: common.OperationRunning}
	started := metav1.Now()
	for {
		if err := application.advance(&operation, policy, started); err != nil {
			return operation, err
		}
		if operation.Phase.Completed() {
			return operation, nil
		}
		select {
		case <-ctx.Done():
			return operation, nil
		case <-time.After(step):
		}
	}
}

// advance takes one step of a sync.
func (application *Application) advance(operation *Operation, policy Policy, started metav1.Time) error {
	state, err := application.observe()
	if err != nil {
		return err
	}
	options := []sync.SyncOpt{
		sync.WithLogr(logr.Discard()),
		sync.WithHealthOverride(application.override),
		sync.WithInitialState(operation.Phase, operation.Message, operation.Results, started),
		sync.WithPrune(policy.Prune),
		sync.WithPruneConfirmed(policy.PruneConfirmed),
		sync.WithReplace(policy.Replace),
		sync.WithServerSideApply(policy.ServerSideApply),
		sync.WithServerSideApplyManager(Manager),
		sync.WithClientSideApplyMigration(!policy.KeepClientSideManagers, common.DefaultClientSideApplyMigrationManager),
	}
	if policy.PruneOption != "" {
		options = append(options, sync.WithDefaultPruneOption(&policy.PruneOption))
	}
	steps, cleanup, err := sync.NewSyncContext(
		state.revision, state.ReconciliationResult, application.config, application.config, application.kubectl,
		application.namespace, options...)
	if err != nil {
		return err
	}
	defer cleanup()
	steps.Sync()
	operation.Phase, operation.Message, operation.Results = steps.GetState()
	return nil
}

// Managed is the health of one object, as Argo CD shows it.
type Managed struct {
	Key     kube.ResourceKey
	Status  health.HealthStatusCode
	Message string
}

// Health is the health of every object of the Application that has one, and the worst of them, which is the
// Application's own.
func (application *Application) Health() (health.HealthStatusCode, []Managed, error) {
	state, err := application.observe()
	if err != nil {
		return "", nil, err
	}
	worst := health.HealthStatusHealthy
	var all []Managed
	for i, live := range state.Live {
		each := Managed{Status: health.HealthStatusMissing}
		if live == nil {
			each.Key = kube.GetResourceKey(state.Target[i])
		} else {
			status, err := health.GetResourceHealth(live, application.override)
			if err != nil {
				return "", nil, err
			}
			if status == nil {
				continue
			}
			each = Managed{kube.GetResourceKey(live), status.Status, status.Message}
		}
		if health.IsWorse(worst, each.Status) {
			worst = each.Status
		}
		all = append(all, each)
	}
	slices.SortFunc(all, func(a, b Managed) int { return strings.Compare(a.Key.String(), b.Key.String()) })
	return worst, all, nil
}

type observed struct {
	sync.ReconciliationResult
	revision string
}

// observe pairs what the last commit says with what the cluster has; what only the cluster has is there to prune.
func (application *Application) observe() (observed, error) {
	targets, revision, err := application.repository.Manifests()
	if err != nil {
		return observed{}, err
	}
	for _, target := range targets {
		if target.GetNamespace() == "" {
			target.SetNamespace(application.namespace)
		}
		annotations := target.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[trackingID] = application.tracking(target)
		target.SetAnnotations(annotations)
	}
	live, err := application.cluster.GetManagedLiveObjs(targets, func(resource *cache.Resource) bool {
		mine, _ := resource.Info.(bool)
		return mine
	})
	if err != nil {
		return observed{}, err
	}
	return observed{sync.Reconcile(targets, live, application.namespace, application.cluster), revision}, nil
}

func (application *Application) tracking(object *unstructured.Unstructured) string {
	kind := object.GroupVersionKind()
	return fmt.Sprintf("%s:%s/%s:%s/%s",
		application.name, kind.Group, kind.Kind, object.GetNamespace(), object.GetName())
}
