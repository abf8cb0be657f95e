// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/taste/taste_facts.h"

class QLabel;

namespace app {
class Library;
class ThumbnailLoader;
}  // namespace app

namespace ui {

class ThumbnailRow;

/// One direction of taste: its words, how strong it is, and pictures from both of its ends.
class TraitRow final : public QWidget {
    Q_OBJECT
public:
    TraitRow(app::Library& library, app::ThumbnailLoader& thumbnails, QWidget* parent = nullptr);

    void setTrait(const TasteTrait& trait);

Q_SIGNALS:
    void pictureClicked(app::ItemId item);

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    QRect barArea() const;

    TasteTrait trait_;
    QLabel* words_;
    QLabel* more_;
    QLabel* less_;
    ThumbnailRow* liked_;
    ThumbnailRow* disliked_;
};

}  // namespace ui
