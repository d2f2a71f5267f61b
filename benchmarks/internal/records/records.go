// Package records makes finished Executions that never ran, as many as a cluster has after weeks of work: what an operator
// does with them is to keep them in mind until their time is up.
package records

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	apps "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"countersign.dev/benchmarks/internal/kube"
	"countersign.dev/benchmarks/internal/ours"
)

const (
	namespace  = "finance"
	label      = kube.Label + "=records"
	system     = "countersign-system"
	deployment = "countersign-operator"
	// Whose statuses admission takes. The operator is away meanwhile, or it would run them.
	operator = "system:serviceaccount:" + system + ":" + deployment
	writers  = 16
	// Half of the results are small, half large: 4 KiB and 64 KiB of output.
	small, large = 4 << 10, 64 << 10
	// Longer than any benchmark.
	keepSeconds = 24 * 3600
)

// Fill makes them, with the operator stopped, and starts it again. It tells how long that start took, until it is ready.
func Fill(ctx context.Context, administrator *kube.Caller, count int, say func(string, ...any)) error {
	author, err := administrator.As(operator)
	if err != nil {
		return err
	}
	agent, err := administrator.Agent(ctx, namespace, "bench-records", "records")
	if err != nil {
		return err
	}
	replicas, err := stop(ctx, administrator)
	if err != nil {
		return err
	}
	began := time.Now()
	failed := fill(ctx, agent, author, count, say)
	say("%d finished Executions in %.0f s", count, time.Since(began).Seconds())
	began = time.Now()
	if err := start(context.WithoutCancel(ctx), administrator, replicas); err != nil {
		return err
	}
	say("the operator is ready %.1f s after it was asked to start", time.Since(began).Seconds())
	return failed
}

func fill(ctx context.Context, agent, author *kube.Caller, count int, say func(string, ...any)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for number := next.Add(1); number <= int64(count) && ctx.Err() == nil; number = next.Add(1) {
				if err := one(ctx, agent, author, int(number)); err != nil {
					stop(err)
				}
				if number%1000 == 0 {
					say("%d", number)
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

func one(ctx context.Context, agent, author *kube.Caller, number int) error {
	name := fmt.Sprintf("record-%05d", number)
	execution := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "countersign.dev/v1alpha1",
		"kind":       "Execution",
		"metadata":   map[string]any{"name": name, "labels": map[string]any{kube.Label: "records"}},
		"spec": map[string]any{
			"templateRef":             map[string]any{"name": "records"},
			"reasoning":               "A record.",
			"requestedBy":             map[string]any{"username": agent.Username},
			"ttlSecondsAfterFinished": int64(keepSeconds),
		},
	}}
	_, err := agent.Dynamic.Resource(ours.Executions).Namespace(namespace).Create(ctx, execution, meta.CreateOptions{})
	if err != nil && !errors.IsAlreadyExists(err) {
		return fmt.Errorf("creating %s: %w", name, err)
	}
	size := small
	if number%2 == 0 {
		size = large
	}
	patch, err := json.Marshal(map[string]any{"status": status(size, time.Now().UTC())})
	if err != nil {
		return err
	}
	_, err = author.Dynamic.Resource(ours.Executions).Namespace(namespace).
		Patch(ctx, name, types.MergePatchType, patch, meta.PatchOptions{}, "status")
	if err != nil {
		return fmt.Errorf("status of %s: %w", name, err)
	}
	return nil
}

func status(size int, now time.Time) map[string]any {
	at := now.Format(time.RFC3339)
	condition := func(kind, reason string) map[string]any {
		return map[string]any{
			"type": kind, "status": "True", "reason": reason, "message": "", "observedGeneration": 1, "lastTransitionTime": at,
		}
	}
	return map[string]any{
		"observedGeneration": 1, "attempt": 1, "startTime": at, "completionTime": at,
		"result": map[string]any{"exitCode": 0, "stdout": strings.Repeat("0123456789abcde\n", size/16)},
		"conditions": []any{
			condition("Authorized", "Approved"), condition("Succeeded", "Completed"), condition("Finished", "Completed"),
		},
	}
}

// Clear deletes them and waits until the operator has let all of them go, which takes a record in its log for each.
func Clear(ctx context.Context, administrator *kube.Caller) error {
	executions := administrator.Dynamic.Resource(ours.Executions).Namespace(namespace)
	err := executions.DeleteCollection(ctx, meta.DeleteOptions{}, meta.ListOptions{LabelSelector: label})
	if err != nil {
		return err
	}
	return wait.PollUntilContextTimeout(ctx, 2*time.Second, 20*time.Minute, true, func(ctx context.Context) (bool, error) {
		left, err := executions.List(ctx, meta.ListOptions{LabelSelector: label, Limit: 1})
		return err == nil && len(left.Items) == 0, nil
	})
}

func stop(ctx context.Context, administrator *kube.Caller) (replicas int32, err error) {
	scale, err := administrator.Typed.AppsV1().Deployments(system).GetScale(ctx, deployment, meta.GetOptions{})
	if err != nil {
		return 0, err
	}
	replicas = scale.Spec.Replicas
	scale.Spec.Replicas = 0
	if _, err := administrator.Typed.AppsV1().Deployments(system).
		UpdateScale(ctx, deployment, scale, meta.UpdateOptions{}); err != nil {
		return replicas, err
	}
	return replicas, until(ctx, administrator, func(now *apps.Deployment) bool { return now.Status.Replicas == 0 })
}

func start(ctx context.Context, administrator *kube.Caller, replicas int32) error {
	scale, err := administrator.Typed.AppsV1().Deployments(system).GetScale(ctx, deployment, meta.GetOptions{})
	if err != nil {
		return err
	}
	scale.Spec.Replicas = replicas
	if _, err := administrator.Typed.AppsV1().Deployments(system).
		UpdateScale(ctx, deployment, scale, meta.UpdateOptions{}); err != nil {
		return err
	}
	return until(ctx, administrator, func(now *apps.Deployment) bool { return now.Status.ReadyReplicas == replicas })
}

func until(ctx context.Context, administrator *kube.Caller, reached func(*apps.Deployment) bool) error {
	return wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, 3*time.Minute, true,
		func(ctx context.Context) (bool, error) {
			now, err := administrator.Typed.AppsV1().Deployments(system).Get(ctx, deployment, meta.GetOptions{})
			return err == nil && reached(now), nil
		})
}
