# shellcheck shell=bash
# From nothing, from half, or from all of it: the same steps, each of which does only what is missing.

# One `up` or `down` at a time on the machine: they share the bridge, the cgroup and the firewall.
lock() {
  mkdir -p "$(dirname "$LOCK")"
  exec 9>>"$LOCK"
  if ! flock -n 9; then
    say "another cluster command is at work ($(head -c 80 "$LOCK")); waiting for it"
    flock -w 1800 9 || die "it still works after 30 minutes; see $LOCK"
  fi
  printf '%s, pid %s\n' "$1" "$$" >"$LOCK"
}

make_state() {
  if [ -d "$STATE" ] && [ ! -e "$STATE/.countersign-cluster" ] && [ -n "$(ls -A "$STATE")" ]; then
    die "$STATE holds something that is not a cluster's state; \`down\` would delete it. Choose another place:" \
      "COUNTERSIGN_CLUSTER_DIR"
  fi
  mkdir -p "$STATE" && chmod 711 "$STATE" && touch "$STATE/.countersign-cluster"
  mkdir -p "$STATE"/{run,log,etc,volumes}
}

# After a reboot the files of containers that ran then are still there and describe nothing; the network's leases, too.
forget_last_boot() {
  [ -f "$STATE/run/boot" ] && [ "$(cat "$STATE/run/boot")" != "$(boot_id)" ] &&
    { step "the machine was restarted: forgetting the containers of before"
      rm -rf "$STATE/containerd-state" "$STATE/runc" "$STATE/runsc" "$STATE/cni"; }
  boot_id >"$STATE/run/boot"
}

up() {
  local component running=yes
  check_machine
  lock up
  make_state
  install_packages
  check_kernel_network
  build
  link_programs
  forget_last_boot
  write_config
  case ${NETPOL:-} in
    on | off) printf '%s\n' "$NETPOL" >"$STATE/etc/netpol" ;;
    "") ;;
    *) die "NETPOL is on or off, not $NETPOL" ;;
  esac
  make_pki
  make_network
  make_cgroups
  [ ! -e "$STATE/run/netpol.pid" ] || netpol_wanted || netpol_stop
  for component in "${COMPONENTS[@]}"; do
    [ "$component" != netpol ] || netpol_wanted || continue
    pid_of "$component" >/dev/null || { running=no && check_ports "$component"; }
  done
  # What needs nobody else starts together; the rest as soon as the API server answers.
  start_etcd
  start_containerd
  await_etcd
  start_kube-apiserver
  await_containerd
  await_kube-apiserver
  apply_objects
  for component in kube-controller-manager kube-scheduler kube-proxy kubelet netpol; do "start_$component"; done
  for component in kube-controller-manager kube-scheduler kube-proxy kubelet netpol; do "await_$component"; done
  await kube-apiserver 60 kube get --raw /api/v1/namespaces/default/serviceaccounts/default
  if [ "$running" = yes ]; then say "the cluster is running: $STATE"; else step "the cluster is up: $STATE"; fi
  [ -x "$STATE/bin/netpol" ] || warn "no policy agent is built in: NetworkPolicies are not enforced"
  netpol_wanted || [ ! -x "$STATE/bin/netpol" ] || warn "the policy agent is off: NetworkPolicies are not enforced"
  say "To use it:  eval \"\$($0 env)\""
}
