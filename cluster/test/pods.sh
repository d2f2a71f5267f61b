# shellcheck shell=bash
# Pods of the tests, all in one namespace.

NAMESPACE=cluster-test
# shellcheck disable=SC2034 # read by the tests
PROBE_IMAGE=localhost/countersign/cluster-probe:1

# make_pod NAME RUNTIME_CLASS IMAGE ARGUMENT...: RUNTIME_CLASS may be empty.
make_pod() {
  local name=$1 class=$2 image=$3
  shift 3
  kubectl apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $name, namespace: $NAMESPACE, labels: {app: $name}}
spec:
  ${class:+runtimeClassName: $class}
  dnsPolicy: Default
  restartPolicy: ${RESTART:-Never}
  terminationGracePeriodSeconds: 1
  containers:
    - {name: main, image: "$image", args: [$(printf '"%s",' "$@")], stdin: true, stdinOnce: true}
YAML
}

phase_is() { says "$1" kubectl -n "$NAMESPACE" get pod "$2" -o 'jsonpath={.status.phase}'; }

# run_pod ...: like make_pod, waits for its end and prints its log.
run_pod() {
  local status
  make_pod "$@" >/dev/null || return 1
  ended "$1" >/dev/null
  status=$?
  kubectl -n "$NAMESPACE" logs "$1"
  return "$status"
}

# ended POD: succeeds when the pod has succeeded; fails when it failed or takes too long.
ended() {
  within 40 phase_over "$1" >/dev/null
  phase_is Succeeded "$1"
}

phase_over() { says ed kubectl -n "$NAMESPACE" get pod "$1" -o 'jsonpath={.status.phase}'; }

start_pod() { make_pod "$@" && within 40 phase_is Running "$1"; }

# pod_cgroup POD: its directory in the tree of the pids controller.
pod_cgroup() {
  local uid
  uid=$(kubectl -n "$NAMESPACE" get pod "$1" -o 'jsonpath={.metadata.uid}')
  find /sys/fs/cgroup -type d -path "*/${COUNTERSIGN_CGROUP:-countersign}/*pod$uid" 2>/dev/null |
    grep -E "/pids/|^/sys/fs/cgroup/${COUNTERSIGN_CGROUP:-countersign}/" | head -1
}
