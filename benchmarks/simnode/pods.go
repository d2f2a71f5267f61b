package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"sync"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// Pods are those of this node, and what a kubelet does with them: they start, they end, they go.
type pods struct {
	node  kubernetes.Interface
	name  string
	start time.Duration

	mutex sync.Mutex
	// By namespace and name; gone with the object.
	known map[string]*sandbox
}

type sandbox struct {
	pod *core.Pod
	// Attached at most once, as stdin is given once.
	attached bool
	// Gone is closed when the pod is to end.
	gone     chan struct{}
	goneOnce sync.Once
	// Ended is closed when its container has ended.
	ended     chan struct{}
	endedOnce sync.Once
}

func newPods(node kubernetes.Interface, s settings) *pods {
	return &pods{node: node, name: s.name, start: s.start, known: map[string]*sandbox{}}
}

// Follow looks after the node's pods until ctx ends.
func (p *pods) follow(ctx context.Context) error {
	list := cache.NewListWatchFromClient(p.node.CoreV1().RESTClient(), "pods", core.NamespaceAll,
		fields.OneTermEqualSelector("spec.nodeName", p.name))
	_, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: list, ObjectType: &core.Pod{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(object any) { p.seen(ctx, object.(*core.Pod)) },
			UpdateFunc: func(_, object any) { p.seen(ctx, object.(*core.Pod)) },
			DeleteFunc: func(object any) {
				if pod, ok := object.(*core.Pod); ok {
					p.forget(pod)
				}
			},
		},
	})
	controller.RunWithContext(ctx)
	return nil
}

func (p *pods) seen(ctx context.Context, pod *core.Pod) {
	key := pod.Namespace + "/" + pod.Name
	p.mutex.Lock()
	it, known := p.known[key]
	if !known {
		it = &sandbox{pod: pod, gone: make(chan struct{}), ended: make(chan struct{})}
		p.known[key] = it
	}
	p.mutex.Unlock()
	if !known && pod.DeletionTimestamp == nil {
		go p.live(ctx, it)
	}
	if pod.DeletionTimestamp != nil {
		it.goneOnce.Do(func() {
			close(it.gone)
			if known {
				return
			}
			go p.remove(ctx, it)
		})
	}
}

func (p *pods) live(ctx context.Context, it *sandbox) {
	defer p.remove(ctx, it)
	began := meta.Now()
	select {
	case <-time.After(p.start):
	case <-it.gone:
		return
	case <-ctx.Done():
		return
	}
	running := core.ContainerState{Running: &core.ContainerStateRunning{StartedAt: meta.Now()}}
	p.tell(ctx, it, status(it.pod, core.PodRunning, running, &began))
	select {
	case <-it.ended:
		// By itself: its job is done.
		over := core.ContainerState{Terminated: &core.ContainerStateTerminated{
			ExitCode: 0, Reason: "Completed", StartedAt: began, FinishedAt: meta.Now(),
		}}
		p.tell(ctx, it, status(it.pod, core.PodSucceeded, over, &began))
		select {
		case <-it.gone:
		case <-ctx.Done():
		}
	case <-it.gone:
	case <-ctx.Done():
	}
}

func status(pod *core.Pod, phase core.PodPhase, state core.ContainerState, began *meta.Time) core.PodStatus {
	container := pod.Spec.Containers[0]
	runs := phase == core.PodRunning
	ready := core.ConditionFalse
	if runs {
		ready = core.ConditionTrue
	}
	return core.PodStatus{
		Phase: phase, StartTime: began,
		Conditions: []core.PodCondition{
			{Type: core.PodReady, Status: ready, LastTransitionTime: meta.Now()},
			{Type: core.ContainersReady, Status: ready, LastTransitionTime: meta.Now()},
		},
		ContainerStatuses: []core.ContainerStatus{{
			Name: container.Name, Image: container.Image, ImageID: container.Image + "@simulated",
			ContainerID: "simulated://" + string(pod.UID), Ready: runs, Started: &runs, State: state,
		}},
	}
}

func (p *pods) tell(ctx context.Context, it *sandbox, status core.PodStatus) {
	patch, err := json.Marshal(map[string]any{"status": status})
	if err == nil {
		_, err = p.node.CoreV1().Pods(it.pod.Namespace).Patch(ctx, it.pod.Name, types.StrategicMergePatchType, patch,
			meta.PatchOptions{}, "status")
	}
	if err != nil && !errors.IsNotFound(err) && ctx.Err() == nil {
		log.Printf("status of %s: %v", it.pod.Name, err)
	}
}

// Remove takes the object away, as a kubelet does once the containers are gone.
func (p *pods) remove(ctx context.Context, it *sandbox) {
	if ctx.Err() != nil {
		return
	}
	at := int64(0)
	err := p.node.CoreV1().Pods(it.pod.Namespace).Delete(ctx, it.pod.Name, meta.DeleteOptions{
		GracePeriodSeconds: &at, Preconditions: &meta.Preconditions{UID: &it.pod.UID},
	})
	if err != nil && !errors.IsNotFound(err) && ctx.Err() == nil {
		log.Printf("deleting %s: %v", it.pod.Name, err)
	}
}

func (p *pods) forget(pod *core.Pod) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.known, pod.Namespace+"/"+pod.Name)
}

// Attach is the one attachment to a pod that runs.
func (p *pods) attach(namespace, name string) (*sandbox, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	it, known := p.known[namespace+"/"+name]
	if !known {
		return nil, fmt.Errorf("no pod %s/%s here", namespace, name)
	}
	if it.attached {
		return nil, fmt.Errorf("pod %s/%s was attached to before", namespace, name)
	}
	it.attached = true
	return it, nil
}
