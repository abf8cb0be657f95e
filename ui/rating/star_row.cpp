// SPDX-License-Identifier: Apache-2.0
#include "ui/rating/star_row.h"

#include <QPainter>
#include <QPainterPath>
#include <QtMath>
#include <array>

#include "ui/theme/palette.h"

namespace ui {

namespace {

/// A five-pointed star in the unit square, its joints rounded by the pen that fills it.
QPainterPath makeStar() {
    constexpr int points = 10;
    constexpr double outer = 0.48;
    constexpr double inner = 0.225;
    constexpr double middle_y = 0.53;  // the pentagram's weight lies above its circle's centre
    QPainterPath path;
    for (int i = 0; i < points; ++i) {
        const double radius = i % 2 == 0 ? outer : inner;
        const double angle = -M_PI / 2 + i * M_PI / 5;
        const QPointF corner(0.5 + radius * qCos(angle), middle_y + radius * qSin(angle));
        if (i == 0) {
            path.moveTo(corner);
        } else {
            path.lineTo(corner);
        }
    }
    path.closeSubpath();
    return path;
}

const QPainterPath& unitStar() {
    static const QPainterPath star = makeStar();
    return star;
}

constexpr double line_share = 0.085;     // of the star's side
constexpr double previewed_loss = 0.45;  // how far stars that a click would take away fade

}  // namespace

StarRow::StarRow(QPointF top_left, double star_side, double gap) : top_left_(top_left), side_(star_side), gap_(gap) {}

QSizeF StarRow::size(double star_side, double gap) { return {stars * star_side + (stars - 1) * gap, star_side}; }

QRectF StarRow::bounds() const { return {top_left_, size(side_, gap_)}; }

QRectF StarRow::starRect(int star) const { return {top_left_.x() + (star - 1) * (side_ + gap_), top_left_.y(), side_, side_}; }

int StarRow::starAt(QPointF point) const {
    const QRectF area = bounds().adjusted(-gap_ / 2, -gap_, gap_ / 2, gap_);
    if (!area.contains(point)) return 0;
    const int star = 1 + static_cast<int>((point.x() - area.left()) / (side_ + gap_));
    return qBound(1, star, stars);
}

void StarRow::paint(QPainter& painter, const theme::Palette& palette, Surface surface, int rating, int preview) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor empty = surface == Surface::overlay ? palette.overlay_text : palette.text_secondary;
    const QColor edge = surface == Surface::overlay ? palette.star : palette.star_outline;
    const int shown = preview >= 0 ? preview : rating;
    for (int star = 1; star <= stars; ++star) {
        const QRectF area = starRect(star);
        painter.save();
        painter.translate(area.topLeft());
        painter.scale(side_, side_);
        const bool filled = star <= shown;
        // A rating that the pointer would lower stays visible, faintly, until the click.
        const bool fading = !filled && star <= rating;
        QColor line = filled || fading ? edge : empty;
        if (!filled && !fading && surface == Surface::overlay) line.setAlphaF(0.75F);
        if (fading) line.setAlphaF(static_cast<float>(1.0 - previewed_loss));
        painter.setPen(QPen(line, line_share, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(filled ? QBrush(palette.star) : QBrush(Qt::NoBrush));
        painter.drawPath(unitStar());
        painter.restore();
    }
    painter.restore();
}

void paintHollowStar(QPainter& painter, const QRectF& area, const QColor& line) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(area.topLeft());
    painter.scale(area.width(), area.height());
    painter.setPen(QPen(line, line_share, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(unitStar());
    painter.restore();
}

}  // namespace ui
