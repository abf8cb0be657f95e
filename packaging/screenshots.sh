#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Draws again what the starter model is shown with: the example cards of the first start, the sheet of its model card and the pictures of
# the README. For whoever changes its weights or the window.
set -euo pipefail

# shellcheck source=packaging/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
set_up all
build release fuselight fuselight_engine

examples=$(sed -n 's/.*{QStringLiteral("\(.*\)"), \([0-9]*\), picture("\([a-z]*\)")}.*/\3\t\2\t\1/p' "$repo/ui/window/welcome.cpp")
[[ -n $examples ]] || fail "ui/window/welcome.cpp lists no example cards."
step "Drawing the example cards"
while IFS=$'\t' read -r name seed prompt; do
  "$repo/build/release/bin/fuselight" generate --prompt "$prompt" --seed "$seed" --output "$repo/resources/examples/$name.png" >&2
done <<<"$examples"

build release screenshots sample_sheet
step "Drawing the sheet of the model card"
starter=$repo/resources/models/starter
QT_QPA_PLATFORM=offscreen "$repo/build/release/bin/sample_sheet" "$starter/prompts.txt" "$starter/samples.png" 1 2 >&2

step "Taking the README's pictures"
QT_QPA_PLATFORM=offscreen "$repo/build/release/bin/screenshots" "$repo/packaging/screenshots" >&2
