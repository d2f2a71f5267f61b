package ours

import (
	"context"
	"fmt"
	"time"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"

	"countersign.dev/benchmarks/internal/kube"
)

// Echo is, by language, code that gives back one line of its stdin: what is measured is everything but the code.
var Echo = map[string]string{
	"Python":     "print(input())\n",
	"JavaScript": "console.log(require('node:fs').readFileSync(0, 'utf8').trim());\n",
	"Bash":       "read -r line\necho \"$line\"\n",
}

// Shape is what a template asks for of a sandbox beside its language.
type Shape struct {
	// Memory and Disk are quantities of limit classes, so that the sandbox is as large as they say.
	Memory, Disk string
}

// Approved makes a template of the author and the approver's approval of it, and waits until that counts.
func (d *Department) Approved(ctx context.Context, author, approver *kube.Caller, name, language string, shape Shape,
) error {
	template := d.object("CodeTemplate", name, map[string]any{
		"description": "Gives back a line: for a benchmark.",
		"language":    language,
		"code":        Echo[language],
		"inputs":      map[string]any{"schema": map[string]any{"type": "object"}},
		"limits":      map[string]any{"memory": shape.Memory, "disk": shape.Disk},
		// Stated, because only newer clusters have a policy that fills it in.
		"authors": []any{map[string]any{"username": author.Username}},
	})
	templates := author.Dynamic.Resource(Templates).Namespace(d.Namespace)
	if _, err := templates.Create(ctx, template, meta.CreateOptions{}); err != nil {
		return fmt.Errorf("creating template %s: %w", name, err)
	}
	var digest string
	var authors []any
	if err := d.until(ctx, name, func(now *unstructured.Unstructured) bool {
		digest, _, _ = unstructured.NestedString(now.Object, "status", "digest")
		authors, _, _ = unstructured.NestedSlice(now.Object, "spec", "authors")
		return digest != ""
	}); err != nil {
		return fmt.Errorf("template %s has no digest: %w", name, err)
	}
	approval := d.object("TemplateApproval", name, map[string]any{"grant": map[string]any{
		"templateRef":    map[string]any{"name": name},
		"templateDigest": digest,
		"decision":       "Approved",
		"authors":        authors,
		"reason":         "Gives back a line, nothing else.",
		"approvedBy":     map[string]any{"username": approver.Username},
	}})
	approvals := approver.Dynamic.Resource(TemplateApprovals).Namespace(d.Namespace)
	if _, err := approvals.Create(ctx, approval, meta.CreateOptions{}); err != nil {
		return fmt.Errorf("approving template %s: %w", name, err)
	}
	if err := d.until(ctx, name, isApproved); err != nil {
		return fmt.Errorf("template %s is not approved: %w", name, err)
	}
	return nil
}

func isApproved(template *unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(template.Object, "status", "conditions")
	for _, each := range conditions {
		if condition, ok := each.(map[string]any); ok && condition["type"] == "Approved" {
			return condition["status"] == "True"
		}
	}
	return false
}

func (d *Department) object(kind, name string, spec map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "countersign.dev/v1alpha1",
		"kind":       kind,
		"metadata":   map[string]any{"name": name, "labels": map[string]any{kube.Label: d.Run}},
		"spec":       spec,
	}}
}

// Not on any measured path, so asking again and again does no harm.
func (d *Department) until(ctx context.Context, template string, holds func(*unstructured.Unstructured) bool) error {
	templates := d.Administrator.Dynamic.Resource(Templates).Namespace(d.Namespace)
	return wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true,
		func(ctx context.Context) (bool, error) {
			now, err := templates.Get(ctx, template, meta.GetOptions{})
			return err == nil && holds(now), nil
		})
}

// Close deletes all that the run made in the department and waits, at most a minute, until the Executions are gone.
func (d *Department) Close(ctx context.Context) error {
	selector := meta.ListOptions{LabelSelector: kube.Label + "=" + d.Run}
	for _, each := range []struct{ delete func() error }{
		{func() error {
			return d.Administrator.Dynamic.Resource(Executions).Namespace(d.Namespace).
				DeleteCollection(ctx, meta.DeleteOptions{}, selector)
		}},
		{func() error {
			return d.Administrator.Dynamic.Resource(TemplateApprovals).Namespace(d.Namespace).
				DeleteCollection(ctx, meta.DeleteOptions{}, selector)
		}},
		{func() error {
			return d.Administrator.Dynamic.Resource(Templates).Namespace(d.Namespace).
				DeleteCollection(ctx, meta.DeleteOptions{}, selector)
		}},
		{func() error {
			return d.Administrator.Typed.RbacV1().RoleBindings(d.Namespace).
				DeleteCollection(ctx, meta.DeleteOptions{}, selector)
		}},
		{func() error {
			return d.Administrator.Typed.CoreV1().ServiceAccounts(d.Namespace).
				DeleteCollection(ctx, meta.DeleteOptions{}, selector)
		}},
	} {
		if err := each.delete(); err != nil {
			return err
		}
	}
	executions := d.Administrator.Dynamic.Resource(Executions).Namespace(d.Namespace)
	return wait.PollUntilContextTimeout(ctx, 500*time.Millisecond, time.Minute, true,
		func(ctx context.Context) (bool, error) {
			left, err := executions.List(ctx, selector)
			return err == nil && len(left.Items) == 0, err
		})
}
