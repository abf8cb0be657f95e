// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemDelegate>
#include <QCache>
#include <QPersistentModelIndex>
#include <QPixmap>

#include "app/library/library_item.h"
#include "ui/gallery/tile_grid.h"
#include "ui/rating/star_row.h"

namespace ui {

/// Draws one picture of the gallery: thumbnail, stars, ring. In the grid the stars have a line of their own under the picture;
/// in the strip they lie over it, and a caption above says where a day begins. Stars that are only predicted are one hollow star and a number.
class GalleryDelegate final : public QAbstractItemDelegate {
    Q_OBJECT
public:
    explicit GalleryDelegate(TileGrid::Flow flow, QObject* parent = nullptr);

    void setPictureSide(int side);  ///< device-independent pixels
    int pictureSide() const { return side_; }
    QSize cellSize() const;

    QRect pictureArea(const QRect& cell) const;
    StarRow stars(const QRect& cell) const;

    /// The tile under the pointer, and the stars that a click would give it (-1: the pointer is not on its stars).
    void setHover(const QModelIndex& index, int preview);

    void forget(app::ItemId id);  ///< its thumbnail changed

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    QPixmap tile(app::ItemId id, const QModelIndex& index, const QStyleOptionViewItem& option) const;
    void paintAbsent(QPainter& painter, const QRect& area, const QStyleOptionViewItem& option, bool missing) const;
    void paintStars(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index, bool hovered) const;
    void paintPrediction(QPainter& painter, const QStyleOptionViewItem& option, double predicted) const;
    void paintPick(QPainter& painter, const QRect& shown, const QModelIndex& index, const QStyleOptionViewItem& option) const;
    void paintDay(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;

    TileGrid::Flow flow_;
    int side_;
    QPersistentModelIndex hovered_;
    int preview_ = -1;
    /// Pictures at the size they are shown, so that scrolling copies pixels and scales nothing. Cost in KiB.
    mutable QCache<qint64, QPixmap> tiles_;
    mutable qreal tiles_ratio_ = 1.0;
    mutable bool tiles_dark_ = true;
};

}  // namespace ui
