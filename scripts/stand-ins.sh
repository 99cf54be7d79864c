# shellcheck shell=bash
# Does this machine's package registry serve every package Pulse names? Restores a probe that asks for them all.

probe_seconds=90

decide_stand_ins() {
  local stamp=$ARTIFACTS/registry.stamp choice why key
  case ${UseStandIns:-} in
    true | false)
      write_registry_props "$UseStandIns"
      printf 'environment\n' >"$stamp"
      ok "Packages: $(world "$UseStandIns"), because the environment says UseStandIns=$UseStandIns"
      return
      ;;
    '') ;;
    *) fail "UseStandIns is \"$UseStandIns\" in the environment, expected true or false" ;;
  esac

  key=$(cat "$ROOT/Directory.Packages.props" "$ROOT/standins/StandIns.targets" <(aspire_version) | short_hash)
  if [[ -f $ARTIFACTS/registry.props && -f $stamp && $(head -n 1 "$stamp") == "$key" ]]; then
    ok "Packages: $(tail -n 1 "$stamp") (asked before)"
    return
  fi

  printf '… asking the package registry (at most %s s)\n' "$probe_seconds"
  probe_registry # sets choice, why and answered
  write_registry_props "$choice"
  if [[ $answered == true ]]; then
    printf '%s\n%s, because %s\n' "$key" "$(world "$choice")" "$why" >"$stamp"
  else
    rm -f "$stamp" # asked again next time
  fi
  ok "Packages: $(world "$choice"), because $why"
}

world() { if [[ $1 == true ]]; then printf 'stand-ins'; else printf 'the real ones'; fi; }
aspire_version() { sed -nE 's|.*<AspireVersion>(.*)</AspireVersion>.*|\1|p' "$ROOT/Directory.Build.props"; }
write_registry_props() {
  write_if_changed "$ARTIFACTS/registry.props" <<XML
<Project><PropertyGroup><UseStandIns Condition="'\$(UseStandIns)' == ''">$1</UseStandIns></PropertyGroup></Project>
XML
}

# The packages that stand-ins replace or whose dependencies they work around; versions come from Directory.Packages.props.
probed_packages() {
  sed -nE 's|.*<StandIn Include="([^"]+)".*|\1|p' "$ROOT/standins/StandIns.targets"
  printf '%s\n' Yarp.ReverseProxy StackExchange.Redis
}

probe_registry() {
  local folder log result=0
  folder=$(mktemp -d "$ARTIFACTS/probe.XXXXXX")
  log=$ARTIFACTS/probe.log
  # Its own Directory.* files keep those of the checkout, and of any folder above it, out.
  cat >"$folder/Directory.Build.props" <<XML
<Project><PropertyGroup><AspireVersion>$(aspire_version)</AspireVersion></PropertyGroup></Project>
XML
  echo '<Project />' >"$folder/Directory.Build.targets"
  cat >"$folder/Directory.Packages.props" <<XML
<Project><Import Project="$ROOT/Directory.Packages.props" /></Project>
XML
  cat >"$folder/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Aspire.AppHost.Sdk" Version="[\$(AspireVersion)]" />
    <PackageDownload Include="Aspire.Hosting.Orchestration.linux-x64" Version="[\$(AspireVersion)]" />
    <PackageDownload Include="Aspire.Dashboard.Sdk.linux-x64" Version="[\$(AspireVersion)]" />
$(probed_packages | sed 's|.*|    <PackageReference Include="&" />|')
  </ItemGroup>
</Project>
XML
  NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT=2 timeout --kill-after=5 "$probe_seconds" \
    dotnet restore "$folder/probe.csproj" -p:UseStandIns=false --verbosity minimal >"$log" 2>&1 </dev/null || result=$?
  rm -rf "$folder"
  judge_probe "$result" "$log"
}

# NU1101: no such package. NU1102, NU1103: not this version. NU1301: the registry did not answer.
judge_probe() {
  local result=$1 log=$2 missing count
  answered=true
  missing=$(sed -nE 's/.*error NU110[123]: Unable to find .*package ([A-Za-z0-9._-]+)( with|\. ).*/\1/p' "$log" | sort -u)
  count=$(printf '%s' "$missing" | grep -c . || true)
  if ((result == 0)); then
    choice=false
    why="the registry serves them all"
  elif ((count > 0)); then
    choice=true
    why="the registry lacks $(printf '%s' "$missing" | head -n 1)"
    if ((count > 1)); then why+=" and $((count - 1)) more"; fi
  else
    choice=true
    answered=false
    if ((result == 124 || result == 137)); then
      why="the registry did not answer within $probe_seconds s"
    else
      why="the probe failed: $(grep -m 1 -oE 'error [A-Z]+[0-9]+: .{0,120}' "$log" || tail -n 1 "$log") (all of it: $log)"
    fi
  fi
}
