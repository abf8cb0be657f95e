// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QRectF>
#include <QSizeF>

class QColor;
class QPainter;

namespace ui {

namespace theme {
struct Palette;
}

/// Five stars in a row: where they are and how they are drawn, for the widget and for the tiles that have no widget.
class StarRow final {
public:
    static constexpr int stars = 5;
    enum class Surface { chrome, overlay };  ///< overlay: on the dark plate over a picture

    StarRow(QPointF top_left, double star_side, double gap);

    static QSizeF size(double star_side, double gap);
    QRectF bounds() const;

    /// The star under a point, 1 to 5; the gaps belong to the star before them. 0 when the point is not on the row.
    int starAt(QPointF point) const;

    /// @param rating   stars that are given
    /// @param preview  stars that a click would give, or -1: drawn brighter than the rating
    void paint(QPainter& painter, const theme::Palette& palette, Surface surface, int rating, int preview = -1) const;

private:
    QRectF starRect(int star) const;

    QPointF top_left_;
    double side_;
    double gap_;
};

/// One empty star, for what nobody gave.
void paintHollowStar(QPainter& painter, const QRectF& area, const QColor& line);

}  // namespace ui
