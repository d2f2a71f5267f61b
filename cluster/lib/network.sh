# shellcheck shell=bash
# The node's address, the kernel's network settings, and the firewall tables of kube-proxy and the policy agent.

# Tables of the components, removed by `down`. Another Kubernetes on the machine would have the first two as well,
# which is why `up` refuses to start beside them.
NFT_TABLES=("ip kube-proxy" "ip6 kube-proxy" "inet countersign-netpol")

# Settings the components change (the kubelet most of them); `down` puts the old values back.
SYSCTLS=(net.ipv4.ip_forward vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops
  kernel.keys.root_maxkeys kernel.keys.root_maxbytes)

# Whose the bridge is: it bears the state directory as its alias.
bridge_owner() { ip link show dev "$BRIDGE" 2>/dev/null | sed -n 's/^ *alias //p'; }

check_network_is_free() {
  local owner clash
  owner=$(bridge_owner)
  if [ -n "$owner" ]; then
    [ "$owner" = "$STATE" ] || die "another cluster runs on this machine, from $owner. Take it down first:" \
      "COUNTERSIGN_CLUSTER_DIR=$owner $0 down"
    return 0
  fi
  ! ip link show dev "$BRIDGE" >/dev/null 2>&1 ||
    die "there is a network interface $BRIDGE that is not ours: ip link del $BRIDGE"
  clash=$(ip -4 route show table all | grep -E '^(local )?10\.(99\.0|96|244)\.' | head -1)
  [ -z "$clash" ] ||
    die "this machine already routes addresses the cluster uses ($NODE_IP, $SERVICE_CIDR, $POD_CIDR): $clash"
  ! nft list table ip kube-proxy >/dev/null 2>&1 ||
    die "another Kubernetes left or keeps its firewall table 'ip kube-proxy' here; remove it first"
}

# Docker, for one, has the firewall drop what the machine forwards, and no rule elsewhere can allow it again.
warn_of_forward_policy() {
  ! nft list chain ip filter FORWARD 2>/dev/null | grep -q 'policy drop' ||
    warn "this machine's firewall drops forwarded packets: pods reach the API server, but not each other"
}

make_network() {
  local name
  check_network_is_free
  warn_of_forward_policy
  mkdir -p "$STATE/saved"
  if [ ! -f "$STATE/saved/sysctl" ]; then
    for name in "${SYSCTLS[@]}"; do sysctl -e "$name"; done >"$STATE/saved/sysctl.new" 2>/dev/null
    nft list tables >"$STATE/saved/tables"
    mv "$STATE/saved/sysctl.new" "$STATE/saved/sysctl"
  fi
  sysctl -qw net.ipv4.ip_forward=1 || die "cannot switch net.ipv4.ip_forward on"
  ip link show "$BRIDGE" >/dev/null 2>&1 || ip link add "$BRIDGE" type bridge || die "cannot make the bridge $BRIDGE"
  ip link set "$BRIDGE" alias "$STATE"
  ip addr replace "$NODE_IP/32" dev "$BRIDGE"
  ip link set "$BRIDGE" up
}

# In its iptables mode kube-proxy cleans its own chains but for one that it shares with the kubelet; iptables itself
# leaves tables behind that have none but the built-in chains, and no rule.
remove_iptables() {
  local word family name iptables
  "$STATE/bin/kube-proxy" --cleanup >/dev/null 2>&1
  for iptables in iptables ip6tables; do
    for name in INPUT OUTPUT; do "$iptables" -w -D "$name" -j KUBE-FIREWALL; done
    "$iptables" -w -F KUBE-FIREWALL && "$iptables" -w -X KUBE-FIREWALL
  done 2>/dev/null
  nft list tables | while read -r word family name; do
    case $family/$name in
      ip/filter | ip/nat | ip/mangle | ip6/filter | ip6/nat | ip6/mangle) ;;
      *) continue ;;
    esac
    grep -qx "$word $family $name" "$STATE/saved/tables" || nft list table "$family" "$name" 2>/dev/null | has_rules ||
      nft delete table "$family" "$name"
  done
}

# has_rules: reads a table's listing; every line that neither opens, closes nor declares a chain is a rule.
has_rules() { grep -qvE '^#|^table |^\}$|^\s*(chain .*\{|type .* policy accept;|\})?$'; }

remove_network() {
  local table
  [ "$(bridge_owner)" != "$STATE" ] || ip link del "$BRIDGE"
  for table in "${NFT_TABLES[@]}"; do
    # shellcheck disable=SC2086 # family and name
    nft delete table $table 2>/dev/null
  done
  [ "$(cat "$STATE/etc/proxy-mode" 2>/dev/null)" != iptables ] || [ ! -x "$STATE/bin/kube-proxy" ] || remove_iptables
  if [ -f "$STATE/saved/sysctl" ]; then
    sysctl -qe -p "$STATE/saved/sysctl" >/dev/null 2>&1
  fi
}
