#!/usr/bin/env bash
# ./pulse demo: brings Pulse up if it is not, with the limit that the story needs, and tells the story.
set -euo pipefail

pulse=$ROOT/pulse
# A celebrity of a hundred thousand followers would take minutes to make; the demo calls fifty followers large.
demo_limit=50
export PULSE__Fanout__PushFollowerLimit=${PULSE__Fanout__PushFollowerLimit:-$demo_limit}

# shellcheck source=scripts/lib.sh
source "$ROOT/scripts/lib.sh"
set_paths

tell() { run_node "$ROOT/scripts/demo.mjs" "$CONTROL_SOCKET" "$PULSE_DATA/secrets.json" "$demo_limit" "$@"; }

"$pulse" up --detach
limit=$(tell limit)
if [[ $limit != lowered ]]; then
  echo "… this Pulse runs with another Fanout:PushFollowerLimit; starting it again with $PULSE__Fanout__PushFollowerLimit for the demo (its data stay)"
  "$pulse" down
  "$pulse" up --detach
fi
tell story
