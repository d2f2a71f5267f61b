// Package bare makes pods of a sandbox's shape with nothing of Countersign: what the cluster itself can do.
package bare

import (
	"context"
	"fmt"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"

	"countersign.dev/benchmarks/internal/kube"
)

// Container is the name of a pod's one container.
const Container = "sandbox"

// Shape is what a pod has in common with the sandboxes that it is compared with.
type Shape struct {
	Image, PullPolicy, RuntimeClass string
	// Memory is the container's limit and its request, Disk the size of the work directory in memory.
	Memory, Disk string
}

// Namespace is one of its own for pods that are compared, with a watch of the pods in it.
type Namespace struct {
	Name, Run     string
	Administrator *kube.Caller
	Seen          *kube.Follower
}

// Open makes the namespace and begins to watch its pods. key says under which name a pod is waited for.
func Open(ctx context.Context, administrator *kube.Caller, name, run string, key kube.Key) (*Namespace, error) {
	namespace := &core.Namespace{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{kube.Label: run}}}
	_, err := administrator.Typed.CoreV1().Namespaces().Create(ctx, namespace, meta.CreateOptions{})
	if err != nil {
		return nil, err
	}
	// The controller manager makes it, and no pod is admitted before.
	err = wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, time.Minute, true,
		func(ctx context.Context) (bool, error) {
			_, err := administrator.Typed.CoreV1().ServiceAccounts(name).Get(ctx, "default", meta.GetOptions{})
			return err == nil, nil
		})
	if err != nil {
		return nil, fmt.Errorf("namespace %s has no ServiceAccount: %w", name, err)
	}
	pods := administrator.Typed.CoreV1().Pods(name)
	seen, err := kube.Follow(ctx, "", key, pods.List, pods.Watch)
	if err != nil {
		return nil, err
	}
	return &Namespace{Name: name, Run: run, Administrator: administrator, Seen: seen}, nil
}

// Close deletes the namespace and waits, at most two minutes, until it is gone.
func (n *Namespace) Close(ctx context.Context) error {
	namespaces := n.Administrator.Typed.CoreV1().Namespaces()
	if err := namespaces.Delete(ctx, n.Name, meta.DeleteOptions{}); err != nil {
		return err
	}
	return wait.PollUntilContextTimeout(ctx, 500*time.Millisecond, 2*time.Minute, true,
		func(ctx context.Context) (bool, error) {
			_, err := namespaces.Get(ctx, n.Name, meta.GetOptions{})
			return errors.IsNotFound(err), nil
		})
}

// Spec is that of a sandbox: the same settings, limits and waiting supervisor, or another command in its place.
func (s Shape) Spec(language string, command []string) core.PodSpec {
	no, yes, grace, user, once := false, true, int64(1), int64(65532), true
	memory, disk, log := resource.MustParse(s.Memory), resource.MustParse(s.Disk), resource.MustParse("32Mi")
	args := []string{"--language", language}
	if command != nil {
		args = nil
	}
	return core.PodSpec{
		RuntimeClassName: &s.RuntimeClass, RestartPolicy: core.RestartPolicyNever,
		TerminationGracePeriodSeconds: &grace, AutomountServiceAccountToken: &no, EnableServiceLinks: &no,
		Hostname: "sandbox", DNSPolicy: core.DNSNone,
		DNSConfig: &core.PodDNSConfig{Nameservers: []string{"127.0.0.1"}},
		SecurityContext: &core.PodSecurityContext{
			RunAsNonRoot: &yes, RunAsUser: &user, RunAsGroup: &user,
			SeccompProfile: &core.SeccompProfile{Type: core.SeccompProfileTypeRuntimeDefault},
		},
		Containers: []core.Container{{
			Name: Container, Image: s.Image, ImagePullPolicy: core.PullPolicy(s.PullPolicy),
			Command: command, Args: args, Stdin: true, StdinOnce: once,
			SecurityContext: &core.SecurityContext{
				AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes,
				Capabilities: &core.Capabilities{Drop: []core.Capability{"ALL"}},
			},
			Resources: core.ResourceRequirements{
				Limits: core.ResourceList{
					core.ResourceCPU: resource.MustParse("1"), core.ResourceMemory: memory,
					core.ResourceEphemeralStorage: log,
				},
				Requests: core.ResourceList{
					core.ResourceCPU: resource.MustParse("10m"), core.ResourceMemory: memory,
					core.ResourceEphemeralStorage: log,
				},
			},
			VolumeMounts: []core.VolumeMount{{Name: "work", MountPath: "/work"}},
		}},
		Volumes: []core.Volume{{Name: "work", VolumeSource: core.VolumeSource{
			EmptyDir: &core.EmptyDirVolumeSource{Medium: core.StorageMediumMemory, SizeLimit: &disk},
		}}},
	}
}

// Times of one pod.
type Times struct {
	Sent, Running, Gone time.Time
}

// StartAndDelete makes a pod, sees it run, deletes it and sees it gone.
func (n *Namespace) StartAndDelete(ctx context.Context, name string, spec core.PodSpec) (Times, error) {
	times, err := n.Start(ctx, name, spec)
	if err != nil {
		return times, err
	}
	gone := make(chan time.Time, 1)
	stop := n.Seen.Await(name, func(change watch.EventType, _ runtime.Object) {
		if change == watch.Deleted {
			gone <- time.Now()
		}
	})
	defer stop()
	if err := n.Administrator.Typed.CoreV1().Pods(n.Name).Delete(ctx, name, meta.DeleteOptions{}); err != nil {
		return times, err
	}
	times.Gone, err = kube.Wait(ctx, n.Seen, gone)
	return times, err
}

// Start makes a pod and sees it run.
func (n *Namespace) Start(ctx context.Context, name string, spec core.PodSpec) (Times, error) {
	running := make(chan time.Time, 1)
	stop := n.Seen.Await(name, func(_ watch.EventType, object runtime.Object) {
		pod := object.(*core.Pod)
		if statuses := pod.Status.ContainerStatuses; len(statuses) == 1 && statuses[0].State.Running != nil {
			select {
			case running <- time.Now():
			default:
			}
		}
	})
	defer stop()
	pod := &core.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{kube.Label: n.Run}},
		Spec:       spec,
	}
	times := Times{Sent: time.Now()}
	if _, err := n.Administrator.Typed.CoreV1().Pods(n.Name).Create(ctx, pod, meta.CreateOptions{}); err != nil {
		return times, err
	}
	var err error
	times.Running, err = kube.Wait(ctx, n.Seen, running)
	return times, err
}
