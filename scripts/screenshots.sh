#!/usr/bin/env bash
# Takes the pictures of docs/dashboard.md anew, from a Pulse of its own that delivers posts meanwhile: scripts/screenshots.sh
set -euo pipefail

ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
export PULSE_SCREENSHOTS=$ROOT/docs/images
mkdir -p "$PULSE_SCREENSHOTS"
"$ROOT/pulse" test --filter Category=Screenshots
ls -l "$PULSE_SCREENSHOTS"
