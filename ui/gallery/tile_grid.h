// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QRect>
#include <QSize>

namespace ui {

/// Where tiles of one size lie, by arithmetic alone: a hundred thousand of them cost as much as ten.
/// Content coordinates: (0, 0) is the top left of everything, scrolled or not.
class TileGrid final {
public:
    enum class Flow { grid, strip };  ///< grid: rows of tiles that fill the width; strip: one row without end

    TileGrid() = default;
    TileGrid(Flow flow, QSize cell, int margin, int view_width, int count, bool mirrored);

    int columns() const { return columns_; }
    QSize contentSize() const;
    QRect cell(int index) const;
    int indexAt(QPoint point) const;  ///< -1 between and beyond the tiles

    struct Range {
        int first = 0;
        int last = -1;
    };
    Range touching(const QRect& area) const;  ///< all tiles that could show in the area

private:
    int left(int column) const;

    Flow flow_ = Flow::grid;
    QSize cell_{1, 1};
    int margin_ = 0;
    int view_width_ = 1;
    int count_ = 0;
    int columns_ = 1;
    bool mirrored_ = false;
};

}  // namespace ui
