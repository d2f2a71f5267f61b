package agent

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestOnlyLivingPodsWithAnAddressOfTheirOwnCount(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*corev1.Pod)
		want   string // the address, empty if the pod does not count
	}{
		"running":      {func(*corev1.Pod) {}, "10.244.0.2"},
		"pending":      {func(p *corev1.Pod) { p.Status.Phase = corev1.PodPending }, "10.244.0.2"},
		"succeeded":    {func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }, ""},
		"failed":       {func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }, ""},
		"host network": {func(p *corev1.Pod) { p.Spec.HostNetwork = true }, ""},
		"no address":   {func(p *corev1.Pod) { p.Status.PodIP = "" }, ""},
		"two families": {func(p *corev1.Pod) {
			p.Status.PodIP = "fd00::2"
			p.Status.PodIPs = []corev1.PodIP{{IP: "fd00::2"}, {IP: "10.244.0.7"}}
		}, "10.244.0.7"},
		"ipv6 only": {func(p *corev1.Pod) { p.Status.PodIP = "fd00::2" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := pod("a", "x", "10.244.0.2")
			c.change(p)
			got, ok := toPod(p)
			if ok != (c.want != "") || ok && got.Address.String() != c.want {
				t.Errorf("got %v, %t, want %q", got.Address, ok, c.want)
			}
		})
	}
}

func TestStrippedPodKeepsWhatIsRead(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	container := func(name string, policy *corev1.ContainerRestartPolicy) corev1.Container {
		return corev1.Container{Name: name, Image: "image", RestartPolicy: policy,
			Ports: []corev1.ContainerPort{{Name: name, ContainerPort: 80}}}
	}
	p := pod("a", "x", "10.244.0.2")
	p.Labels = map[string]string{"app": "x"}
	p.Annotations = map[string]string{"large": "text"}
	p.Spec.Containers = []corev1.Container{container("main", nil)}
	p.Spec.InitContainers = []corev1.Container{container("once", nil), container("sidecar", &always)}
	before, _ := toPod(p.DeepCopy())
	stripped, err := strip(p)
	if err != nil {
		t.Fatal(err)
	}
	after, ok := toPod(stripped.(*corev1.Pod))
	if !ok || fmt.Sprint(before) != fmt.Sprint(after) || len(after.Ports) != 2 {
		t.Errorf("before %v, after %v, %t", before, after, ok)
	}
	if p.Annotations != nil || p.Spec.Containers[0].Image != "" {
		t.Error("something that is never read was kept")
	}
}
