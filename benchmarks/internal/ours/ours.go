// Package ours runs code through Countersign as an agent does: an Execution of an approved template, its end seen by a
// watch.
package ours

import (
	"context"
	"fmt"
	"time"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"countersign.dev/benchmarks/internal/kube"
)

func resource(name string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "countersign.dev", Version: "v1alpha1", Resource: name}
}

// Resources of Countersign.
var (
	Executions        = resource("executions")
	Templates         = resource("codetemplates")
	TemplateApprovals = resource("templateapprovals")
)

// Starts that an operator with pools tells of; one without tells none.
const (
	Warm    = "Warm"
	Unknown = "unknown"
)

// Department is a namespace of agents, and one run of the benchmark in it.
type Department struct {
	Namespace string
	// Run is the value of kube.Label on all that is made.
	Run           string
	Administrator *kube.Caller
	seen          *kube.Follower
}

// Open begins to watch the Executions of this run.
func Open(ctx context.Context, administrator *kube.Caller, namespace, run string) (*Department, error) {
	executions := administrator.Dynamic.Resource(Executions).Namespace(namespace)
	seen, err := kube.Follow(ctx, kube.Label+"="+run, kube.ByName, executions.List, executions.Watch)
	if err != nil {
		return nil, fmt.Errorf("watching Executions: %w", err)
	}
	return &Department{Namespace: namespace, Run: run, Administrator: administrator, seen: seen}, nil
}

// Sample is one run that succeeded.
type Sample struct {
	// Sent is just before the create request, Answered after its answer, Seen when the watch showed the result.
	Sent, Answered, Seen time.Time
	// Start is how the run came by its sandbox.
	Start string
}

// Answer waits for the result of one line of text that the code is to give back, so that another run's result or none
// would be noticed.
func (d *Department) Answer(ctx context.Context, agent *kube.Caller, template, name, text string) (Sample, error) {
	return d.AnswerTelling(ctx, agent, template, name, text, func() {})
}

// AnswerTelling is Answer, and tells when the Execution is created.
func (d *Department) AnswerTelling(ctx context.Context, agent *kube.Caller, template, name, text string, created func(),
) (Sample, error) {
	ends := make(chan finished, 1)
	stop := d.seen.Await(name, func(_ watch.EventType, object runtime.Object) {
		if end, ok := finishedOf(object.(*unstructured.Unstructured)); ok {
			select {
			case ends <- end:
			default:
			}
		}
	})
	defer stop()
	execution := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "countersign.dev/v1alpha1",
		"kind":       "Execution",
		"metadata":   map[string]any{"name": name, "labels": map[string]any{kube.Label: d.Run}},
		"spec": map[string]any{
			"templateRef": map[string]any{"name": template},
			"reasoning":   "A benchmark.",
			// Stated, because only newer clusters have a policy that fills it in.
			"requestedBy": map[string]any{"username": agent.Username},
			"stdin":       text + "\n",
		},
	}}
	sample := Sample{Sent: time.Now()}
	_, err := agent.Dynamic.Resource(Executions).Namespace(d.Namespace).Create(ctx, execution, meta.CreateOptions{})
	if err != nil {
		return sample, fmt.Errorf("creating: %w", err)
	}
	sample.Answered = time.Now()
	created()
	end, err := kube.Wait(ctx, d.seen, ends)
	if err != nil {
		return sample, fmt.Errorf("%s has no end: %w", name, err)
	}
	sample.Seen, sample.Start = end.at, end.start
	if !end.succeeded || end.stdout != text+"\n" {
		return sample, fmt.Errorf("%s ended with %s, output %q for %q", name, end.reason, end.stdout, text)
	}
	return sample, nil
}

type finished struct {
	at                    time.Time
	succeeded             bool
	reason, stdout, start string
}

func finishedOf(execution *unstructured.Unstructured) (finished, bool) {
	end := finished{at: time.Now(), start: Unknown}
	conditions, _, _ := unstructured.NestedSlice(execution.Object, "status", "conditions")
	over := false
	for _, each := range conditions {
		condition, ok := each.(map[string]any)
		if !ok {
			continue
		}
		switch condition["type"] {
		case "Finished":
			over = condition["status"] == "True"
		case "Succeeded":
			end.succeeded = condition["status"] == "True"
			end.reason = fmt.Sprintf("%v: %v", condition["reason"], condition["message"])
		}
	}
	end.stdout, _, _ = unstructured.NestedString(execution.Object, "status", "result", "stdout")
	if start, found, _ := unstructured.NestedString(execution.Object, "status", "sandboxStart"); found {
		end.start = start
	}
	return end, over
}
