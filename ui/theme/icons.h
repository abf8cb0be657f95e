// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QIcon>

namespace ui {

/// What colour a line icon is drawn in. `text` follows the theme by itself, disabled state included.
enum class IconTone { text, secondary, accent_text, overlay, star, danger, warning };

/// One of resources/icons/<name>.svg as an icon that is drawn in the theme's colours, sharp at any device pixel ratio.
/// An unknown name gives a null icon and a line in the log.
QIcon icon(const char* name, IconTone tone = IconTone::text);

}  // namespace ui
