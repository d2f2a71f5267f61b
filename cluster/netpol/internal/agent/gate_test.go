package agent

import (
	"context"
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func pod(namespace, name, address string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID(namespace + name)},
		Spec:       corev1.PodSpec{NodeName: "node1"},
		Status:     corev1.PodStatus{Phase: corev1.PodRunning, PodIP: address},
	}
}

func names(pods []*corev1.Pod) string {
	text := ""
	for _, p := range pods {
		text += p.Name
	}
	return text
}

func TestPodWaitsForThePoliciesOfItsNamespace(t *testing.T) {
	live := map[string]map[string]string{"a": {"deny": "1"}}
	asked := 0
	var failure error
	g := gate{live: func(_ context.Context, namespace string) (map[string]string, error) {
		asked++
		return live[namespace], failure
	}}
	admit := func(seen map[string]map[string]string, pods ...*corev1.Pod) string {
		in, err := g.admit(context.Background(), pods, seen)
		if (err == nil) != (len(in) == len(pods)) {
			t.Errorf("%d of %d pods let in, error %v", len(in), len(pods), err)
		}
		return names(in)
	}
	x, y, z := pod("a", "x", "10.244.0.2"), pod("a", "y", "10.244.0.3"), pod("b", "z", "10.244.0.4")

	if got := admit(nil, x, z); got != "z" {
		t.Errorf("policy not yet seen: %q let in, want z", got)
	}
	if got := admit(map[string]map[string]string{"a": {"deny": "0"}}, x, z); got != "z" {
		t.Errorf("older policy seen: %q let in, want z", got)
	}
	failure = errors.New("no answer")
	if got := admit(live, x, z); got != "z" {
		t.Errorf("API server silent: %q let in, want z", got)
	}
	failure = nil
	if got := admit(live, x, y, z); got != "xyz" {
		t.Errorf("all seen: %q let in, want xyz", got)
	}
	failure, asked = errors.New("no answer"), 0
	if got := admit(nil, x, y, z); got != "xyz" || asked != 0 {
		t.Errorf("pods let in before: %q, asked %d times; want xyz, 0", got, asked)
	}
	x.Status.PodIP = "10.244.0.9"
	if got := admit(live, x, y, z); got != "yz" {
		t.Errorf("new address: %q let in, want yz", got)
	}
	if admit(live); len(g.admitted) != 0 {
		t.Errorf("pods that are gone are remembered: %v", g.admitted)
	}
}

func TestManyPodsOfANamespaceAreOneQuestion(t *testing.T) {
	asked := 0
	g := gate{live: func(context.Context, string) (map[string]string, error) {
		asked++
		return nil, nil
	}}
	pods := []*corev1.Pod{pod("a", "x", "1"), pod("a", "y", "2"), pod("b", "z", "3")}
	in, err := g.admit(context.Background(), pods, nil)
	if len(in) != 3 || err != nil || asked != 2 {
		t.Errorf("%d let in, %v, %d questions; want 3, nil, 2", len(in), err, asked)
	}
}
