// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

#include "app/library/library_item.h"

namespace app {
class Library;
class ThumbnailLoader;
}  // namespace app

namespace ui {

/// A few small pictures in a row; a click tells which.
class ThumbnailRow final : public QWidget {
    Q_OBJECT
public:
    ThumbnailRow(app::Library& library, app::ThumbnailLoader& thumbnails, QWidget* parent = nullptr);

    void setItems(const QList<app::ItemId>& items);  ///< those that are no longer in the library are left out
    void setSide(int side);                          ///< device-independent pixels
    int count() const { return static_cast<int>(items_.size()); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void clicked(app::ItemId item);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRect area(int index) const;
    int indexAt(QPoint point) const;

    app::Library& library_;
    app::ThumbnailLoader& thumbnails_;
    QList<app::ItemId> items_;
    int side_;
};

}  // namespace ui
