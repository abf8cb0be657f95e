// SPDX-License-Identifier: Apache-2.0
// TileView's pointer and keyboard.

#include <QDate>
#include <QItemSelectionModel>
#include <QMouseEvent>
#include <QScrollBar>

#include "ui/gallery/gallery_model.h"
#include "ui/gallery/tile_view.h"
#include "ui/theme/theme.h"

namespace ui {

int TileView::starAt(const QModelIndex& index, const QPoint& point) const {
    return index.isValid() ? delegate_->stars(visualRect(index)).starAt(point) : 0;
}

QList<app::ItemId> TileView::affected(const QModelIndex& index) const {
    // A star on one of several selected pictures rates them all, as the keys do.
    if (!index.isValid()) return selectedItems();
    if (selectionModel()->isSelected(index)) return selectedItems();
    return {model_.idAt(index.row())};
}

void TileView::hover(const QPoint& point) {
    const QModelIndex index = indexAt(point);
    const int star = starAt(index, point);
    delegate_->setHover(index, star > 0 ? star : -1);
    if (hovered_ != index && hovered_.isValid()) update(hovered_);
    hovered_ = index;
    if (index.isValid()) update(index);
    viewport()->setCursor(star > 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void TileView::mousePressEvent(QMouseEvent* event) {
    const QModelIndex index = indexAt(event->position().toPoint());
    star_pressed_ = event->button() == Qt::LeftButton ? starAt(index, event->position().toPoint()) : 0;
    star_pressed_on_ = index;
    if (star_pressed_ > 0) return;  // rating a picture does not select it
    band_start_ = event->position().toPoint() + offset();
    QAbstractItemView::mousePressEvent(event);
}

void TileView::mouseMoveEvent(QMouseEvent* event) {
    hover(event->position().toPoint());
    if (star_pressed_ > 0) return;
    QAbstractItemView::mouseMoveEvent(event);
    if (state() == DragSelectingState) {
        band_ = QRect(band_start_, event->position().toPoint() + offset());
        viewport()->update();
    }
}

void TileView::mouseReleaseEvent(QMouseEvent* event) {
    if (!band_.isNull()) {
        band_ = {};
        viewport()->update();
    }
    if (star_pressed_ == 0) {
        QAbstractItemView::mouseReleaseEvent(event);
        return;
    }
    const QModelIndex index = indexAt(event->position().toPoint());
    const int star = starAt(index, event->position().toPoint());
    star_pressed_ = 0;
    if (star == 0 || star_pressed_on_ != index) return;
    const int rating = index.data(GalleryModel::rating_role).toInt();
    Q_EMIT rateRequested(affected(index), star == rating ? 0 : star, false);
}

void TileView::mouseDoubleClickEvent(QMouseEvent* event) {
    // Two quick clicks on a star are two clicks on a star, not a wish to open the picture.
    if (starAt(indexAt(event->position().toPoint()), event->position().toPoint()) > 0) {
        mousePressEvent(event);
        return;
    }
    QAbstractItemView::mouseDoubleClickEvent(event);
}

void TileView::wheelEvent(QWheelEvent* event) {
    if (flow_ == TileGrid::Flow::strip && event->angleDelta().x() == 0) {
        // An ordinary wheel turns the strip.
        const int delta = event->pixelDelta().isNull() ? event->angleDelta().y() * delegate_->cellSize().width() / QWheelEvent::DefaultDeltasPerStep
                                                       : event->pixelDelta().y();
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() - delta);
        event->accept();
        return;
    }
    QAbstractItemView::wheelEvent(event);
}

void TileView::keyPressEvent(QKeyEvent* event) {
    const bool bare = !(event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier));
    if (bare && event->key() >= Qt::Key_0 && event->key() <= Qt::Key_5) {
        if (!selectedItems().isEmpty()) Q_EMIT rateRequested(selectedItems(), event->key() - Qt::Key_0, true);
        return;
    }
    if (event->key() == Qt::Key_Delete && bare) {
        if (!selectedItems().isEmpty()) Q_EMIT trashRequested(selectedItems());
        return;
    }
    if (bare && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        if (currentIndex().isValid()) Q_EMIT itemActivated(model_.idAt(currentIndex().row()));
        return;
    }
    // Letters and Space belong to the window; the base class would take them for a search in the prompts.
    const bool typed = !event->text().isEmpty() && event->text().at(0).isPrint() && bare;
    if (typed || event->key() == Qt::Key_Escape) {
        event->ignore();
        return;
    }
    QAbstractItemView::keyPressEvent(event);
}

bool TileView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave || event->type() == QEvent::HoverLeave) {
        delegate_->setHover({}, -1);
        if (hovered_.isValid()) update(hovered_);
        hovered_ = QPersistentModelIndex();
    }
    return QAbstractItemView::viewportEvent(event);
}

}  // namespace ui
