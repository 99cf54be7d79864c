# shellcheck shell=bash
# dotnet build, quiet and without leftovers.

# A compiler server of our own, ended with us: dotnet would leave its shared one running for minutes.
quiet_build_servers() {
  export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
  [[ -z ${SharedCompilationId:-} ]] || return 0 # the caller's, and the caller ends it
  export SharedCompilationId=pulse-$$
  own_compiler_server=true
}

end_compiler_server() {
  [[ ${own_compiler_server:-} == true ]] && have dotnet || return 0
  own_compiler_server=
  local sdk
  sdk=$(dotnet --list-sdks | grep -F "$(dotnet --version) " | sed -E 's|(.*) \[(.*)\]|\2/\1|')
  dotnet exec "$sdk/Roslyn/bincore/VBCSCompiler.dll" -shutdown "-pipename:$SharedCompilationId" >/dev/null 2>&1 || true
  unset SharedCompilationId
}

# What a build depends on besides the files of the checkout.
build_world() { printf '%s %s\n' "${UseStandIns:-$(short_hash <"$ARTIFACTS/registry.props")}" "$(dotnet --version)"; }

# `build PROJECT`: one line on success, the first errors on failure. PROJECT is the AppHost or the solution around it.
build() {
  local project=$1 log=$ARTIFACTS/build.log stamp=$ARTIFACTS/build.stamp begin=$SECONDS
  # A first build would make these folders later than the stamp, and the next start build once more.
  find "$ROOT" -name '*.csproj' -printf '%h/bin\0%h/obj\0' | xargs -0 mkdir -p
  build_world >"$stamp.new" # its date is the begin of the build
  if ! dotnet build "$project" --nologo -consoleLoggerParameters:NoSummary >"$log" 2>&1 </dev/null; then
    grep -E '(error|warning) [A-Z]+[0-9]+:' "$log" | sed 's/ \[[^]]*\]$//' | sort -u | head -n 10 >&2 || true
    fail "dotnet build $project failed (all of it: $log)"
  fi
  mv "$stamp.new" "$stamp"
  ok "built $project in $((SECONDS - begin)) s"
}

# True when no file that a build reads is younger than the last good build. MSBuild takes seconds to find that out.
build_is_fresh() {
  local stamp=$ARTIFACTS/build.stamp project name
  [[ -f $stamp && $(<"$stamp") == "$(build_world)" ]] || return 1
  for project in "$ROOT"/Pulse.*/*.csproj; do
    name=$(basename "$project" .csproj)
    [[ -f ${project%/*}/bin/Debug/net10.0/$name.dll ]] || return 1
  done
  [[ -z $(find "$ROOT" \( -name bin -o -name obj -o -name artifacts -o -name .git -o -name docs -o -name tests \) -prune \
    -o -newer "$stamp" -path "$ROOT/*" -print -quit) ]]
}
