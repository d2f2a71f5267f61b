# shellcheck shell=bash
# Builds the programs and keeps them outside the checkout, each under a hash of everything that goes into it: the
# same sources never build twice, and changed ones never run the old program.

PROGRAMS=(kubernetes containerd runsc gvisorshim pause netpol)
LDFLAGS_kubernetes="-s -w -X k8s.io/component-base/version.gitVersion=$KUBERNETES_VERSION \
-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36 \
-X helm.sh/helm/v4/internal/version.version=$HELM_VERSION"
LDFLAGS_containerd="-s -w -X github.com/containerd/containerd/v2/version.Version=$CONTAINERD_VERSION"
LDFLAGS="-s -w"
# Seconds between two lines of progress.
PROGRESS_EVERY=15

# The user's flags would change what is built without changing the key.
go_here() { CGO_ENABLED=0 GOWORK=off GOTOOLCHAIN=$GO_TOOLCHAIN GOFLAGS="-buildvcs=false -trimpath $GO_MODE" go "$@"; }
GO_MODE=-mod=readonly

module_of() {
  case $1 in
    runsc | gvisorshim) echo gvisor ;;
    *) echo "$1" ;;
  esac
}

exists() { [ -f "$HERE/$(module_of "$1")/go.mod" ] && { [ "$1" != netpol ] || [ -f "$HERE/netpol/main.go" ]; }; }

# key PROGRAM: hash of sources, patches, the commands below, flags, toolchain and machine.
key() {
  local module ldflags=LDFLAGS_$1
  module=$HERE/$(module_of "$1")
  {
    (cd "$module" && find . -type f ! -name '*_test.go' ! -name '*.md' ! -path '*/testdata/*' -print0 |
      sort -z | xargs -0 sha256sum)
    declare -f go_here "compile_$1"
    printf '%s\n' "${!ldflags:-$LDFLAGS}" "$(uname -m)" "$(cd "$module" && GOTOOLCHAIN=$GO_TOOLCHAIN go env GOVERSION)"
    [ "$1" != gvisorshim ] || { has_sys_resource && echo as-it-is || echo patched; }
  } | sha256sum | cut -c1-16
}

# home PROGRAM: the directory that holds it once it is built.
home() { printf '%s/%s-%s\n' "$CACHE" "$1" "$(key "$1")"; }

compile_kubernetes() { cd "$HERE/kubernetes" && go_here build -v -ldflags "$LDFLAGS_kubernetes" -o "$1/kubernetes" .; }

compile_containerd() {
  local source=github.com/containerd/containerd/v2/cmd
  cd "$HERE/containerd" && go_here build -v -ldflags "$LDFLAGS_containerd" -o "$1/" \
    "$source/containerd" "$source/containerd-shim-runc-v2" "$source/ctr"
}

compile_runsc() { cd "$HERE/gvisor" && go_here build -v -ldflags "$LDFLAGS" -o "$1/runsc" gvisor.dev/gvisor/runsc; }

compile_gvisorshim() {
  local source=$HERE/gvisor
  if ! has_sys_resource; then
    # A patch needs the sources as files of our own: files of the module cache are read-only, and `go build -overlay`
    # refuses them.
    source=$1/source
    mkdir "$source" && cp "$HERE"/gvisor/go.* "$source/" && cd "$source" && go_here mod vendor &&
      patch -p1 <"$HERE/gvisor/patches/shim-oom-score.patch" || return 1
    GO_MODE=-mod=vendor
  fi
  cd "$source" && go_here build -v -ldflags "$LDFLAGS" -o "$1/containerd-shim-runsc-v1" gvisor.dev/gvisor/shim &&
    rm -rf "$1/source"
}

compile_pause() { cd "$HERE/pause" && go_here build -v -ldflags "$LDFLAGS" -o "$1/pause" .; }

compile_netpol() { cd "$HERE/netpol" && go_here build -v -ldflags "$LDFLAGS" -o "$1/netpol" .; }

# compile PROGRAM DIRECTORY: into a directory of its own, renamed when whole, so that what lies in the cache is whole.
compile() {
  local partial=$CACHE/.partial-$1
  rm -rf "$partial" && mkdir -p "$partial" || return 1
  ("compile_$1" "$partial") >"$CACHE/log/$1.log" 2>&1 || return 1
  rm -rf "$2" && mv -T "$partial" "$2"
}

# lane PROGRAM...: one after the other; notes the failed one.
lane() {
  local program
  for program in "$@"; do
    compile "$program" "${HOMES[$program]}" || { echo "$program" >"$CACHE/log/failed"; return 1; }
  done
}

