package ours

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func execution(status map[string]any) unstructured.Unstructured {
	return unstructured.Unstructured{Object: map[string]any{"status": status}}
}

func conditions(finished, succeeded, reason string) []any {
	return []any{
		map[string]any{"type": "Finished", "status": finished},
		map[string]any{"type": "Succeeded", "status": succeeded, "reason": reason, "message": "m"},
	}
}

func TestAnExecutionIsOverOnceItSaysSo(t *testing.T) {
	running := execution(map[string]any{"conditions": conditions("False", "Unknown", "Running")})
	if _, over := finishedOf(&running); over {
		t.Error("a run under way is over")
	}
	empty := execution(map[string]any{})
	if _, over := finishedOf(&empty); over {
		t.Error("an Execution without a status is over")
	}
	done := execution(map[string]any{
		"conditions": conditions("True", "True", "Completed"), "sandboxStart": "Warm",
		"result": map[string]any{"stdout": "a line\n"},
	})
	end, over := finishedOf(&done)
	if !over || !end.succeeded || end.stdout != "a line\n" || end.start != Warm {
		t.Errorf("%+v", end)
	}
	denied := execution(map[string]any{"conditions": conditions("True", "False", "NotApproved")})
	end, over = finishedOf(&denied)
	if !over || end.succeeded || end.reason != "NotApproved: m" || end.start != Unknown {
		t.Errorf("%+v", end)
	}
}

func TestASandboxThatServedTwoRunsIsNoticed(t *testing.T) {
	in := func(pod string) unstructured.Unstructured {
		return execution(map[string]any{"sandbox": map[string]any{"podName": pod}})
	}
	twice, runs := usedTwice([]unstructured.Unstructured{in("a"), in("b"), in("a"), in("a"), execution(nil)})
	if runs != 4 || fmt.Sprint(twice) != "[a]" {
		t.Errorf("%d runs, twice %v", runs, twice)
	}
}
