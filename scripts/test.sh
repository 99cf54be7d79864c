# shellcheck shell=bash
# ./pulse test: every test project of the solution, one after another.

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
  rm -rf "$results"
  mkdir -p "$results"
  # One project at a time (-m:1): the system tests own ports and most of two cores. A hang is ended and named.
  {
    dotnet test Pulse.sln --no-build --nologo -m:1 --results-directory "$results" --logger trx \
      --blame-hang-timeout "$patience" --blame-hang-dump-type none "$@" 2>&1 </dev/null || result=$?
    echo "$result" >"$results/exit-code"
  } | tee "$log" | grep --line-buffered -E '^(Passed|Failed|Skipped)! ' || true
  run_node "$ROOT/scripts/test-results.mjs" "$results" "$log"
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
