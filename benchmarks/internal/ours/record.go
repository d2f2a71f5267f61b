package ours

import (
	"context"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"countersign.dev/benchmarks/internal/kube"
)

// Finished counts the finished Executions of the whole cluster.
func (d *Department) Finished(ctx context.Context) (int, error) {
	list, err := d.Administrator.Dynamic.Resource(Executions).List(ctx, meta.ListOptions{})
	if err != nil {
		return 0, err
	}
	count := 0
	for index := range list.Items {
		if _, over := finishedOf(&list.Items[index]); over {
			count++
		}
	}
	return count, nil
}

// SandboxesUsedTwice are the pods that more than one Execution of this run names as the one that it ran in, and how many
// Executions name one.
func (d *Department) SandboxesUsedTwice(ctx context.Context) (twice []string, runs int, err error) {
	list, err := d.Administrator.Dynamic.Resource(Executions).Namespace(d.Namespace).
		List(ctx, meta.ListOptions{LabelSelector: kube.Label + "=" + d.Run})
	if err != nil {
		return nil, 0, err
	}
	twice, runs = usedTwice(list.Items)
	return twice, runs, nil
}

func usedTwice(executions []unstructured.Unstructured) (twice []string, runs int) {
	times := map[string]int{}
	for _, each := range executions {
		pod, found, _ := unstructured.NestedString(each.Object, "status", "sandbox", "podName")
		if !found || pod == "" {
			continue
		}
		runs++
		if times[pod]++; times[pod] == 2 {
			twice = append(twice, pod)
		}
	}
	return twice, runs
}
