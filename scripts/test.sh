# shellcheck shell=bash
# ./pulse test: every test project of the solution, one after another.

run_tests() {
  # Drills kill processes under load and take minutes; they run when they are asked for: --filter Category=Drill.
  [[ $# -gt 0 ]] || set -- --filter 'Category!=Drill'
  setup
  build Pulse.sln
  local results=$ARTIFACTS/test-results log=$ARTIFACTS/test.log result=0
  rm -rf "$results"
  mkdir -p "$results"
  # One project at a time (-m:1): the system tests own ports and most of two cores. A hang is ended and named.
  {
    dotnet test Pulse.sln --no-build --nologo -m:1 --results-directory "$results" --logger trx \
      --blame-hang-timeout 10min --blame-hang-dump-type none "$@" 2>&1 </dev/null || result=$?
    echo "$result" >"$results/exit-code"
  } | tee "$log" | grep --line-buffered -E '^(Passed|Failed|Skipped)! ' || true
  run_node "$ROOT/scripts/test-results.mjs" "$results" "$log"
}
