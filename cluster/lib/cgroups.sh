# shellcheck shell=bash
# The one cgroup below which all pods live, on version 1 (a tree for each controller) and version 2 (one tree).

cgroup_version() {
  case $(stat -fc %T /sys/fs/cgroup 2>/dev/null) in
    cgroup2fs) echo 2 ;;
    tmpfs) echo 1 ;;
    *) return 1 ;;
  esac
}

check_cgroups() {
  local version controller have
  version=$(cgroup_version) || die "no cgroups are mounted at /sys/fs/cgroup"
  if [ "$version" = 2 ]; then
    have=" $(cat /sys/fs/cgroup/cgroup.controllers) "
  else
    have=" $(cgroup_v1_mounts | while read -r mount; do basename "$mount"; done | tr ',\n' '  ') "
  fi
  for controller in cpu cpuset memory pids; do
    [[ $have == *" $controller "* ]] || die "cgroup v$version has no controller '$controller'; pods cannot be limited"
  done
}

# One mount point a line; the "unified" tree without controllers and named trees count too, since runc uses them.
cgroup_v1_mounts() {
  # The type of a mount is the field after the lone dash, whose place varies.
  awk '{for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/) print $5}' /proc/self/mountinfo
}

our_cgroups() {
  if [ "$(cgroup_version)" = 2 ]; then
    echo "/sys/fs/cgroup/$CGROUP"
  else
    cgroup_v1_mounts | sed "s#\$#/$CGROUP#"
  fi
}

make_cgroups() {
  local cgroup file parent controller root=/sys/fs/cgroup
  if [ "$(cgroup_version)" = 2 ]; then
    # The kubelet wants each of these that the kernel has, also those it then never uses.
    for controller in cpu cpuset memory pids io hugetlb; do
      grep -qw "$controller" "$root/cgroup.controllers" || continue
      ! grep -qw "$controller" "$root/cgroup.subtree_control" || continue
      echo "$controller" >>"$STATE/saved/controllers"
      { echo "+$controller" >"$root/cgroup.subtree_control"; } 2>/dev/null ||
        die "cannot hand the cgroup controller $controller down: processes sit in the root of this tree (container?)." \
          "Move them into a child first: mkdir $root/init, then write each pid to $root/init/cgroup.procs"
    done
    mkdir -p "/sys/fs/cgroup/$CGROUP"
    return
  fi
  for cgroup in $(our_cgroups); do
    mkdir -p "$cgroup" || die "cannot make $cgroup"
    # A fresh cpuset is empty, and an empty one takes no process.
    for file in cpuset.cpus cpuset.mems; do
      parent=$(dirname "$cgroup")/$file
      [ ! -e "$parent" ] || [ -n "$(cat "$cgroup/$file")" ] || cat "$parent" >"$cgroup/$file"
    done
  done
}

# Prints every process below our cgroups, each once.
cgroup_processes() {
  local cgroup
  for cgroup in $(our_cgroups); do
    [ ! -d "$cgroup" ] || find "$cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null
  done | grep -vx 0 | sort -un
}

kill_cgroups() {
  local cgroup pids deadline=$((SECONDS + 15))
  for cgroup in $(our_cgroups); do
    # No new processes: nothing can outrun the killing.
    [ ! -e "$cgroup/pids.max" ] || echo 0 >"$cgroup/pids.max"
    [ ! -e "$cgroup/cgroup.kill" ] || echo 1 >"$cgroup/cgroup.kill"
    # The dead of a frozen cgroup stay until it thaws.
    [ ! -d "$cgroup" ] || find "$cgroup" -name freezer.state -exec sh -c 'echo THAWED >"$1"' _ {} \; 2>/dev/null
  done
  while pids=$(cgroup_processes) && [ -n "$pids" ]; do
    # shellcheck disable=SC2086 # a list
    kill -9 $pids 2>/dev/null
    [ "$SECONDS" -lt "$deadline" ] || { warn "processes of pods do not end: ${pids//$'\n'/ }" && return 1; }
    sleep 0.1
  done
}

remove_cgroups() {
  local cgroup attempt controller
  for cgroup in $(our_cgroups); do
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
      [ -d "$cgroup" ] || break
      find "$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null
      [ ! -d "$cgroup" ] || sleep "0.$attempt"
    done
  done
  # The kernel refuses while another cgroup needs it by now; then it stays, and does no harm.
  while read -r controller; do
    { echo "-$controller" >/sys/fs/cgroup/cgroup.subtree_control; } 2>/dev/null
  done < <(cat "$STATE/saved/controllers" 2>/dev/null)
}
