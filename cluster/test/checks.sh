# shellcheck shell=bash
# Counting and waiting for the tests of the cluster.

passed=0
failed=0
# What the last checked command printed, both streams.
output=

# check NAME COMMAND...: passes when the command succeeds.
check() {
  local name=$1 began=$SECONDS status
  shift
  output=$("$@" 2>&1)
  status=$?
  record "$name" "$status" "$began"
}

# refuses NAME TEXT COMMAND...: passes when the command fails and says the text.
refuses() {
  local name=$1 text=$2 began=$SECONDS status=0
  shift 2
  if output=$("$@" 2>&1) || [[ $output != *"$text"* ]]; then status=1; fi
  record "$name" "$status" "$began"
}

record() {
  if [ "$2" = 0 ]; then
    passed=$((passed + 1))
    printf 'ok    %s (%d s)\n' "$1" $((SECONDS - $3))
  else
    failed=$((failed + 1))
    printf 'FAIL  %s (%d s)\n' "$1" $((SECONDS - $3))
    printf '%s\n' "$output" | tail -n 20 | sed 's/^/      | /'
  fi
}

# says TEXT COMMAND...: succeeds when the command does and prints the text.
says() {
  local text=$1 said
  shift
  said=$("$@" 2>&1) || { printf '%s\n' "$said" && return 1; }
  printf '%s\n' "$said"
  [[ $said == *"$text"* ]] || { printf '(wanted: %s)\n' "$text" && return 1; }
}

# within SECONDS COMMAND...: again and again until it succeeds; then prints what it printed last.
within() {
  local deadline=$((SECONDS + $1)) said
  shift
  until said=$("$@" 2>&1); do
    [ "$SECONDS" -lt "$deadline" ] || { printf '%s\n(still so after the time allowed)\n' "$said" && return 1; }
    sleep 0.3
  done
  printf '%s\n' "$said"
}

summary() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}
