// Package peer runs code the way executors without pools do: a ConfigMap with the code, a Job in gVisor, its pod's log,
// and everything deleted. There is no approval and no record of it. It is written to be as fast as this way can be: image
// on the node, no retries, watches instead of polling.
package peer

import (
	"context"
	"fmt"
	"io"
	"time"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"countersign.dev/benchmarks/internal/bare"
	"countersign.dev/benchmarks/internal/kube"
)

// Way is how the executor learns that the code has ended.
type Way string

const (
	// Watched is by the pod's status, which comes before the Job's; then the log is read.
	Watched Way = "watched"
	// Followed is by the log's end, which is followed from the moment the container runs: sooner, but without an exit
	// code, so common executors do not do it.
	Followed Way = "followed"
)

// ByJob is the name of the Job that a pod belongs to.
func ByJob(object meta.Object) string { return object.GetLabels()[batch.JobNameLabel] }

// Sample is one run.
type Sample struct {
	Sent, Seen time.Time
}

// Answer runs code that prints text, and has all of it deleted before it returns; the result is seen before that.
func Answer(ctx context.Context, namespace *bare.Namespace, shape bare.Shape, way Way, name, text string) (Sample, error) {
	states := make(chan *core.Pod, 64)
	stop := namespace.Seen.Await(name, func(_ watch.EventType, object runtime.Object) {
		select {
		case states <- object.(*core.Pod):
		default:
		}
	})
	defer stop()
	typed := namespace.Administrator.Typed
	labels := map[string]string{kube.Label: namespace.Run}
	sample := Sample{Sent: time.Now()}
	code := &core.ConfigMap{
		ObjectMeta: meta.ObjectMeta{Name: name, Labels: labels},
		Data:       map[string]string{"main.py": fmt.Sprintf("print(%q)\n", text)},
	}
	if _, err := typed.CoreV1().ConfigMaps(namespace.Name).Create(ctx, code, meta.CreateOptions{}); err != nil {
		return sample, err
	}
	jobs := typed.BatchV1().Jobs(namespace.Name)
	if _, err := jobs.Create(ctx, job(shape, name, labels), meta.CreateOptions{}); err != nil {
		return sample, err
	}
	output, err := result(ctx, namespace, way, states)
	sample.Seen = time.Now()
	background := meta.DeletePropagationBackground
	if deleting := jobs.Delete(ctx, name, meta.DeleteOptions{PropagationPolicy: &background}); err == nil {
		err = deleting
	}
	deleting := typed.CoreV1().ConfigMaps(namespace.Name).Delete(ctx, name, meta.DeleteOptions{})
	if err == nil {
		err = deleting
	}
	if err == nil && output != text+"\n" {
		err = fmt.Errorf("%s printed %q, not %q", name, output, text)
	}
	return sample, err
}

func result(ctx context.Context, namespace *bare.Namespace, way Way, states <-chan *core.Pod) (string, error) {
	for {
		pod, err := kube.Wait(ctx, namespace.Seen, states)
		if err != nil {
			return "", err
		}
		statuses := pod.Status.ContainerStatuses
		if len(statuses) != 1 {
			continue
		}
		ended := statuses[0].State.Terminated
		if ended != nil && ended.ExitCode != 0 {
			return "", fmt.Errorf("%s ended with exit code %d", pod.Name, ended.ExitCode)
		}
		if ended == nil && (way == Watched || statuses[0].State.Running == nil) {
			continue
		}
		log, err := namespace.Administrator.Typed.CoreV1().Pods(namespace.Name).
			GetLogs(pod.Name, &core.PodLogOptions{Follow: ended == nil}).Stream(ctx)
		if err != nil {
			return "", err
		}
		output, err := io.ReadAll(log)
		_ = log.Close()
		return string(output), err
	}
}

func job(shape bare.Shape, name string, labels map[string]string) *batch.Job {
	spec := shape.Spec("Python", []string{"python3", "/code/main.py"})
	spec.Containers[0].Stdin, spec.Containers[0].StdinOnce = false, false
	spec.Containers[0].VolumeMounts = append(spec.Containers[0].VolumeMounts,
		core.VolumeMount{Name: "code", MountPath: "/code", ReadOnly: true})
	spec.Volumes = append(spec.Volumes, core.Volume{Name: "code", VolumeSource: core.VolumeSource{
		ConfigMap: &core.ConfigMapVolumeSource{LocalObjectReference: core.LocalObjectReference{Name: name}},
	}})
	// No second try, and gone by itself should the executor be.
	tries, keep, longest := int32(0), int32(60), int64(300)
	return &batch.Job{
		ObjectMeta: meta.ObjectMeta{Name: name, Labels: labels},
		Spec: batch.JobSpec{
			BackoffLimit: &tries, TTLSecondsAfterFinished: &keep, ActiveDeadlineSeconds: &longest,
			Template: core.PodTemplateSpec{ObjectMeta: meta.ObjectMeta{Labels: labels}, Spec: spec},
		},
	}
}
