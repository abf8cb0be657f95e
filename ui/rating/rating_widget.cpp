// SPDX-License-Identifier: Apache-2.0
#include "ui/rating/rating_widget.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/rating/accessible_rating.h"
#include "ui/rating/rating_text.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int gap = theme::space_xs;
constexpr int margin = theme::space_xs;
}  // namespace

RatingWidget::RatingWidget(QWidget* parent) : QWidget(parent), star_side_(theme::icon_large) {
    installAccessibleRating();
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);  // a click leaves the keyboard with the picture that is rated
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    retranslate();
}

void RatingWidget::setRating(int stars) {
    stars = qBound(0, stars, StarRow::stars);
    if (stars == rating_) return;
    rating_ = stars;
    retranslate();
    update();
    Q_EMIT ratingShown(rating_);
    QAccessibleValueChangeEvent event(this, rating_);
    QAccessible::updateAccessibility(&event);
}

void RatingWidget::setSurface(StarRow::Surface surface) {
    surface_ = surface;
    update();
}

void RatingWidget::setStarSide(int side) {
    star_side_ = side;
    updateGeometry();
    update();
}

QSize RatingWidget::sizeHint() const { return StarRow::size(star_side_, gap).toSize() + QSize(2 * margin, 2 * margin); }

StarRow RatingWidget::row() const {
    const QSizeF size = StarRow::size(star_side_, gap);
    return {QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), static_cast<double>(star_side_), gap};
}

void RatingWidget::choose(int stars) {
    stars = qBound(0, stars, StarRow::stars);
    if (stars == rating_) return;
    setRating(stars);
    Q_EMIT ratingChosen(stars);
}

void RatingWidget::setPreview(int stars) {
    if (stars == preview_) return;
    preview_ = stars;
    update();
}

void RatingWidget::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Palette& palette = colors(this);
    row().paint(painter, palette, surface_, rating_, preview_);
    if (hasFocus()) theme::paintFocusRing(painter, rect(), palette.focus, theme::radius_small);
}

void RatingWidget::mouseMoveEvent(QMouseEvent* event) {
    const int star = row().starAt(event->position());
    setPreview(star > 0 ? star : -1);
}

void RatingWidget::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    pressed_star_ = row().starAt(event->position());
}

void RatingWidget::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const int star = row().starAt(event->position());
    const int pressed = std::exchange(pressed_star_, 0);
    if (star == 0 || pressed == 0) return;  // slid off: changed their mind
    setPreview(-1);
    choose(star == rating_ && star == pressed ? 0 : star);
}

void RatingWidget::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) {
        QWidget::keyPressEvent(event);
        return;
    }
    const int forward = isRightToLeft() ? -1 : 1;
    switch (event->key()) {
    case Qt::Key_Right: choose(rating_ + forward); return;
    case Qt::Key_Left: choose(rating_ - forward); return;
    case Qt::Key_Up: choose(rating_ + 1); return;
    case Qt::Key_Down: choose(rating_ - 1); return;
    case Qt::Key_Home: choose(0); return;
    case Qt::Key_End: choose(StarRow::stars); return;
    default: break;
    }
    if (event->key() >= Qt::Key_0 && event->key() <= Qt::Key_5) {
        choose(event->key() - Qt::Key_0);
        return;
    }
    QWidget::keyPressEvent(event);
}

void RatingWidget::leaveEvent(QEvent*) { setPreview(-1); }

void RatingWidget::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void RatingWidget::retranslate() {
    setAccessibleName(tr("Rating"));
    setAccessibleDescription(ratingText(rating_));
    setToolTip(tr("Rate with a click or the keys 0 to 5. Click the same star again to take the rating back."));
}

}  // namespace ui
