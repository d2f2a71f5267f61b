package kube

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

// Told is a change to an object that somebody waits for.
type Told func(change watch.EventType, object runtime.Object)

// Key says under which name an object is waited for: its own, or that of the object that it belongs to.
type Key func(object metav1.Object) string

// ByName is an object's own name.
func ByName(object metav1.Object) string { return object.GetName() }

// Follower tells who waits for an object of each change to it, by a watch of its own that was there before.
type Follower struct {
	mutex   sync.Mutex
	waiting map[string]Told
	ended   chan struct{}
}

// Follow watches what the client lists and watches with this label, from now until ctx ends.
func Follow[List runtime.Object](ctx context.Context, label string, key Key,
	list func(context.Context, metav1.ListOptions) (List, error),
	open func(context.Context, metav1.ListOptions) (watch.Interface, error),
) (*Follower, error) {
	now, err := list(ctx, metav1.ListOptions{LabelSelector: label, Limit: 1})
	if err != nil {
		return nil, err
	}
	listed, err := meta.ListAccessor(now)
	if err != nil {
		return nil, err
	}
	events, err := watchtools.NewRetryWatcherWithContext(ctx, listed.GetResourceVersion(), &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.LabelSelector = label
			return open(ctx, options)
		},
	})
	if err != nil {
		return nil, err
	}
	follower := &Follower{waiting: map[string]Told{}, ended: make(chan struct{})}
	go follower.run(events.ResultChan(), key)
	return follower, nil
}

func (f *Follower) run(events <-chan watch.Event, key Key) {
	defer close(f.ended)
	for event := range events {
		object, err := meta.Accessor(event.Object)
		if err != nil {
			continue
		}
		f.mutex.Lock()
		tell := f.waiting[key(object)]
		f.mutex.Unlock()
		if tell != nil {
			tell(event.Type, event.Object)
		}
	}
}

// Await has tell called on each change of the object with this key, on the watch's own goroutine, until the returned
// function is called.
func (f *Follower) Await(key string, tell Told) (stop func()) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.waiting[key] = tell
	return func() {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		delete(f.waiting, key)
	}
}

// Wait returns what arrives, or why nothing does: the context's end or the watch's.
func Wait[T any](ctx context.Context, f *Follower, arrives <-chan T) (T, error) {
	var none T
	select {
	case arrived := <-arrives:
		return arrived, nil
	case <-ctx.Done():
		return none, ctx.Err()
	case <-f.ended:
		return none, fmt.Errorf("the watch has ended")
	}
}
