// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>

#include "app/settings/settings.h"
#include "ui/theme/flat_button.h"
#include "ui/theme/icons.h"
#include "ui/theme/palette.h"
#include "ui/theme/tokens.h"

class QApplication;
class QPainter;
class QRect;

namespace ui {

/// Sets style, palette and type of the program. `system` follows the desktop's choice, also when it changes later.
/// Cheap when nothing changes. Call it before the first window and after each change of the setting.
void applyTheme(QApplication& application, app::Theme theme);

namespace theme {

/// The application's font in one of the four type sizes (tokens.h).
QFont font(int pixel_size, QFont::Weight weight = QFont::Normal);

/// Milliseconds an animation takes: motion_ms, or 0 where the desktop asks for less motion.
int motionDuration(const QWidget* widget);

/// The squares that stand for "nothing there", anchored at the rectangle's corner.
void paintCheckerboard(QPainter& painter, const QRect& area, const Palette& palette);

}  // namespace theme
}  // namespace ui
