# shellcheck shell=bash disable=SC2034 # `render` reads the settings by name
# Fills the templates of config/ in, and settles what depends on the machine.

# settle_machine: decides once what the templates need to know.
settle_machine() {
  CNI_PLUGINS=$(cni_plugins) || die "the CNI plugins ptp and host-local are missing"
  # Overlay does not stack on overlay: inside a container the plain copying snapshotter has to do.
  SNAPSHOTTER=overlayfs
  [ "$(stat -fc %T "$STATE")" != overlayfs ] || SNAPSHOTTER=native
  RESTRICT_OOM_SCORE=true
  ! has_sys_resource || RESTRICT_OOM_SCORE=false
  if [ -z "${PROXY_MODE:-}" ]; then
    PROXY_MODE=nftables
    nftables_works || PROXY_MODE=iptables
  fi
}

# render TEMPLATE [NAME=VALUE...]: prints it with every @NAME@ replaced.
render() {
  local template=$HERE/config/$1 name expressions=() text
  shift
  for name in STATE NODE_NAME NODE_IP POD_CIDR POD_SUBNET CGROUP POD_PIDS_LIMIT PAUSE_IMAGE \
    CNI_PLUGINS SNAPSHOTTER RESTRICT_OOM_SCORE PROXY_MODE; do
    expressions+=(-e "s#@$name@#${!name:-}#g")
  done
  for name in "$@"; do expressions+=(-e "s#@${name%%=*}@#${name#*=}#g"); done
  text=$(sed "${expressions[@]}" "$template")
  [[ ! $text =~ @[A-Z_]+@ ]] || die "$template: nothing fills ${BASH_REMATCH[0]} in"
  printf '%s\n' "$text"
}

# put FILE: writes stdin there unless it holds just that already: kube-proxy ends itself when its file is touched.
put() {
  cat >"$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

write_config() {
  local file
  settle_machine
  mkdir -p "$STATE/etc/cni" "$STATE/pod-logs" "$STATE/volume-plugins"
  for file in containerd.toml runsc.toml runsc-none.toml kubelet.yaml kube-proxy.yaml audit-policy.yaml; do
    render "$file" | put "$STATE/etc/$file"
  done
  render cni.conflist | put "$STATE/etc/cni/10-countersign.conflist"
  printf '%s\n' "$PROXY_MODE" | put "$STATE/etc/proxy-mode"
}
