# shellcheck shell=bash
# dlq, timelines, keys, admin: what an operator does with a running Pulse.

operate() {
  require_up
  run_node "$ROOT/scripts/operate.mjs" "$CONTROL_SOCKET" "$PULSE_DATA/secrets.json" "$@"
}

dlq() {
  case $# in
    1) [[ $1 == list ]] || fail "usage: ./pulse dlq list | show <queue> | replay <queue>" ;;
    2) [[ $1 =~ ^(show|replay)$ && -n $2 ]] || fail "usage: ./pulse dlq list | show <queue> | replay <queue>" ;;
    *) fail "usage: ./pulse dlq list | show <queue> | replay <queue>" ;;
  esac
  operate dlq "$@"
}

timelines() {
  [[ $* == rebuild ]] || fail "usage: ./pulse timelines rebuild"
  operate timelines rebuild
}

keys() {
  [[ $* == rotate ]] || fail "usage: ./pulse keys rotate"
  operate keys rotate
}

admin() {
  [[ $# -eq 2 && $1 =~ ^(grant|withdraw)$ && -n $2 ]] || fail "usage: ./pulse admin grant|withdraw <username>"
  operate admin "$@"
}