declare -A HOMES

build() {
  local program missing=() first=() second=() began next=$PROGRESS_EVERY
  ensure_go
  # Whoever may, gets all that `up` will need: what follows a build can be in a place without a network.
  { command -v patch >/dev/null && [ "$(id -u)" != 0 ]; } || install_packages
  mkdir -p "$CACHE/log"
  for program in "${PROGRAMS[@]}"; do
    exists "$program" || continue
    HOMES[$program]=$(home "$program") || exit 1
    [ -d "${HOMES[$program]}" ] || missing+=("$program")
  done
  [ ${#missing[@]} -gt 0 ] || { forget_old_builds && return 0; }
  exec 8>"$CACHE/.lock"
  flock -n 8 || { say "another build is under way; waiting for it" && flock 8; }
  check_disk "$CACHE" "$BUILD_DISK_GB"
  rm -rf "$CACHE"/.partial-* "$CACHE/log/failed"
  began=$SECONDS
  step "building ${missing[*]} (cold: 5 to 12 minutes on 2 cores)"
  # Kubernetes takes longer than all others together, and each build has a stretch that keeps one core only (linking):
  # two lanes side by side.
  for program in "${missing[@]}"; do
    [ "$program" = kubernetes ] && first+=("$program") || second+=("$program")
  done
  lane "${first[@]}" 9>&- &
  lane "${second[@]}" 9>&- &
  trap end_lanes EXIT INT TERM
  while [ -n "$(jobs -pr)" ]; do
    sleep 0.5
    [ $((SECONDS - began)) -ge "$next" ] || continue
    progress $((SECONDS - began)) "${missing[@]}"
    next=$((next + PROGRESS_EVERY))
  done
  trap - EXIT INT TERM
  wait
  exec 8>&-
  if [ -f "$CACHE/log/failed" ]; then
    program=$(cat "$CACHE/log/failed")
    tail -n 20 "$CACHE/log/$program.log" | sed 's/^/  | /' >&2
    die "building $program failed; the whole log: $CACHE/log/$program.log"
  fi
  step "built in $((SECONDS - began)) s"
  forget_old_builds
}

# forget_old_builds: programs that no `up` or `build` has asked for in 30 days.
forget_old_builds() {
  local program
  touch -c "${HOMES[@]}"
  for program in "${PROGRAMS[@]}"; do
    find "$CACHE" -maxdepth 1 -type d -name "$program-????????????????" -mtime +30 -exec rm -rf {} +
  done
}

# Ends interrupted builds together with the compilers they started.
end_lanes() {
  local pid
  trap - EXIT INT TERM
  # Only lanes that still run: the pid of an ended one may be another's by now.
  for pid in $(jobs -pr); do kill_tree "$pid"; done
  rm -rf "$CACHE"/.partial-*
  die "interrupted"
}

kill_tree() {
  local child children=()
  { read -ra children <"/proc/$1/task/$1/children"; } 2>/dev/null
  for child in "${children[@]}"; do kill_tree "$child"; done
  kill "$1" 2>/dev/null
}

progress() {
  local elapsed=$1 program line=""
  shift
  for program in "$@"; do
    if [ -d "${HOMES[$program]}" ]; then
      line+=" $program done,"
    elif [ -f "$CACHE/log/$program.log" ] && [ -d "$CACHE/.partial-$program" ]; then
      line+=" $program $(wc -l <"$CACHE/log/$program.log") packages,"
    else
      line+=" $program waits,"
    fi
  done
  say "  ${elapsed} s:${line%,}"
}

# link_programs: the state directory's bin holds links into the cache, so that /proc/PID/exe tells which build runs.
link_programs() {
  local name bin=$STATE/bin
  mkdir -p "$bin"
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl helm; do
    ln -sfn "${HOMES[kubernetes]}/kubernetes" "$bin/$name"
  done
  for name in containerd containerd-shim-runc-v2 ctr; do ln -sfn "${HOMES[containerd]}/$name" "$bin/$name"; done
  ln -sfn "${HOMES[runsc]}/runsc" "$bin/runsc"
  ln -sfn "${HOMES[gvisorshim]}/containerd-shim-runsc-v1" "$bin/containerd-shim-runsc-v1"
  if [ -n "${HOMES[netpol]:-}" ]; then ln -sfn "${HOMES[netpol]}/netpol" "$bin/netpol"; else rm -f "$bin/netpol"; fi
}
