// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/tile_view.h"

#include <QDrag>
#include <QHoverEvent>
#include <QImage>
#include <QItemSelectionModel>
#include <QMimeData>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "ui/gallery/gallery_model.h"
#include "ui/gallery/item_drag.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int margin = theme::space_s;
}

TileView::TileView(TileGrid::Flow flow, GalleryModel& model, QWidget* parent) :
    QAbstractItemView(parent), flow_(flow), model_(model), delegate_(new GalleryDelegate(flow, this)) {
    setModel(&model);
    setItemDelegate(delegate_);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(flow == TileGrid::Flow::grid ? ExtendedSelection : SingleSelection);
    setSelectionBehavior(SelectItems);
    setEditTriggers(NoEditTriggers);
    setDragEnabled(true);
    setDragDropMode(DragOnly);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(flow == TileGrid::Flow::grid ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    setVerticalScrollBarPolicy(flow == TileGrid::Flow::grid ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    if (flow == TileGrid::Flow::strip) setLayoutDirection(Qt::LeftToRight);  // time runs one way
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_Hover);
    viewport()->setBackgroundRole(QPalette::Window);
    connect(this, &QAbstractItemView::activated, this, [this](const QModelIndex& index) { Q_EMIT itemActivated(model_.idAt(index.row())); });
    connect(&model, &QAbstractItemModel::rowsRemoved, this, [this] {
        updateGeometries();
        // Whoever sorts out goes on with the picture that took the place; in the strip the window says which one that is.
        if (flow_ == TileGrid::Flow::grid && currentIndex().isValid() && !selectionModel()->hasSelection()) selectItem(currentItem());
    });
    connect(&model, &QAbstractItemModel::modelReset, this, [this] { updateGeometries(); });
}

TileGrid TileView::grid(int view_width) const { return {flow_, delegate_->cellSize(), margin, view_width, model_.rowCount(), isRightToLeft()}; }

void TileView::setPictureSide(int side) {
    if (side == delegate_->pictureSide()) return;
    const QModelIndex anchor = currentIndex().isValid() && visualRect(currentIndex()).intersects(viewport()->rect())
        ? currentIndex()
        : indexAt(QPoint(2 * margin, 2 * margin));
    delegate_->setPictureSide(side);
    updateGeometries();
    if (anchor.isValid()) scrollTo(anchor, PositionAtCenter);
    updateGeometry();
    viewport()->update();
}

app::ItemId TileView::currentItem() const { return currentIndex().isValid() ? model_.idAt(currentIndex().row()) : app::ItemId{}; }

QList<app::ItemId> TileView::selectedItems() const {
    QModelIndexList indexes = selectionModel()->selectedIndexes();
    std::sort(indexes.begin(), indexes.end());
    QList<app::ItemId> items;
    items.reserve(indexes.size());
    for (const QModelIndex& index : indexes) items.append(model_.idAt(index.row()));
    return items;
}

void TileView::selectItem(app::ItemId id) {
    const QModelIndex index = model_.indexOf(id);
    if (!index.isValid()) {
        selectionModel()->clear();
        return;
    }
    if (index == currentIndex() && selectionModel()->isSelected(index)) return;
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    scrollTo(index);
}

void TileView::step(int rows) {
    if (!currentIndex().isValid()) return;
    const int row = std::clamp(currentIndex().row() + rows, 0, model_.rowCount() - 1);
    selectItem(model_.idAt(row));
}

QRect TileView::visualRect(const QModelIndex& index) const { return index.isValid() ? grid().cell(index.row()).translated(-offset()) : QRect(); }

QModelIndex TileView::indexAt(const QPoint& point) const {
    const int row = grid().indexAt(point + offset());
    return row < 0 ? QModelIndex() : model_.index(row);
}

void TileView::scrollTo(const QModelIndex& index, ScrollHint hint) {
    if (!index.isValid()) return;
    const QRect cell = grid().cell(index.row());
    const bool horizontal = flow_ == TileGrid::Flow::strip;
    QScrollBar* bar = horizontal ? horizontalScrollBar() : verticalScrollBar();
    const int page = horizontal ? viewport()->width() : viewport()->height();
    const int first = horizontal ? cell.left() - margin : cell.top() - margin;
    const int last = horizontal ? cell.right() + margin : cell.bottom() + margin;
    if (hint == PositionAtCenter) {
        bar->setValue((first + last - page) / 2);
    } else if (hint == PositionAtTop || first < bar->value()) {
        bar->setValue(first);
    } else if (hint == PositionAtBottom || last > bar->value() + page) {
        bar->setValue(last - page);
    }
}

QSize TileView::sizeHint() const {
    const QSize cell = delegate_->cellSize();
    const int bar = horizontalScrollBar()->sizeHint().height();
    if (flow_ == TileGrid::Flow::strip) return {4 * cell.width(), cell.height() + bar};
    return {4 * cell.width() + 2 * margin + bar, 2 * cell.height()};
}

int TileView::horizontalOffset() const { return horizontalScrollBar()->value(); }
int TileView::verticalOffset() const { return verticalScrollBar()->value(); }
bool TileView::isIndexHidden(const QModelIndex&) const { return false; }

void TileView::updateGeometries() {
    const QSize content = grid().contentSize();
    const QSize view = viewport()->size();
    const QSize cell = delegate_->cellSize();
    horizontalScrollBar()->setSingleStep(cell.width() / 2);
    horizontalScrollBar()->setPageStep(view.width());
    horizontalScrollBar()->setRange(0, flow_ == TileGrid::Flow::strip ? std::max(0, content.width() - view.width()) : 0);
    verticalScrollBar()->setSingleStep(cell.height() / 3);
    verticalScrollBar()->setPageStep(view.height());
    verticalScrollBar()->setRange(0, flow_ == TileGrid::Flow::grid ? std::max(0, content.height() - view.height()) : 0);
    QAbstractItemView::updateGeometries();
}

void TileView::scrollContentsBy(int dx, int dy) {
    viewport()->scroll(dx, dy);
    if (underMouse()) hover(viewport()->mapFromGlobal(QCursor::pos()));
}

void TileView::resizeEvent(QResizeEvent* event) {
    // Columns are found anew; what was at the top stays there.
    const QModelIndex anchor = event->oldSize().isValid() && verticalOffset() > 0 ? currentIndex() : QModelIndex();
    QAbstractItemView::resizeEvent(event);
    updateGeometries();
    if (anchor.isValid()) scrollTo(anchor);
}

void TileView::dataChanged(const QModelIndex& first, const QModelIndex& last, const QList<int>& roles) {
    for (int row = first.row(); row <= last.row(); ++row) {
        if (roles.isEmpty() || roles.contains(Qt::DecorationRole)) delegate_->forget(model_.idAt(row));
    }
    QAbstractItemView::dataChanged(first, last, roles);
}

void TileView::rowsInserted(const QModelIndex& parent, int first, int last) {
    const bool horizontal = flow_ == TileGrid::Flow::strip;
    QScrollBar* bar = horizontal ? horizontalScrollBar() : verticalScrollBar();
    const bool away = bar->value() > 0;
    QAbstractItemView::rowsInserted(parent, first, last);
    const int before = bar->maximum();
    updateGeometries();
    // Someone who scrolled away keeps looking at the same pictures when a new one arrives in front of them.
    const bool in_front = away && horizontal && grid().cell(first).left() < bar->value();
    if (in_front) bar->setValue(bar->value() + bar->maximum() - before);
    viewport()->update();
}

void TileView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QAbstractItemView::currentChanged(current, previous);
    if (current.isValid()) Q_EMIT currentItemChanged(model_.idAt(current.row()));
}

