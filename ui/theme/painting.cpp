// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/painting.h"

#include <QPainter>

#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"

namespace ui::theme {

namespace {
qreal devicePixel(const QPainter& painter) {
    const qreal ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1.0;
    return 1.0 / ratio;
}
}  // namespace

void paintPlate(QPainter& painter, const QRectF& area, const QColor& fill, const QColor& line, double corner) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal pixel = devicePixel(painter);
    painter.setPen(line.isValid() ? QPen(line, pixel) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const qreal inset = line.isValid() ? pixel / 2 : 0;
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), corner, corner);
    painter.restore();
}

void paintFocusRing(QPainter& painter, const QRectF& area, const QColor& color, double corner) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, focus_width));
    const qreal inset = focus_width / 2.0;
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), corner - inset / 2, corner - inset / 2);
    painter.restore();
}

void paintHairline(QPainter& painter, const QRectF& area, Qt::Edge edge, const QColor& color) {
    const qreal pixel = devicePixel(painter);
    QRectF line = area;
    switch (edge) {
    case Qt::TopEdge: line.setHeight(pixel); break;
    case Qt::BottomEdge: line.setTop(area.bottom() - pixel); break;
    case Qt::LeftEdge: line.setWidth(pixel); break;
    case Qt::RightEdge: line.setLeft(area.right() - pixel); break;
    }
    painter.fillRect(line, color);
}

void paintCheckerboard(QPainter& painter, const QRect& area, const Palette& palette) {
    QPixmap tile(2 * checker_square, 2 * checker_square);
    tile.fill(palette.checker_light);
    QPainter squares(&tile);
    squares.fillRect(0, 0, checker_square, checker_square, palette.checker_dark);
    squares.fillRect(checker_square, checker_square, checker_square, checker_square, palette.checker_dark);
    squares.end();
    painter.save();
    painter.setBrushOrigin(area.topLeft());
    painter.fillRect(area, QBrush(tile));
    painter.restore();
}

}  // namespace ui::theme
