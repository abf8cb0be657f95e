// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

#include "app/library/library_item.h"
#include "inference/api/result.h"

class QPushButton;
class QStackedLayout;
class QUndoStack;

namespace app {
class Application;
class Library;
}  // namespace app

namespace ui {

class EmptyNotice;
class GalleryModel;
class ItemActions;
class LibraryFilterRow;
class TileView;

/// All pictures as a grid, newest first: search, rate, sort out, take along.
class LibraryView final : public QWidget {
    Q_OBJECT
public:
    LibraryView(app::Application& application, QUndoStack& stack, QWidget* parent = nullptr);

    void setCurrentItem(app::ItemId item);  ///< selects it alone and brings it into view; a filter that hides it stays
    QList<app::ItemId> selectedItems() const;
    void setThumbnailSide(int side);
    void focusSearch();

Q_SIGNALS:
    void itemActivated(app::ItemId item);
    void selectionChanged();
    void thumbnailSideChanged(int side);
    void storageFailed(inference::Error error);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void applyFilter();
    void rate(const QList<app::ItemId>& items, int stars, bool by_key);
    void refresh();

    app::Library& library_;
    ItemActions* actions_;
    GalleryModel* model_;
    LibraryFilterRow* row_;
    TileView* tiles_;
    EmptyNotice* nothing_yet_;
    EmptyNotice* nothing_found_;
    QPushButton* show_all_;
    QStackedLayout* pages_;
};

}  // namespace ui
