// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/filmstrip.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QScopedValueRollback>

#include "app/application.h"
#include "app/library/library.h"
#include "ui/gallery/gallery_model.h"
#include "ui/gallery/item_actions.h"
#include "ui/gallery/job_tile.h"
#include "ui/gallery/tile_view.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

Filmstrip::Filmstrip(app::Application& application, QUndoStack& stack, QWidget* parent) :
    QWidget(parent), actions_(new ItemActions(application.library(), application.taste(), stack, this)),
    model_(new GalleryModel(application.library(), application.thumbnails(), application.taste(), this)), live_(new LiveTile(application, this)),
    failed_(new FailedTile(application, this)), tiles_(new TileView(TileGrid::Flow::strip, *model_, this)) {
    tiles_->setMinimumHeight(0);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFocusProxy(tiles_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::space_s, theme::space_xs / 2, 0, 0);
    row->setSpacing(0);
    row->addWidget(live_, 0, Qt::AlignTop);
    row->addWidget(failed_, 0, Qt::AlignTop);
    row->addWidget(tiles_, 1);

    // The selection, not the current index: Qt makes the first tile current when the strip merely gets the focus.
    connect(tiles_, &TileView::selectedItemsChanged, this, [this] {
        const auto selected = tiles_->selectedItems();
        if (!following_ && selected.size() == 1) Q_EMIT currentItemChanged(selected.front());
    });
    connect(tiles_, &TileView::itemActivated, this, &Filmstrip::itemActivated);
    connect(tiles_, &TileView::rateRequested, actions_, &ItemActions::rate);
    connect(tiles_, &TileView::trashRequested, actions_, &ItemActions::trash);
    connect(actions_, &ItemActions::storageFailed, this, &Filmstrip::storageFailed);
    connect(live_, &QAbstractButton::clicked, this, &Filmstrip::liveTileActivated);
    retranslate();
}

void Filmstrip::setCurrentItem(app::ItemId item) {
    const QScopedValueRollback guard(following_, true);
    tiles_->selectItem(item);
}

QSize Filmstrip::sizeHint() const { return {theme::prompt_column, theme::filmstrip_height}; }

void Filmstrip::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // A caption above and room for the scroll bar below are always kept, so that tiles do not jump when the bar comes.
    const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    const int side = qMax(theme::control_height, height() - bar - theme::space_l - 2 * theme::space_xs - theme::space_xs / 2);
    tiles_->setPictureSide(side);
    live_->setPictureSide(side);
    failed_->setPictureSide(side);
}

void Filmstrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    painter.fillRect(rect(), palette.canvas);
    theme::paintHairline(painter, rect(), Qt::TopEdge, palette.hairline);
}

void Filmstrip::retranslate() {
    setAccessibleName(tr("Filmstrip"));
    tiles_->setAccessibleName(tr("Pictures, newest first"));
}

void Filmstrip::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

}  // namespace ui
