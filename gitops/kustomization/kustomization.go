// Package kustomization is what a Kustomization is in Flux, over the same engine: github.com/fluxcd/pkg/ssa, with the
// settings of kustomize-controller.
package kustomization

import (
	"context"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/pkg/ssa"
	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"countersign.dev/gitops/application"
)

const (
	// SSA is the annotation of an object that says how Flux applies it; Merge leaves to others what others have set.
	SSA = "kustomize.toolkit.fluxcd.io/ssa"

	manager = "kustomize-controller"
	group   = "kustomize.toolkit.fluxcd.io"
)

// Kustomization keeps one namespace like a Repository.
type Kustomization struct {
	name       string
	namespace  string
	repository *application.Repository
	resources  *ssa.ResourceManager
}

// Open makes one that acts as whoever config is.
func Open(config *rest.Config, name, namespace string, repository *application.Repository) (*Kustomization, error) {
	log.SetLogger(logr.Discard())
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	mapper, err := apiutil.NewDynamicRESTMapper(config, httpClient)
	if err != nil {
		return nil, err
	}
	kube, err := client.New(config, client.Options{HTTPClient: httpClient, Mapper: mapper})
	if err != nil {
		return nil, err
	}
	resources := ssa.NewResourceManager(kube, polling.NewStatusPoller(kube, mapper, polling.Options{}),
		ssa.Owner{Field: manager, Group: group})
	return &Kustomization{name, namespace, repository, resources}, nil
}

// Reconcile applies the last commit. It says what it did to which object: created, configured or unchanged.
func (kustomization *Kustomization) Reconcile(ctx context.Context) (map[string]string, error) {
	objects, err := kustomization.objects()
	if err != nil {
		return nil, err
	}
	options := ssa.DefaultApplyOptions()
	options.Cleanup = ssa.ApplyCleanupOptions{
		Annotations:   []string{corev1.LastAppliedConfigAnnotation},
		FieldManagers: takenOver(),
		Exclusions:    map[string]string{SSA: "Merge"},
	}
	changes, err := kustomization.resources.ApplyAllStaged(ctx, objects, options)
	if err != nil {
		return nil, err
	}
	actions := map[string]string{}
	for _, each := range changes.Entries {
		actions[each.ObjMetadata.Name] = each.Action.String()
	}
	return actions, nil
}

// takenOver are the field managers whose fields Flux makes its own, by prefix: by them it finds what people did with
// kubectl, `kubectl edit` and `kubectl patch` included, and undoes what is not in Git.
func takenOver() []ssa.FieldManager {
	return []ssa.FieldManager{
		{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationApply},
		{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationUpdate},
		{Name: "before-first-apply", OperationType: metav1.ManagedFieldsOperationUpdate},
		{Name: manager, OperationType: metav1.ManagedFieldsOperationUpdate},
	}
}

// Wait is `wait: true`: it returns once all objects of the last commit are Current by kstatus, and fails when one has
// failed or the time is over.
func (kustomization *Kustomization) Wait(timeout time.Duration) error {
	objects, err := kustomization.objects()
	if err != nil {
		return err
	}
	return kustomization.resources.Wait(objects,
		ssa.WaitOptions{Interval: time.Second, Timeout: timeout, FailFast: true})
}

func (kustomization *Kustomization) objects() ([]*unstructured.Unstructured, error) {
	objects, _, err := kustomization.repository.Manifests()
	if err != nil {
		return nil, err
	}
	for _, object := range objects {
		if object.GetNamespace() == "" {
			object.SetNamespace(kustomization.namespace)
		}
	}
	kustomization.resources.SetOwnerLabels(objects, kustomization.name, kustomization.namespace)
	return objects, nil
}
