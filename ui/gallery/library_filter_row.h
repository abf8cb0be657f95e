// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/gallery/gallery_filter.h"

class QAction;
class QLabel;
class QLineEdit;
class QMenu;
class QSlider;
class QTimer;

namespace ui {

class FlatButton;
class RatingWidget;

/// The row over the library: words, stars, order and picks, how many there are, how big they are shown.
class LibraryFilterRow final : public QWidget {
    Q_OBJECT
public:
    static constexpr int smallest_side = 96;  ///< device-independent pixels
    static constexpr int largest_side = 320;

    explicit LibraryFilterRow(QWidget* parent = nullptr);

    GalleryFilter filter() const;
    void clearFilter();
    void setPredictionsKnown(bool known);  ///< whether stars are predicted at all
    void setCounts(int shown, int all);
    void setThumbnailSide(int side);
    bool advancesAfterRating() const;
    void focusSearch();

Q_SIGNALS:
    void filterChanged();
    void orderChosenAgain();  ///< that which is there already: it is made anew
    void thumbnailSideChanged(int side);
    void leftSearch();  ///< Esc or Enter in the search field: the pictures are wanted

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void retranslate();
    void showCounts();
    void buildOrderMenu();
    void showOrder();

    QLineEdit* search_;
    QTimer* typing_;
    QLabel* stars_label_;
    RatingWidget* stars_;
    FlatButton* order_;
    QMenu* order_menu_;
    QAction* newest_;
    QAction* best_;
    QAction* picked_;
    QAction* predicted_;
    QLabel* count_;
    FlatButton* advance_;
    QSlider* side_;
    bool best_chosen_ = false;
    int shown_ = 0;
    int all_ = 0;
};

}  // namespace ui
