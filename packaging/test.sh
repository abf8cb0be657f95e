#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up, builds and tests everything, as CI does. See --help.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: packaging/test.sh [--quick] [-- CTEST-OPTION...]

Sets up what packaging/run.sh sets up and the tools that the checks need, builds with warnings as errors (preset ci), runs all
tests, then builds with the address and undefined-behaviour sanitizers (preset asan) and runs all but the heaviest again.

  --quick   without the sanitizers
  --help    this text

What follows -- goes to ctest, for example: packaging/test.sh --quick -- -R layering
USAGE
}

sanitizers=yes
while (($#)); do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --quick) sanitizers="" ;;
    --) shift; break ;;
    *) echo "packaging/test.sh: unknown word $1; --help lists the options" >&2; exit 2 ;;
  esac
  shift
done

# shellcheck source=packaging/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
set_up all test

# A home of the tests' own: no test can touch the library or the settings of the person who runs them.
home=$repo/build/test-home
mkdir -p "$home/runtime"
chmod 700 "$home/runtime"
test_environment=(HOME="$home" XDG_CACHE_HOME="$home/.cache" XDG_CONFIG_HOME="$home/.config" XDG_DATA_HOME="$home/.local/share"
  XDG_STATE_HOME="$home/.local/state" XDG_RUNTIME_DIR="$home/runtime" QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8)

status=0
run_tests() {
  local preset=$1
  shift
  build "$preset"
  step "Testing build/$preset"
  (cd "$repo" && env "${test_environment[@]}" ctest --preset "$preset" --parallel "$(nproc)" "$@") 9>&- || status=1
}

run_tests ci "$@"
if [[ -n $sanitizers ]]; then run_tests asan "$@"; fi
exit $status
