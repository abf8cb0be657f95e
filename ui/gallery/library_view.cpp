// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/library_view.h"

#include <QEvent>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

#include "app/application.h"
#include "app/feedback/taste_service.h"
#include "app/library/library.h"
#include "ui/gallery/empty_notice.h"
#include "ui/gallery/gallery_model.h"
#include "ui/gallery/item_actions.h"
#include "ui/gallery/library_filter_row.h"
#include "ui/gallery/tile_view.h"
#include "ui/theme/theme.h"

namespace ui {

LibraryView::LibraryView(app::Application& application, QUndoStack& stack, QWidget* parent) :
    QWidget(parent), library_(application.library()), actions_(new ItemActions(library_, application.taste(), stack, this)),
    model_(new GalleryModel(library_, application.thumbnails(), application.taste(), this)), row_(new LibraryFilterRow(this)),
    tiles_(new TileView(TileGrid::Flow::grid, *model_, this)), nothing_yet_(new EmptyNotice(this)), nothing_found_(new EmptyNotice(this)),
    show_all_(nothing_found_->addButton()), pages_(new QStackedLayout) {
    pages_->addWidget(tiles_);
    pages_->addWidget(nothing_yet_);
    pages_->addWidget(nothing_found_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(row_);
    column->addLayout(pages_, 1);
    for (QWidget* page : {static_cast<QWidget*>(nothing_yet_), static_cast<QWidget*>(nothing_found_)}) {
        page->setAutoFillBackground(true);
    }
    setFocusProxy(tiles_);

    connect(tiles_, &TileView::rateRequested, this, [this](const QList<app::ItemId>& items, int stars, bool by_key) { rate(items, stars, by_key); });
    connect(tiles_, &TileView::trashRequested, actions_, &ItemActions::trash);
    connect(tiles_, &TileView::itemActivated, this, &LibraryView::itemActivated);
    connect(tiles_, &TileView::selectedItemsChanged, this, &LibraryView::selectionChanged);
    connect(actions_, &ItemActions::storageFailed, this, &LibraryView::storageFailed);
    connect(row_, &LibraryFilterRow::filterChanged, this, &LibraryView::applyFilter);
    connect(row_, &LibraryFilterRow::orderChosenAgain, model_, &GalleryModel::sortAgain);
    connect(&application.taste(), &app::TasteService::knowledgeChanged, this,
            [this, &taste = application.taste()] { row_->setPredictionsKnown(taste.knowledge().speaks); });
    row_->setPredictionsKnown(application.taste().knowledge().speaks);
    connect(row_, &LibraryFilterRow::leftSearch, this, [this] { tiles_->setFocus(Qt::OtherFocusReason); });
    connect(row_, &LibraryFilterRow::thumbnailSideChanged, this, [this](int side) {
        tiles_->setPictureSide(side);
        Q_EMIT thumbnailSideChanged(side);
    });
    connect(show_all_, &QPushButton::clicked, row_, &LibraryFilterRow::clearFilter);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(model_, signal, this, &LibraryView::refresh);
    connect(model_, &QAbstractItemModel::modelReset, this, &LibraryView::refresh);
    setThumbnailSide(tiles_->pictureSide());
    refresh();
}

void LibraryView::setCurrentItem(app::ItemId item) { tiles_->selectItem(item); }
QList<app::ItemId> LibraryView::selectedItems() const { return tiles_->selectedItems(); }
void LibraryView::setThumbnailSide(int side) { row_->setThumbnailSide(side); }
void LibraryView::focusSearch() { row_->focusSearch(); }

void LibraryView::applyFilter() {
    const app::ItemId current = tiles_->currentItem();
    model_->setFilter(row_->filter());
    // The same picture stays the current one where the new filter lets it.
    if (current.value != 0) tiles_->selectItem(current);
}

void LibraryView::rate(const QList<app::ItemId>& items, int stars, bool by_key) {
    actions_->rate(items, stars);
    if (!by_key || items.size() != 1 || !row_->advancesAfterRating()) return;
    // Where the rating took the picture out of the filter, the next one is in its place already.
    if (tiles_->currentItem() == items.front()) tiles_->step(1);
}

void LibraryView::refresh() {
    const int all = static_cast<int>(library_.items().size());
    const int shown = model_->rowCount();
    row_->setCounts(shown, all);
    tiles_->setAccessibleName(model_->filter().order == GalleryOrder::best ? tr("Pictures, best first") : tr("Pictures, newest first"));
    nothing_yet_->setWords("images", tr("No pictures yet"),
                           tr("Everything you draw is kept here, newest first. Write a prompt in the studio and press Generate."));
    nothing_found_->setWords("search", tr("No picture matches"), tr("Try fewer words or fewer stars."));
    show_all_->setText(tr("Show all pictures"));
    QWidget* page = shown > 0 ? static_cast<QWidget*>(tiles_) : all == 0 ? nothing_yet_ : nothing_found_;
    if (pages_->currentWidget() != page) pages_->setCurrentWidget(page);
}

void LibraryView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    model_->sortAgain();  // what was learned meanwhile
}

void LibraryView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

}  // namespace ui
