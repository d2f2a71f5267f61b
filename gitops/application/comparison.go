package application

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Comparison is one of the ways in which Argo CD finds out whether the cluster is as Git says.
type Comparison string

const (
	// ThreeWay compares with the last-applied annotation: the default, for client-side apply.
	ThreeWay Comparison = "three-way"
	// StructuredMerge goes by field managers: the sync option ServerSideApply=true.
	StructuredMerge Comparison = "structured merge"
	// ServerSide asks the API server by a dry run: the compare option ServerSideDiff=true. Admission takes part.
	ServerSide Comparison = "server-side"
)

// Comparisons are all of them.
var Comparisons = []Comparison{ThreeWay, StructuredMerge, ServerSide}

// Differences are the objects that are OutOfSync, each with what Git would change about it. Empty means Synced.
func (application *Application) Differences(comparison Comparison) ([]string, error) {
	state, err := application.observe()
	if err != nil {
		return nil, err
	}
	options := []diff.Option{
		diff.WithLogr(logr.Discard()),
		diff.WithManager(Manager),
		diff.WithGVKParser(application.cluster.GetGVKParser()),
		diff.WithNormalizer(withoutStatus{}),
		diff.WithStructuredMergeDiff(comparison == StructuredMerge),
	}
	if comparison == ServerSide {
		applier, cleanup, err := application.kubectl.ManageServerSideDiffDryRuns(application.config)
		if err != nil {
			return nil, err
		}
		defer cleanup()
		options = append(options,
			diff.WithServerSideDiff(true), diff.WithServerSideDryRunner(diff.NewK8sServerSideDryRunner(applier)))
	}
	var differences []string
	for i, target := range state.Target {
		live := state.Live[i]
		if target == nil {
			differences = append(differences, fmt.Sprintf("%s: not in Git", kube.GetResourceKey(live)))
			continue
		}
		if live == nil {
			differences = append(differences, fmt.Sprintf("%s: not in the cluster", kube.GetResourceKey(target)))
			continue
		}
		result, err := diff.Diff(target, live, options...)
		if err != nil {
			return nil, err
		}
		if result.Modified {
			differences = append(differences, fmt.Sprintf("%s (%s):\n%s",
				kube.GetResourceKey(target), comparison, changed(result.NormalizedLive, result.PredictedLive)))
		}
	}
	return differences, nil
}

// withoutStatus is Argo CD's default: resource.compareoptions ignores every status.
type withoutStatus struct{}

func (withoutStatus) Normalize(object *unstructured.Unstructured) error {
	if object != nil {
		unstructured.RemoveNestedField(object.Object, "status")
	}
	return nil
}

// changed lists the lines of two objects that only one of them has.
func changed(live, predicted []byte) string {
	var lines []string
	before, after := lined(live), lined(predicted)
	for _, side := range []struct {
		sign      string
		here, not []string
	}{{"-", before, after}, {"+", after, before}} {
		there := map[string]bool{}
		for _, line := range side.not {
			there[line] = true
		}
		for _, line := range side.here {
			if !there[line] {
				lines = append(lines, side.sign+" "+line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

func lined(content []byte) []string {
	var indented bytes.Buffer
	if err := json.Indent(&indented, content, "", " "); err != nil {
		return []string{string(content)}
	}
	return strings.Split(indented.String(), "\n")
}
