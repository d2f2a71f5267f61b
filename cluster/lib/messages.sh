# shellcheck shell=bash
# What the user reads. Everything goes to stderr: stdout belongs to commands whose output is used (env, kubeconfig).

say() { printf '%s\n' "$*" >&2; }

step() { printf '[%3ds] %s\n' "$SECONDS" "$*" >&2; }

warn() { printf 'cluster: warning: %s\n' "$*" >&2; }

die() {
  printf 'cluster: %s\n' "$@" >&2
  exit 1
}

# die_of COMPONENT MESSAGE [ADVICE]: ends with the last lines of the component's log.
die_of() {
  local component=$1 log=$STATE/log/$1.log
  shift
  {
    printf 'cluster: %s\n' "$@"
    if [ -s "$log" ]; then
      printf 'last lines of %s:\n' "$log"
      tail -n 15 "$log" | cut -c1-400 | sed 's/^/  | /'
    fi
    printf 'More: cluster/cluster logs %s. From nothing: cluster/cluster down, then up.\n' "$component"
  } >&2
  exit 1
}
