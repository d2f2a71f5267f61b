package main

import (
	"context"
	"encoding/json"
	"log"
	"time"

	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

const (
	// What the node controller expects, and how often kubelets tell that they are there.
	leaseNamespace = "kube-node-lease"
	leaseSeconds   = 40
	beat           = 10 * time.Second
	// Far more than the operator's bounds let through.
	manyPods = "5000"
)

// Join makes the node and keeps it alive until ctx ends; what it returns takes the node away with its pods.
func join(ctx context.Context, admin kubernetes.Interface, s settings) (leave func(), err error) {
	room := core.ResourceList{
		core.ResourceCPU:              resource.MustParse("1000"),
		core.ResourceMemory:           resource.MustParse("2Ti"),
		core.ResourceEphemeralStorage: resource.MustParse("10Ti"),
		core.ResourcePods:             resource.MustParse(manyPods),
	}
	now := meta.Now()
	node := &core.Node{
		ObjectMeta: meta.ObjectMeta{Name: s.name, Labels: map[string]string{
			"kubernetes.io/hostname": s.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
			"countersign.dev/simulated": "true",
		}},
		Status: core.NodeStatus{
			Capacity: room, Allocatable: room,
			Addresses:       []core.NodeAddress{{Type: core.NodeInternalIP, Address: s.address}},
			DaemonEndpoints: core.NodeDaemonEndpoints{KubeletEndpoint: core.DaemonEndpoint{Port: int32(s.port)}},
			Conditions: []core.NodeCondition{{
				Type: core.NodeReady, Status: core.ConditionTrue, Reason: "Simulated", LastHeartbeatTime: now, LastTransitionTime: now,
			}},
		},
	}
	if _, err := admin.CoreV1().Nodes().Create(ctx, node, meta.CreateOptions{}); err != nil {
		return nil, err
	}
	leave = func() {
		// The ctx has ended by now.
		ending, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		removePods(ending, admin, s.name)
		if err := admin.CoreV1().Nodes().Delete(ending, s.name, meta.DeleteOptions{}); err != nil && !errors.IsNotFound(err) {
			log.Printf("node %s is left: %v", s.name, err)
		}
		_ = admin.CoordinationV1().Leases(leaseNamespace).Delete(ending, s.name, meta.DeleteOptions{})
	}
	// The lease comes first, or the node controller would find the node silent; a new node is tainted until it looked.
	if err := renew(ctx, admin, s.name); err != nil {
		leave()
		return nil, err
	}
	// What the API server keeps of a status is what is sent to it as such. The node controller writes to it, too.
	patch, err := json.Marshal(map[string]any{"status": node.Status})
	if err == nil {
		_, err = admin.CoreV1().Nodes().Patch(ctx, s.name, types.StrategicMergePatchType, patch, meta.PatchOptions{}, "status")
	}
	if err != nil {
		leave()
		return nil, err
	}
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(beat):
				if err := renew(ctx, admin, s.name); err != nil && ctx.Err() == nil {
					log.Printf("lease: %v", err)
				}
			}
		}
	}()
	return leave, nil
}

func renew(ctx context.Context, admin kubernetes.Interface, name string) error {
	leases := admin.CoordinationV1().Leases(leaseNamespace)
	now, seconds := meta.NowMicro(), int32(leaseSeconds)
	spec := coordination.LeaseSpec{HolderIdentity: &name, LeaseDurationSeconds: &seconds, RenewTime: &now}
	lease, err := leases.Get(ctx, name, meta.GetOptions{})
	if errors.IsNotFound(err) {
		_, err = leases.Create(ctx, &coordination.Lease{ObjectMeta: meta.ObjectMeta{Name: name}, Spec: spec}, meta.CreateOptions{})
		return err
	}
	if err != nil {
		return err
	}
	lease.Spec = spec
	_, err = leases.Update(ctx, lease, meta.UpdateOptions{})
	return err
}

// Nobody would ever say of these that they ended.
func removePods(ctx context.Context, admin kubernetes.Interface, node string) {
	all, err := admin.CoreV1().Pods("").List(ctx, meta.ListOptions{FieldSelector: "spec.nodeName=" + node})
	if err != nil {
		log.Printf("pods are left: %v", err)
		return
	}
	at := int64(0)
	for _, pod := range all.Items {
		if err := admin.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, meta.DeleteOptions{GracePeriodSeconds: &at}); err != nil &&
			!errors.IsNotFound(err) {
			log.Printf("pod %s/%s is left: %v", pod.Namespace, pod.Name, err)
		}
	}
}
