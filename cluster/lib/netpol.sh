# shellcheck shell=bash
# The switch of the policy agent: off shows that the tests of isolation fail without it.

netpol_stop() {
  local table
  stop netpol
  for table in "${NFT_TABLES[@]}"; do
    # shellcheck disable=SC2086 # family and name
    [[ $table != *netpol ]] || nft delete table $table 2>/dev/null
  done
  return 0
}

netpol() {
  lock netpol
  pid_of kube-apiserver >/dev/null || die "the cluster is not running: cluster/cluster up"
  [ -x "$STATE/bin/netpol" ] || die "the policy agent is not built: cluster/netpol"
  case ${1:-} in
    on | off) printf '%s\n' "$1" >"$STATE/etc/netpol" ;;
    *) die "usage: cluster netpol on|off" ;;
  esac
  if [ "$1" = off ]; then netpol_stop; else
    start_netpol
    await_netpol
  fi
  say "policy agent: $1"
}
