# shellcheck shell=bash
# ./pulse test: every test project of the solution.

run_tests() {
  local patience=10min browser=true
  if [[ ${1:-} == --long ]]; then
    shift
    browser=false
    # Each of the two property tests takes histories for half of the time, and says nothing meanwhile.
    local minutes=${PULSE_TEST_MINUTES:-60}
    [[ $minutes =~ ^[0-9]+$ && $minutes -gt 0 ]] || fail "PULSE_TEST_MINUTES is a number of minutes, not \"$minutes\""
    patience=$((minutes + 10))min
    PULSE_TEST_MINUTES=$(awk -v minutes="$minutes" 'BEGIN { print minutes / 2 }')
    export PULSE_TEST_MINUTES
    set -- --filter Category=Property "$@"
  fi
  # Drills kill processes under load and take minutes; they run when they are asked for: --filter Category=Drill.
  # Screenshots are no test: scripts/screenshots.sh.
  [[ $# -gt 0 ]] || set -- --filter 'Category!=Drill&Category!=Screenshots'
  setup
  if [[ $browser == true ]]; then require_browser; fi
  build Pulse.sln
  local results=$ARTIFACTS/test-results log=$ARTIFACTS/test.log result=0
  export -f test_project
  export TEST_RESULTS=$results TEST_PATIENCE=$patience
  rm -rf "$results"
  mkdir -p "$results"
  # The tests of the whole system own ports and most of two cores, so they run alone; the others mostly wait for real parts, and run
  # two projects at a time. A hang is ended and named.
  {
    find tests -name '*.Tests.csproj' -print0 | sort -z | xargs -0 -P 2 -I {} bash -c 'test_project "$@"' _ {} "$@" || result=$?
    test_project tests/Pulse.SystemTests/Pulse.SystemTests.csproj "$@" || result=$?
    echo "$result" >"$results/exit-code"
  } | tee "$log" | grep --line-buffered -E '^(Passed|Failed|Skipped)! ' || true
  run_node "$ROOT/scripts/test-results.mjs" "$results" "$log"
}

# `test_project PROJECT ARGUMENTS`: its results go to a folder of its own, as two runs of one second choose the same name for them, and
# its output comes at its end, in one piece.
test_project() {
  local project=$1 output result=0
  shift
  output=$(dotnet test "$project" --no-build --nologo --results-directory "$TEST_RESULTS/$(basename "$project" .csproj)" --logger trx \
    --blame-hang-timeout "$TEST_PATIENCE" --blame-hang-dump-type none "$@" 2>&1 </dev/null) || result=$?
  printf '%s\n' "$output"
  return "$result"
}

# For the tests that look at the dashboard. Nothing else of Pulse needs one, so ./pulse setup installs none.
require_browser() {
  local how='' browser
  if ! browser_path >/dev/null; then
    install_package chromium
    how=" (installed chromium)"
  fi
  browser=$(browser_path) || fail "there is no chromium even after installing it"
  ok "Chromium at $browser$how"
}

browser_path() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
