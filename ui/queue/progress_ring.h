// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QRectF>

class QPainter;

namespace ui {

/// A circle that fills clockwise from the top.
/// @param fraction  0 to 1; below 0: how far is not known, a quarter is drawn
void paintProgressRing(QPainter& painter, const QRectF& area, double fraction, const QColor& track, const QColor& ink);

}  // namespace ui
