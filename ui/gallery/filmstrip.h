// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "app/library/library_item.h"
#include "inference/api/result.h"

class QUndoStack;

namespace app {
class Application;
}

namespace ui {

class FailedTile;
class GalleryModel;
class ItemActions;
class LiveTile;
class TileView;

/// Everything that was drawn, newest left, under the canvas. What is being drawn, and what failed, stand before it and do not
/// scroll away.
class Filmstrip final : public QWidget {
    Q_OBJECT
public:
    Filmstrip(app::Application& application, QUndoStack& stack, QWidget* parent = nullptr);

    void setCurrentItem(app::ItemId item);  ///< id 0: none. Does not emit.
    QSize sizeHint() const override;

Q_SIGNALS:
    void currentItemChanged(app::ItemId item);  ///< by the user
    void itemActivated(app::ItemId item);
    void liveTileActivated();
    void storageFailed(inference::Error error);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    ItemActions* actions_;
    GalleryModel* model_;
    LiveTile* live_;
    FailedTile* failed_;
    TileView* tiles_;
    bool following_ = false;  ///< a change of selection that someone else made
};

}  // namespace ui
