#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests the set-up's own steps without a network and without changing the system.
# shellcheck disable=SC2317
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export FUSELIGHT_CACHE=$scratch/cache
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
unset DISPLAY WAYLAND_DISPLAY

failures=0
check() {
  local what=$1
  shift
  if "$@"; then
    echo "ok    $what"
  else
    echo "FAIL  $what: $*"
    failures=$((failures + 1))
  fi
}
says() { grep -qF -- "$2" <<<"$1"; }
status_of() { "$@" >"$scratch/out" 2>&1 </dev/null && echo 0 || echo $?; }

for command in run test text_model; do
  check "$command --help succeeds" [ "$(status_of "$here/$command.sh" --help)" = 0 ]
  check "$command --help says how to call it" says "$(cat "$scratch/out")" "Usage:"
  check "$command refuses an unknown option" [ "$(status_of "$here/$command.sh" --no-such-option)" = 2 ]
done
check "run without display and prompt ends at once" [ "$(status_of "$here/run.sh")" = 2 ]
check "and says why" says "$(cat "$scratch/out")" "no prompt to draw"
check "run wants a value for --output" [ "$(status_of "$here/run.sh" --output)" = 2 ]
check "a cache that cannot be made is named" \
  says "$(FUSELIGHT_CACHE=/proc/none "$here/run.sh" --setup-only 2>&1 || true)" "/proc/none cannot be made"

# shellcheck source=packaging/setup.sh
source "$here/setup.sh"
take_lock
check "a second set-up waits" [ "$(status_of flock --nonblock "$cache/lock" true)" = 1 ]
release_lock
check "and is let in afterwards" [ "$(status_of flock --nonblock "$cache/lock" true)" = 0 ]

for list in "$lists"/*.txt; do
  check "all of $(basename "$list") is pinned by hash" \
    [ "$(pinned "$list" | grep -vcE '^[a-z0-9.-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}$')" = 0 ]
done

mkdir -p "$scratch/repo/packaging"
printf '# comment\nall   bash\nall   no-such-package-1\ntest  no-such-package-2\n' >"$scratch/repo/packaging/debian-packages.txt"
saved=$repo repo=$scratch/repo
check "packages that nobody knows are missing" [ "$(missing_packages all)" = no-such-package-1 ]
check "those for tests only where asked for" [ "$(missing_packages all test | wc -l)" = 2 ]
repo=$saved

check "too little space ends the set-up" says "$( (require_space 999999999 "A test") 2>&1 || true)" "A test needs 999999999 MiB"

# A folder is whole or not there.
mkdir -p "$cache/partial/new" && touch "$cache/partial/new/file"
check "nothing is not made" [ "$(made_from "$scratch/thing" key && echo yes)" = "" ]
put_in_place "$cache/partial/new" "$scratch/thing" "key 1"
check "a folder in place is known by its key" made_from "$scratch/thing" "key 1"
check "and not by another" [ "$(made_from "$scratch/thing" "key 2" && echo yes)" = "" ]
mkdir -p "$cache/partial/new" && touch "$cache/partial/new/other"
put_in_place "$cache/partial/new" "$scratch/thing" "key 2"
check "a new one takes its place as a whole" [ "$(ls "$scratch/thing")" = other ]

check "progress is said in fifths" [ "$(printf 'Progress %d of 104857600\n' 1 30000000 31000000 104857600 |
  show_progress torch "$scratch/log" 2>&1)" = "  torch: 28 % of 100 MiB" ]

"$python" - "$scratch/a.whl" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name in ("torch/lib/libc10.so", "torch/lib/libtorch_python.so", "torch/include/deep/a.h", "torch/nn.py"):
        wheel.writestr(name, name)
PY
"$python" "$here/unpack_wheel.py" "$scratch/site" "$scratch/a.whl" -- 'torch/lib/*' 'torch/include/*' '!*python.so' 2>/dev/null
check "only what was asked for is unpacked" \
  [ "$(cd "$scratch/site" && find . -type f | sort | tr '\n' ' ')" = "./torch/include/deep/a.h ./torch/lib/libc10.so " ]
check "with a time that makes no build stale" [ "$(stat -c %Y "$scratch/site/torch/lib/libc10.so")" = 1577836800 ]

echo "$failures failed"
exit $((failures > 0))
