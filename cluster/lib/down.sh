# shellcheck shell=bash
# Takes everything away that `up`, the components and the pods made, and finds what is left of it.

down() {
  [ "$(id -u)" = 0 ] || die "needs root"
  lock down
  if [ ! -e "$STATE/.countersign-cluster" ]; then
    [ ! -d "$STATE" ] || [ -z "$(ls -A "$STATE")" ] || die "$STATE is not a cluster's state; nothing done"
    say "no cluster at $STATE"
  else
    step "stopping"
    # First those who would start pods anew or write rules again, then the pods, then what served them. Killed rather
    # than asked: their state goes anyway, and the API server alone would take its time over open watches.
    kill_component kubelet netpol kube-proxy kube-scheduler kube-controller-manager
    kill_cgroups
    kill_component containerd kube-apiserver etcd
    kill_strays
    kill_cgroups
  fi
  remove_mounts
  remove_sockets
  remove_network
  remove_cgroups
  remove_files
  leftovers || die "the above is left; see cluster/README.md"
  step "down: nothing is left but the programs in $CACHE"
}

kill_strays() {
  local pids deadline=$((SECONDS + 15))
  while pids=$(our_strays) && [ -n "$pids" ]; do
    # shellcheck disable=SC2086 # a list
    kill -9 $pids 2>/dev/null
    [ "$SECONDS" -lt "$deadline" ] || { warn "processes do not end: ${pids//$'\n'/ }" && return; }
    sleep 0.1
  done
}

# Innermost first; a path in mountinfo has its blanks escaped, but ours has none.
our_mounts() { awk -v prefix="$STATE/" 'index($5, prefix) == 1 {print $5}' /proc/self/mountinfo | tac; }

remove_mounts() {
  local mount
  our_mounts | while read -r mount; do umount "$mount" 2>/dev/null || umount -l "$mount"; done
}

# Shims listen outside the state directory, in a place fixed in containerd. The shims are gone by now, so a socket of
# theirs is one that nobody listens on; such a socket is of no use to anybody else either.
remove_sockets() {
  local socket listening
  listening=$(ss -xlH 2>/dev/null)
  for socket in /run/containerd/s/* /var/lib/kubelet/device-plugins/kubelet.sock; do
    [ ! -S "$socket" ] || [[ $listening == *"$socket "* ]] || rm -f "$socket"
  done
  remove_if_empty /run/containerd/s /run/containerd
  remove_if_empty /var/lib/kubelet/device-plugins /var/lib/kubelet
}

remove_if_empty() {
  local directory
  for directory in "$@"; do
    [ ! -d "$directory" ] || rmdir "$directory" 2>/dev/null || return 0
  done
}

remove_files() {
  # The kubelet's links to the pods' logs, and the network library's cache, have fixed places too.
  find /var/log/containers -maxdepth 1 -type l -lname "$STATE/*" -delete 2>/dev/null
  find /var/lib/cni/results -maxdepth 1 -type f -exec grep -qF "$STATE/" {} \; -delete 2>/dev/null
  remove_if_empty /var/log/containers
  remove_if_empty /var/lib/cni/results /var/lib/cni
  [ ! -e "$STATE/.countersign-cluster" ] || [ -n "$(our_mounts)" ] || {
    # The marker goes last, so that an interrupted removal can be repeated.
    find "$STATE" -mindepth 1 -maxdepth 1 ! -name .countersign-cluster -exec rm -rf --one-file-system {} + &&
      rm -f "$STATE/.countersign-cluster" && rmdir "$STATE"
  }
  rm -f "$LOCK"
}

# leftovers: prints what is left of a cluster at STATE; fails if there is anything.
leftovers() {
  local found=0 line
  while read -r line; do
    found=1
    printf 'left: %s\n' "$line" >&2
  done < <(list_leftovers)
  return "$found"
}

list_leftovers() {
  local pid cgroup interface table
  for pid in $(our_strays) $(cgroup_processes); do
    printf 'process %s: %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c1-150)"
  done
  our_mounts | sed 's/^/mount /'
  for cgroup in $(our_cgroups); do [ ! -d "$cgroup" ] || printf 'cgroup %s\n' "$cgroup"; done
  ! ip link show dev "$BRIDGE" >/dev/null 2>&1 || printf 'interface %s\n' "$BRIDGE"
  # The host's end of every pod's link bears the pods' gateway address.
  for interface in $(ip -4 -o addr show 2>/dev/null | awk -v gateway="$POD_GATEWAY/32" '$4 == gateway {print $2}'); do
    printf 'interface %s\n' "$interface"
  done
  for table in "${NFT_TABLES[@]}"; do
    # shellcheck disable=SC2086 # family and name
    ! nft list table $table >/dev/null 2>&1 || printf 'firewall table %s\n' "$table"
  done
  ip -4 route show 2>/dev/null | awk -v prefix="${POD_GATEWAY%.*}." 'index($1, prefix) == 1 {print "route " $0}'
  [ ! -d "$STATE" ] || printf 'directory %s\n' "$STATE"
}
