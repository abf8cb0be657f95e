// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemView>
#include <QPersistentModelIndex>

#include "app/library/library_item.h"
#include "ui/gallery/gallery_delegate.h"
#include "ui/gallery/tile_grid.h"

namespace ui {

class GalleryModel;

/// A view of a GalleryModel without a layout to keep: every tile's place is computed when it is needed, so that ten thousand
/// pictures open and scroll like ten. Stars under the pointer, bare keys 0 to 5, Delete, Enter, drag-out.
class TileView final : public QAbstractItemView {
    Q_OBJECT
public:
    TileView(TileGrid::Flow flow, GalleryModel& model, QWidget* parent = nullptr);

    void setPictureSide(int side);
    int pictureSide() const { return delegate_->pictureSide(); }

    app::ItemId currentItem() const;           ///< id 0 when there is none
    QList<app::ItemId> selectedItems() const;  ///< in the model's order
    void selectItem(app::ItemId id);           ///< alone, and brings it into view
    void step(int rows);                       ///< moves the current tile

    QRect visualRect(const QModelIndex& index) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint& point) const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void rateRequested(QList<app::ItemId> items, int stars, bool by_key);
    void trashRequested(QList<app::ItemId> items);
    void itemActivated(app::ItemId item);
    void currentItemChanged(app::ItemId item);
    void selectedItemsChanged();

protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override;
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex& index) const override;
    void setSelection(const QRect& area, QItemSelectionModel::SelectionFlags flags) override;
    QRegion visualRegionForSelection(const QItemSelection& selection) const override;
    void scrollContentsBy(int dx, int dy) override;
    void updateGeometries() override;
    void dataChanged(const QModelIndex& first, const QModelIndex& last, const QList<int>& roles = {}) override;
    void rowsInserted(const QModelIndex& parent, int first, int last) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
    void startDrag(Qt::DropActions actions) override;

    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    TileGrid grid(int view_width) const;
    TileGrid grid() const { return grid(viewport()->width()); }
    QPoint offset() const { return {horizontalOffset(), verticalOffset()}; }
    void hover(const QPoint& point);
    int starAt(const QModelIndex& index, const QPoint& point) const;
    QList<app::ItemId> affected(const QModelIndex& index) const;

    TileGrid::Flow flow_;
    GalleryModel& model_;
    GalleryDelegate* delegate_;
    QPersistentModelIndex hovered_;
    QPersistentModelIndex star_pressed_on_;
    int star_pressed_ = 0;
    QRect band_;  ///< of a selection by dragging, in content coordinates; null otherwise
    QPoint band_start_;
};

}  // namespace ui
