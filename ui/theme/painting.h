// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QRectF>

class QPainter;

namespace ui::theme {

/// A rounded plate whose outline is one device pixel. An invalid colour leaves that part out.
void paintPlate(QPainter& painter, const QRectF& area, const QColor& fill, const QColor& line, double corner);

/// The ring around the control that has the keyboard.
void paintFocusRing(QPainter& painter, const QRectF& area, const QColor& color, double corner);

/// A line of one device pixel along an edge of the area.
void paintHairline(QPainter& painter, const QRectF& area, Qt::Edge edge, const QColor& color);

}  // namespace ui::theme
