# shellcheck shell=bash
# How each component is started, and how one knows that it serves.

# kube COMMAND...: kubectl as the cluster's administrator.
kube() { "$STATE/bin/kubectl" --kubeconfig "$ADMIN_KUBECONFIG" "$@"; }

# hash_of FILE...: of settings, so that a component is started anew when they change.
hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

start_etcd() {
  local pki=$STATE/pki
  start etcd "" "$STATE/bin/etcd" --name "$NODE_NAME" --data-dir "$STATE/etcd" \
    --listen-client-urls https://127.0.0.1:2379 --advertise-client-urls https://127.0.0.1:2379 \
    --listen-peer-urls https://127.0.0.1:2380 --initial-advertise-peer-urls https://127.0.0.1:2380 \
    --initial-cluster "$NODE_NAME=https://127.0.0.1:2380" \
    --client-cert-auth --trusted-ca-file "$pki/etcd-ca.crt" --cert-file "$pki/etcd.crt" --key-file "$pki/etcd.key" \
    --peer-client-cert-auth --peer-trusted-ca-file "$pki/etcd-ca.crt" \
    --peer-cert-file "$pki/etcd.crt" --peer-key-file "$pki/etcd.key"
}
await_etcd() { await etcd 60 listens 127.0.0.1:2379; }

start_containerd() {
  local settings=$STATE/etc/containerd.toml
  start containerd "$(hash_of "$settings")" "$STATE/bin/containerd" --config "$settings"
}
await_containerd() {
  await containerd 60 ctr_k8s version
  load_pause_image
}

start_kube-apiserver() {
  local pki=$STATE/pki audit=()
  if [ "${AUDIT_LOG:-on}" = on ]; then
    audit=(--audit-policy-file "$STATE/etc/audit-policy.yaml" --audit-log-path "$STATE/log/audit.log"
      --audit-log-mode batch --audit-log-maxsize 200 --audit-log-maxbackup 2)
  fi
  start kube-apiserver "$(hash_of "$STATE/etc/audit-policy.yaml")" "$STATE/bin/kube-apiserver" \
    --etcd-servers https://127.0.0.1:2379 --etcd-cafile "$pki/etcd-ca.crt" \
    --etcd-certfile "$pki/etcd-client.crt" --etcd-keyfile "$pki/etcd-client.key" \
    --bind-address "$NODE_IP" --advertise-address "$NODE_IP" --secure-port 6443 \
    --service-cluster-ip-range "$SERVICE_CIDR" \
    --client-ca-file "$pki/ca.crt" --tls-cert-file "$pki/kube-apiserver.crt" \
    --tls-private-key-file "$pki/kube-apiserver.key" \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$pki/service-accounts.pub" \
    --service-account-signing-key-file "$pki/service-accounts.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged \
    --kubelet-client-certificate "$pki/kubelet-client.crt" --kubelet-client-key "$pki/kubelet-client.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --profiling=false "${audit[@]}"
}
await_kube-apiserver() { await kube-apiserver 120 kube get --raw /readyz; }

start_kube-controller-manager() {
  start kube-controller-manager "" "$STATE/bin/kube-controller-manager" --bind-address 127.0.0.1 \
    --kubeconfig "$STATE/kubeconfig/kube-controller-manager" --leader-elect=false \
    --use-service-account-credentials --service-account-private-key-file "$STATE/pki/service-accounts.key" \
    --root-ca-file "$STATE/pki/ca.crt" --cluster-signing-cert-file "$STATE/pki/ca.crt" \
    --cluster-signing-key-file "$STATE/pki/ca.key" --kube-api-qps 200 --kube-api-burst 400 --profiling=false \
    --flex-volume-plugin-dir "$STATE/volume-plugins"
}
await_kube-controller-manager() { await kube-controller-manager 60 listens 127.0.0.1:10257; }

start_kube-scheduler() {
  start kube-scheduler "" "$STATE/bin/kube-scheduler" --bind-address 127.0.0.1 \
    --kubeconfig "$STATE/kubeconfig/kube-scheduler" --leader-elect=false --kube-api-qps 200 --kube-api-burst 400 \
    --profiling=false
}
await_kube-scheduler() { await kube-scheduler 60 listens 127.0.0.1:10259; }

start_kube-proxy() {
  local settings=$STATE/etc/kube-proxy.yaml
  start kube-proxy "$(hash_of "$settings")" "$STATE/bin/kube-proxy" --config "$settings"
}
await_kube-proxy() { await kube-proxy 60 listens 127.0.0.1:10256; }

start_kubelet() {
  start kubelet "$(hash_of "$STATE/etc/kubelet.yaml")" "$STATE/bin/kubelet" --config "$STATE/etc/kubelet.yaml" \
    --kubeconfig "$STATE/kubeconfig/kubelet" --hostname-override "$NODE_NAME" --node-ip "$NODE_IP" \
    --root-dir "$STATE/kubelet" --cert-dir "$STATE/kubelet/pki"
}
await_kubelet() { await kubelet 120 node_ready; }

node_ready() {
  [ "$(kube get node "$NODE_NAME" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]
}

netpol_wanted() { [ -x "$STATE/bin/netpol" ] && [ "$(cat "$STATE/etc/netpol" 2>/dev/null)" != off ]; }

start_netpol() {
  netpol_wanted || return 0
  pid_of netpol >/dev/null || rm -f "$STATE/run/netpol.ready"
  start netpol "$(hash_of "$STATE/kubeconfig/netpol")" "$STATE/bin/netpol" --kubeconfig "$STATE/kubeconfig/netpol" \
    --node-name "$NODE_NAME" --pod-cidr "$POD_CIDR" --ready-file "$STATE/run/netpol.ready"
}
await_netpol() { ! netpol_wanted || await netpol 60 test -e "$STATE/run/netpol.ready"; }

apply_objects() {
  local number name phase count=0
  kube apply --server-side --force-conflicts -f "$HERE/config/objects.yaml" >/dev/null ||
    die_of kube-apiserver "cannot create the cluster's own objects"
  # A released volume keeps its data and is never bound again, so new ones take its place.
  for ((number = 1; count < VOLUMES; number++)); do
    name=volume-$number
    phase=$(kube get persistentvolume "$name" --ignore-not-found -o 'jsonpath={.status.phase}')
    case $phase in Released | Failed) continue ;; esac
    count=$((count + 1))
    [ -z "$phase" ] || continue
    mkdir -p "$STATE/volumes/$name"
    render volume.yaml "VOLUME=$name" | kube apply --server-side -f - >/dev/null ||
      die_of kube-apiserver "cannot create the volume $name"
  done
}
