# shellcheck shell=bash disable=SC2034 # settings are read by the other files
# Names, addresses and places of the cluster. One file, because a change of any of them is felt everywhere.

STATE=${COUNTERSIGN_CLUSTER_DIR:-/var/lib/countersign-cluster}
CACHE=${COUNTERSIGN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/countersign}
LOCK=/run/lock/countersign-cluster.lock

KUBERNETES_VERSION=v1.36.3
HELM_VERSION=v4.3.1
CONTAINERD_VERSION=v2.3.7
# One toolchain for all modules, whatever Go the machine has: else each would fetch its own, and compile the standard
# library for itself.
GO_TOOLCHAIN=go1.26.8+auto

NODE_NAME=node1
NODE_IP=10.99.0.1
POD_CIDR=10.244.0.0/16
POD_SUBNET=10.244.0.0/24
POD_GATEWAY=10.244.0.1
SERVICE_CIDR=10.96.0.0/16
KUBERNETES_SERVICE_IP=10.96.0.1
# The node's address must not be loopback, and many kernels have no dummy device; a bridge without ports serves.
BRIDGE=countersign0
# Every cgroup of a pod lies below this one. Another name lets a test run a cluster beside this one, in a network
# namespace of its own.
CGROUP=${COUNTERSIGN_CGROUP:-countersign}
# gVisor spends several tasks of the host on each task inside, so this bounds the machine's damage, not the user's
# processes; those are the supervisor's to count.
POD_PIDS_LIMIT=4096

API_SERVER=https://$NODE_IP:6443
ADMIN_KUBECONFIG=$STATE/kubeconfig/admin
PAUSE_IMAGE=localhost/countersign/pause:1
VOLUMES=4

# In the order in which they start; they stop in the reverse order.
COMPONENTS=(etcd containerd kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet netpol)

# Ports the components listen on, to find a stranger on one of them before a component fails on it in its log.
declare -A COMPONENT_PORTS=(
  [etcd]="127.0.0.1:2379 127.0.0.1:2380"
  [kube-apiserver]="$NODE_IP:6443"
  [kube-controller-manager]="127.0.0.1:10257"
  [kube-scheduler]="127.0.0.1:10259"
  [kube-proxy]="127.0.0.1:10256 127.0.0.1:10249"
  [kubelet]="$NODE_IP:10250 127.0.0.1:10248"
)