void TileView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    QAbstractItemView::selectionChanged(selected, deselected);
    Q_EMIT selectedItemsChanged();
}

QModelIndex TileView::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
    const int count = model_.rowCount();
    if (count == 0) return {};
    if (!currentIndex().isValid()) return model_.index(0);
    const int row = currentIndex().row();
    const bool strip = flow_ == TileGrid::Flow::strip;
    const int columns = strip ? 1 : grid().columns();
    const QSize cell = delegate_->cellSize();
    const int page = strip ? std::max(1, viewport()->width() / cell.width()) : columns * std::max(1, viewport()->height() / cell.height());
    const int forward = isRightToLeft() ? -1 : 1;
    int target = row;
    switch (action) {
    case MoveRight: target = row + forward; break;
    case MoveLeft: target = row - forward; break;
    case MoveNext: target = row + 1; break;
    case MovePrevious: target = row - 1; break;
    case MoveDown: target = row + columns < count ? row + columns : (row / columns < (count - 1) / columns ? count - 1 : row); break;
    case MoveUp: target = row - columns >= 0 ? row - columns : row; break;
    case MovePageDown: target = row + page; break;
    case MovePageUp: target = row - page; break;
    case MoveHome: target = 0; break;
    case MoveEnd: target = count - 1; break;
    }
    return model_.index(std::clamp(target, 0, count - 1));
}

