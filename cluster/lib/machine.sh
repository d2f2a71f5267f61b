# shellcheck shell=bash
# Looks whether this machine can carry the cluster, and says what it lacks before anything is made.

PACKAGES=(runc containernetworking-plugins nftables iptables conntrack iproute2 openssl procps patch mmdebstrap buildah)
# Free space for a cold build: modules 3 GB, build cache 4 GB, binaries and state 1 GB.
# shellcheck disable=SC2034 # read by the build
BUILD_DISK_GB=10
RUN_DISK_GB=2

check_machine() {
  [[ $CGROUP =~ ^[a-z0-9-]+$ ]] || die "COUNTERSIGN_CGROUP is a plain name in lower case, not $CGROUP"
  [ "$(uname -s)" = Linux ] || die "needs Linux; this is $(uname -s)"
  [ "$(id -u)" = 0 ] || die "needs root: it makes cgroups, network namespaces and mounts. Try: sudo -E $0 up"
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) die "needs x86_64 or arm64; gVisor runs on nothing else; this is $(uname -m)" ;;
  esac
  [[ $STATE =~ ^/[A-Za-z0-9._/-]{1,60}$ ]] ||
    die "COUNTERSIGN_CLUSTER_DIR must be an absolute path of at most 60 plain characters (sockets lie in it): $STATE"
  check_disk "$(nearest_directory "$STATE")" "$RUN_DISK_GB"
  check_kernel
  check_cgroups
}

nearest_directory() {
  local directory=$1
  until [ -d "$directory" ]; do directory=$(dirname "$directory"); done
  printf '%s\n' "$directory"
}

check_disk() {
  local free
  free=$(df -Pk "$1" | awk 'NR == 2 {print int($4 / 1048576)}')
  [ "$free" -ge "$2" ] || die "needs $2 GB of free disk at $1; there are $free GB"
}

check_kernel() {
  local namespace
  for namespace in net pid mnt ipc uts user; do
    [ -e "/proc/self/ns/$namespace" ] || die "the kernel has no $namespace namespaces"
  done
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || die "the kernel has no overlay file system"
}

# After the packages are there, because nft and ip are among them. Each probe makes the thing and takes it away.
check_kernel_network() {
  ip link show "$BRIDGE" >/dev/null 2>&1 || { ip link add cs-probe type bridge 2>/dev/null && ip link del cs-probe; } ||
    die "the kernel makes no bridges: load the module bridge"
  { ip link add cs-probe0 type veth peer name cs-probe1 2>/dev/null && ip link del cs-probe0; } ||
    die "the kernel makes no veth pairs: load the module veth"
  unshare --net --mount --pid --ipc --uts --fork true 2>/dev/null ||
    die "cannot make namespaces here (unshare fails)"
  unshare --user true 2>/dev/null ||
    die "cannot make user namespaces, which gVisor needs. A chroot is refused them: enter it by pivot_root." \
      "Elsewhere see: sysctl user.max_user_namespaces kernel.apparmor_restrict_unprivileged_userns"
}

# nftables_works: kube-proxy's nftables mode needs maps of verdicts and connection tracking.
nftables_works() {
  nft -c -f - 2>/dev/null <<'NFT'
table ip cs-probe {
  map services { type ipv4_addr . inet_proto . inet_service : verdict; }
  chain forward { type filter hook forward priority 0; ct state new ip daddr . meta l4proto . th dport vmap @services; }
  chain nat { type nat hook output priority -100; }
}
NFT
}

install_packages() {
  local package missing=()
  for package in "${PACKAGES[@]}"; do
    package_present "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

apt_install() {
  local log=$CACHE/log/packages.log
  command -v apt-get >/dev/null || die "these packages are missing, and this is no Debian to install them on: $*"
  [ "$(id -u)" = 0 ] || die "these packages are missing, and only root can install them: $*"
  step "installing Debian packages: $*"
  mkdir -p "$CACHE/log"
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"; } \
    >"$log" 2>&1 || { tail -n 5 "$log" | sed 's/^/  | /' >&2 && die "could not install them; the whole log: $log"; }
}

# Asks for the program, not for dpkg's opinion: it may have come another way.
package_present() {
  case $1 in
    containernetworking-plugins) cni_plugins >/dev/null ;;
    nftables) command -v nft >/dev/null ;;
    iproute2) command -v ip >/dev/null && command -v ss >/dev/null ;;
    procps) command -v sysctl >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

cni_plugins() {
  local directory
  for directory in /usr/lib/cni /opt/cni/bin /usr/libexec/cni; do
    [ ! -x "$directory/ptp" ] || [ ! -x "$directory/host-local" ] || { printf '%s\n' "$directory" && return 0; }
  done
  return 1
}

# has_sys_resource: CAP_SYS_RESOURCE is bit 24 of the bounding set.
has_sys_resource() {
  local bounding
  bounding=$(awk '/^CapBnd/ {print $2}' /proc/self/status)
  (((16#$bounding >> 24) & 1))
}

ensure_go() {
  local version
  export PATH=$PATH:/usr/local/go/bin:/usr/lib/go/bin
  if ! command -v go >/dev/null; then
    say "no Go here: Debian's fetches the wanted toolchain from the module proxy by itself"
    apt_install golang-go ca-certificates
  fi
  version=$(GOTOOLCHAIN=local go env GOVERSION)
  [[ $version =~ ^go1\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 21 ] ||
    die "needs Go 1.21 or later (it fetches newer toolchains by itself); this is ${version:-unknown}." \
      "Debian bookworm has a newer one in bookworm-backports: apt-get install -t bookworm-backports golang-go"
}
