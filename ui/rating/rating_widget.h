// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/rating/star_row.h"

namespace ui {

/// Stars from 0 to 5. A click gives stars, a second click on the same star takes them all back; keys 0 to 5 and arrows do too.
/// It shows what was chosen at once and tells it; whoever stores the rating calls setRating() with what became of it.
class RatingWidget final : public QWidget {
    Q_OBJECT
    Q_PROPERTY(int rating READ rating WRITE setRating NOTIFY ratingShown USER true)
public:
    explicit RatingWidget(QWidget* parent = nullptr);

    int rating() const { return rating_; }
    void setRating(int stars);  ///< clamped to 0 to 5; does not emit ratingChosen

    void setSurface(StarRow::Surface surface);  ///< overlay: on the dark plate over a picture
    void setStarSide(int side);                 ///< device-independent pixels

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void ratingChosen(int stars);  ///< by the user
    void ratingShown(int stars);   ///< whatever changed it

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    StarRow row() const;
    void choose(int stars);
    void setPreview(int stars);
    void retranslate();

    int rating_ = 0;
    int preview_ = -1;  ///< what a click would give; -1 while the pointer is elsewhere
    int pressed_star_ = 0;
    int star_side_;
    StarRow::Surface surface_ = StarRow::Surface::chrome;
};

}  // namespace ui