void TileView::setSelection(const QRect& area, QItemSelectionModel::SelectionFlags flags) {
    QItemSelection selection;
    const TileGrid tiles = grid();
    if (state() == DragSelectingState) {
        const QRect band = area.normalized().translated(offset());
        const TileGrid::Range range = tiles.touching(band);
        for (int row = range.first; row <= range.last; ++row) {
            if (tiles.cell(row).intersects(band)) selection.select(model_.index(row), model_.index(row));
        }
    } else {
        // From a press, or from where Shift began, to here: everything between, as in text.
        const QModelIndex from = indexAt(area.topLeft());
        const QModelIndex to = indexAt(area.bottomRight());
        if (from.isValid() && to.isValid()) selection.select(std::min(from, to), std::max(from, to));
    }
    selectionModel()->select(selection, flags);
}

QRegion TileView::visualRegionForSelection(const QItemSelection& selection) const {
    QRegion region;
    const TileGrid tiles = grid();
    const TileGrid::Range visible = tiles.touching(viewport()->rect().translated(offset()));
    for (const QItemSelectionRange& range : selection) {
        for (int row = std::max(range.top(), visible.first); row <= std::min(range.bottom(), visible.last); ++row)
            region += tiles.cell(row).translated(-offset());
    }
    return region;
}

void TileView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    const auto& palette = colors(this);
    painter.fillRect(event->rect(), palette.canvas);
    const TileGrid tiles = grid();
    const QPoint shift = offset();
    const TileGrid::Range range = tiles.touching(event->rect().translated(shift));
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    const bool active = hasFocus();
    for (int row = range.first; row <= range.last; ++row) {
        const QModelIndex index = model_.index(row);
        option.rect = tiles.cell(row).translated(-shift);
        if (!option.rect.adjusted(0, 0, option.rect.width(), 0).intersects(event->rect())) continue;
        option.state.setFlag(QStyle::State_Selected, selectionModel()->isSelected(index));
        option.state.setFlag(QStyle::State_HasFocus, active && index == currentIndex());
        delegate_->paint(&painter, option, index);
    }
    if (!band_.isNull()) {
        QColor wash = palette.selection;
        wash.setAlphaF(0.5F);
        theme::paintPlate(painter, band_.normalized().translated(-shift), wash, palette.focus, 0);
    }
    const TileGrid::Range visible = tiles.touching(viewport()->rect().translated(shift));
    model_.setVisibleRows(visible.first, visible.last);
}

void TileView::startDrag(Qt::DropActions) {
    QModelIndexList indexes = selectionModel()->selectedIndexes();
    std::sort(indexes.begin(), indexes.end());
    QMimeData* mime = model_.mimeData(indexes);
    if (!mime) return;
    auto* drag = new QDrag(this);
    drag->setMimeData(mime);
    drag->setPixmap(dragPixmap(currentIndex().data(Qt::DecorationRole).value<QImage>(), static_cast<int>(indexes.size()), this));
    drag->exec(Qt::CopyAction);
}

}  // namespace ui
