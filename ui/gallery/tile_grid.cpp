// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/tile_grid.h"

#include <algorithm>

namespace ui {

TileGrid::TileGrid(Flow flow, QSize cell, int margin, int view_width, int count, bool mirrored) :
    flow_(flow), cell_(cell.expandedTo({1, 1})), margin_(margin), view_width_(std::max(view_width, cell_.width() + 2 * margin)), count_(count),
    mirrored_(mirrored && flow == Flow::grid) {
    columns_ = flow == Flow::strip ? std::max(count, 1) : std::max(1, (view_width_ - 2 * margin) / cell_.width());
}

int TileGrid::left(int column) const {
    if (flow_ == Flow::strip) return margin_ + column * cell_.width();
    // The width that is left over goes between the columns, so that the grid ends where the window does.
    return margin_ + static_cast<int>(static_cast<qint64>(column) * (view_width_ - 2 * margin_) / columns_);
}

QSize TileGrid::contentSize() const {
    if (flow_ == Flow::strip) return {2 * margin_ + count_ * cell_.width(), cell_.height()};
    const int rows = (count_ + columns_ - 1) / columns_;
    return {view_width_, 2 * margin_ + rows * cell_.height()};
}

QRect TileGrid::cell(int index) const {
    if (index < 0 || index >= count_) return {};
    const int column = flow_ == Flow::strip ? index : index % columns_;
    const int row = flow_ == Flow::strip ? 0 : index / columns_;
    const int top = flow_ == Flow::strip ? 0 : margin_ + row * cell_.height();
    QRect area(left(column), top, left(column + 1) - left(column), cell_.height());
    if (mirrored_) area.moveLeft(view_width_ - area.right() - 1);
    return area;
}

int TileGrid::indexAt(QPoint point) const {
    const Range range = touching(QRect(point, QSize(1, 1)));
    for (int index = range.first; index <= range.last; ++index) {
        if (cell(index).contains(point)) return index;
    }
    return -1;
}

TileGrid::Range TileGrid::touching(const QRect& area) const {
    if (count_ == 0 || area.isEmpty()) return {};
    if (flow_ == Flow::strip) {
        const int first = (area.left() - margin_) / cell_.width();
        const int last = (area.right() - margin_) / cell_.width();
        return {std::clamp(first, 0, count_ - 1), std::clamp(last, 0, count_ - 1)};
    }
    const int first_row = std::max(0, (area.top() - margin_) / cell_.height());
    const int last_row = std::max(0, (area.bottom() - margin_) / cell_.height());
    return {std::min(first_row * columns_, count_), std::min((last_row + 1) * columns_ - 1, count_ - 1)};
}

}  // namespace ui
