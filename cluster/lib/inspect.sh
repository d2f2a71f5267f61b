# shellcheck shell=bash
# Commands that look and change nothing.

# status: 0 all components run and the node is Ready, 1 some do not, 3 there is no cluster.
status() {
  local component pid state result=0
  [ -e "$STATE/.countersign-cluster" ] || { say "no cluster at $STATE" && return 3; }
  printf '%-24s %-8s %s\n' COMPONENT PID STATE
  for component in "${COMPONENTS[@]}"; do
    pid=$(pid_of "$component") && state=running || { pid=- && state=stopped; }
    if [ "$component" = netpol ] && [ "$pid" = - ]; then
      if [ ! -e "$STATE/bin/netpol" ]; then state="not built"; elif ! netpol_wanted; then state="switched off"; fi
    fi
    [ "$state" != stopped ] || result=1
    printf '%-24s %-8s %s\n' "$component" "$pid" "$state"
  done
  if kube get --raw /readyz >/dev/null 2>&1; then
    printf '\n'
    kube get node -o wide
    node_ready || result=1
    printf '\npods: %s\n' "$(kube get pods --all-namespaces --no-headers 2>/dev/null |
      awk '{count[$4]++} END {for (s in count) printf "%s%d %s", separator, count[s], s, separator = ", "}' |
      grep . || echo none)"
  else
    printf '\nthe API server does not answer\n'
    result=1
  fi
  return "$result"
}

print_env() {
  cat <<ENV
export COUNTERSIGN_CLUSTER_DIR=$STATE
export KUBECONFIG=$ADMIN_KUBECONFIG
export CONTAINERD_ADDRESS=$STATE/containerd.sock
export CONTAINERD_NAMESPACE=k8s.io
export PATH=$STATE/bin:\$PATH
ENV
}

# logs [-f] [COMPONENT]: the last lines of one, or a few of each.
logs() {
  local component follow=()
  [ "${1:-}" != -f ] || { follow=(-f) && shift; }
  [ -d "$STATE/log" ] || die "no cluster at $STATE"
  if [ -n "${1:-}" ]; then
    [ -f "$STATE/log/$1.log" ] || die "no log of $1; there are: $(cd "$STATE/log" && echo *.log | sed 's/\.log//g')"
    exec tail -n 200 "${follow[@]}" "$STATE/log/$1.log"
  fi
  for component in "${COMPONENTS[@]}"; do
    [ ! -f "$STATE/log/$component.log" ] || { printf '== %s\n' "$component" && tail -n 8 "$STATE/log/$component.log"; }
  done
}
