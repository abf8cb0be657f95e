// SPDX-License-Identifier: Apache-2.0
#include "ui/queue/progress_ring.h"

#include <QPainter>

#include "ui/theme/tokens.h"

namespace ui {

void paintProgressRing(QPainter& painter, const QRectF& area, double fraction, const QColor& track, const QColor& ink) {
    constexpr int circle = 360 * 16;  // QPainter counts sixteenths of a degree
    constexpr int top = 90 * 16;
    const double width = qMax(static_cast<double>(theme::focus_width), area.width() / theme::space_m);
    const QRectF ring = area.adjusted(width / 2, width / 2, -width / 2, -width / 2);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(track, width));
    painter.drawEllipse(ring);
    painter.setPen(QPen(ink, width, Qt::SolidLine, Qt::RoundCap));
    const int span = fraction < 0 ? circle / 4 : qRound(qBound(0.0, fraction, 1.0) * circle);
    if (span > 0) painter.drawArc(ring, top, -span);
    painter.restore();
}

}  // namespace ui
