# shellcheck shell=bash
# Starts, finds and ends the components. A pid alone proves nothing (pids are reused, and files outlive a reboot), so a
# pid file also holds the process's start time and the boot it belongs to.

boot_id() { cat /proc/sys/kernel/random/boot_id; }

# start_time PID: in clock ticks since boot; fails when there is no such process.
start_time() {
  local stat
  # The name in the second field may hold blanks and parentheses; what follows the last ")" is regular.
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # split into fields
  set -- ${stat##*) }
  [ "$1" != Z ] && printf '%s\n' "${20}"
}

# pid_of COMPONENT: prints the pid if the process is alive and the one that was started.
pid_of() {
  local pid started boot
  read -r pid started boot 2>/dev/null <"$STATE/run/$1.pid" || return 1
  [ "$boot" = "$(boot_id)" ] && [ "$(start_time "$pid")" = "$started" ] && printf '%s\n' "$pid"
}

# start COMPONENT SPEC COMMAND...: a component that already runs with the same spec (hash of its settings), arguments
# and executable is left alone; one that runs with others is started anew.
start() {
  local component=$1 spec pid
  spec=$(printf '%s\n' "$2" "${@:3}" "$(readlink -f "$3")" | sha256sum | cut -d' ' -f1)
  shift 2
  if pid=$(pid_of "$component"); then
    [ "$spec" = "$(cat "$STATE/run/$component.spec" 2>/dev/null)" ] && return 0
    step "$component: settings or program changed, starting it anew"
    stop "$component"
  fi
  [ ! -f "$STATE/log/$component.log" ] || mv "$STATE/log/$component.log" "$STATE/log/$component.log.1"
  step "starting $component"
  # A clean environment: a proxy of the user's would otherwise stand between the components. No lock is inherited.
  (
    cd "$STATE" || exit 1
    exec setsid env -i PATH="$STATE/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
      HOME="$STATE" "$@" </dev/null >"$STATE/log/$component.log" 2>&1 9>&-
  ) &
  pid=$!
  disown
  printf '%s %s %s\n' "$pid" "$(start_time "$pid")" "$(boot_id)" >"$STATE/run/$component.pid"
  printf '%s\n' "$spec" >"$STATE/run/$component.spec"
}

# stop COMPONENT: asks, waits up to 10 s, then kills.
stop() {
  local pid
  if pid=$(pid_of "$1"); then
    kill "$pid" 2>/dev/null
    wait_gone "$1" 10 || { kill -9 "$pid" 2>/dev/null; wait_gone "$1" 5 || warn "$1 (pid $pid) does not end"; }
  fi
  rm -f "$STATE/run/$1.pid" "$STATE/run/$1.spec"
}

# kill_component COMPONENT...: at once and without asking, for when nothing they hold is kept.
kill_component() {
  local component pid
  for component in "$@"; do
    ! pid=$(pid_of "$component") || kill -9 "$pid" 2>/dev/null
  done
  for component in "$@"; do
    wait_gone "$component" 10 || warn "$component does not end"
    rm -f "$STATE/run/$component.pid" "$STATE/run/$component.spec"
  done
}

wait_gone() {
  local deadline=$((SECONDS + $2))
  while pid_of "$1" >/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# await COMPONENT SECONDS COMMAND...: until the command succeeds; ends the script when the component dies or time is up.
await() {
  local component=$1 seconds=$2 deadline=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    pid_of "$component" >/dev/null || die_of "$component" "$component ended while starting"
    [ "$SECONDS" -le "$deadline" ] || die_of "$component" "$component is not ready after $seconds s"
    sleep 0.2
  done
}

listens() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

check_ports() {
  local address
  for address in ${COMPONENT_PORTS[$1]:-}; do
    ! listens "$address" || die "$1 needs $address, but another program listens there." \
      "See which: ss -ltnp 'sport = :${address##*:}'. Stop it, or its cluster, and run up again."
  done
}

# our_strays: pids of processes of this cluster that no pid file names: shims, sandboxes, and what is left of a killed
# `up`. Ours means: the program lies in our cache or is runc's, and the arguments name our state directory.
our_strays() {
  local directory pid program arguments
  for directory in /proc/[0-9]*; do
    pid=${directory#/proc/}
    program=$(readlink "$directory/exe" 2>/dev/null) || continue
    case $program in
      "$CACHE"/* | "$STATE"/* | */runc) ;;
      *) continue ;;
    esac
    { arguments=$(tr '\0' ' ' <"$directory/cmdline"); } 2>/dev/null || continue
    # Of these, some are told of the state directory by their working directory alone.
    case "$arguments $(readlink "$directory/cwd" 2>/dev/null)/" in
      *"$STATE/"*) printf '%s\n' "$pid" ;;
    esac
  done
}
