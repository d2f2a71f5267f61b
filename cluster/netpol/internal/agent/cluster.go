// Package agent keeps the node's table in step with the cluster: watch, plan, write.
package agent

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	networklisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
)

// cluster is what the watches have seen, and a direct line to the API server.
type cluster struct {
	client     kubernetes.Interface
	factory    informers.SharedInformerFactory
	pods       corelisters.PodLister
	namespaces corelisters.NamespaceLister
	policies   networklisters.NetworkPolicyLister
}

// watchCluster prepares the watches; changed is called, from any goroutine, after each event.
func watchCluster(client kubernetes.Interface, changed func()) (*cluster, error) {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(strip))
	pods := factory.Core().V1().Pods()
	namespaces := factory.Core().V1().Namespaces()
	policies := factory.Networking().V1().NetworkPolicies()
	onEvent := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		UpdateFunc: func(any, any) { changed() },
		DeleteFunc: func(any) { changed() },
	}
	for _, informer := range []cache.SharedIndexInformer{pods.Informer(), namespaces.Informer(), policies.Informer()} {
		if _, err := informer.AddEventHandler(onEvent); err != nil {
			return nil, fmt.Errorf("watch: %w", err)
		}
	}
	return &cluster{client, factory, pods.Lister(), namespaces.Lister(), policies.Lister()}, nil
}

// start begins the watches and waits until each has seen everything once, or ctx ends.
func (c *cluster) start(ctx context.Context) error {
	c.factory.Start(ctx.Done())
	for kind, synced := range c.factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return errors.Join(fmt.Errorf("first list of %s did not end", kind), ctx.Err())
		}
	}
	return nil
}

// livePolicies asks the API server itself for a namespace's policies: identity (UID) to resource version.
func (c *cluster) livePolicies(ctx context.Context, namespace string) (map[string]string, error) {
	// No resource version is given: the answer is the newest state, not an older one out of a cache.
	list, err := c.client.NetworkingV1().NetworkPolicies(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("list the policies of %s: %w", namespace, err)
	}
	versions := map[string]string{}
	for _, p := range list.Items {
		versions[string(p.UID)] = p.ResourceVersion
	}
	return versions, nil
}

// seenPolicies is the same of what the watch has delivered, together with the policies themselves.
func (c *cluster) seenPolicies() (all []*networkingv1.NetworkPolicy, versions map[string]map[string]string) {
	// Listing everything from memory cannot fail: the error of this call stands for a selector's.
	all, _ = c.policies.List(labels.Everything())
	versions = map[string]map[string]string{}
	for _, p := range all {
		if versions[p.Namespace] == nil {
			versions[p.Namespace] = map[string]string{}
		}
		versions[p.Namespace][string(p.UID)] = p.ResourceVersion
	}
	return all, versions
}

func (c *cluster) seenPods() []*corev1.Pod {
	pods, _ := c.pods.List(labels.Everything()) // cannot fail, see seenPolicies
	return pods
}

func (c *cluster) namespaceLabels() map[string]labels.Set {
	namespaces, _ := c.namespaces.List(labels.Everything()) // cannot fail, see seenPolicies
	out := map[string]labels.Set{}
	for _, n := range namespaces {
		out[n.Name] = n.Labels
	}
	return out
}

// strip drops what is never read, so that memory grows with the number of pods and not with their size.
func strip(object any) (any, error) {
	if meta, ok := object.(metav1.Object); ok {
		meta.SetManagedFields(nil)
		meta.SetAnnotations(nil)
	}
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return object, nil
	}
	kept := corev1.PodSpec{NodeName: pod.Spec.NodeName, HostNetwork: pod.Spec.HostNetwork}
	for _, c := range pod.Spec.Containers {
		kept.Containers = append(kept.Containers, corev1.Container{Ports: c.Ports})
	}
	for _, c := range pod.Spec.InitContainers {
		kept.InitContainers = append(kept.InitContainers,
			corev1.Container{Ports: c.Ports, RestartPolicy: c.RestartPolicy})
	}
	pod.Spec = kept
	pod.Status = corev1.PodStatus{Phase: pod.Status.Phase, PodIP: pod.Status.PodIP, PodIPs: pod.Status.PodIPs}
	return pod, nil
}
