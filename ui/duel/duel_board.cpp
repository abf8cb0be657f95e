// SPDX-License-Identifier: Apache-2.0
#include "ui/duel/duel_board.h"

#include <QMouseEvent>
#include <QPainter>
#include <utility>

#include "app/imaging/image_loader.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int gap = theme::space_l;
constexpr int outset = theme::space_xs;
}  // namespace

DuelBoard::DuelBoard(app::ImageLoader& loader, QWidget* parent) : QWidget(parent), loader_(loader) {
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMouseTracking(true);
    connect(&loader, &app::ImageLoader::scaled, this, [this](int side, qint64 key, const QImage& image) {
        if (side != left && side != right) return;
        Half& half = halves_[static_cast<size_t>(side)];
        if (half.picture.image.cacheKey() != key) return;
        half.rendition = image;
        half.rendition_of = key;
        update(halfArea(side));
    });
}

void DuelBoard::setPicture(Side side, const Picture& picture) {
    Half& half = halves_[side];
    if (half.picture.image.cacheKey() != picture.image.cacheKey()) half.rendition = {};
    half.picture = picture;
    wantRendition(side);
    update();
}

QRect DuelBoard::halfArea(int side) const {
    const QRect room = rect().adjusted(outset, outset, -outset, -outset);
    const int width = (room.width() - gap) / 2;
    return {side == left ? room.left() : room.right() + 1 - width, room.top(), width, room.height()};
}

QRect DuelBoard::pictureArea(Side side) const {
    const QRect half = halfArea(side);
    const QImage& image = halves_[side].picture.image;
    if (image.isNull()) return half;
    const QSize size = image.size().scaled(half.size(), Qt::KeepAspectRatio).expandedTo({1, 1});
    // Both lean to the middle: the eye goes to and fro between them.
    const int x = side == left ? half.right() + 1 - size.width() : half.left();
    return {x, half.top() + (half.height() - size.height()) / 2, size.width(), size.height()};
}

int DuelBoard::sideAt(QPoint point) const {
    for (const Side side : {left, right}) {
        if (!halves_[side].picture.image.isNull() && pictureArea(side).contains(point)) return side;
    }
    return -1;
}

void DuelBoard::wantRendition(int side) {
    const Half& half = halves_[static_cast<size_t>(side)];
    const QSize size = (QSizeF(pictureArea(static_cast<Side>(side)).size()) * devicePixelRatioF()).toSize();
    const QImage& image = half.picture.image;
    if (image.isNull() || size.isEmpty() || (half.rendition_of == image.cacheKey() && half.rendition.size() == size)) return;
    loader_.scale(side, image, size);
}

void DuelBoard::resizeEvent(QResizeEvent*) {
    for (const int side : {left, right}) wantRendition(side);
}

void DuelBoard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    painter.fillRect(rect(), palette.canvas);
    for (const Side side : {left, right}) {
        const Half& half = halves_[side];
        const QRect area = pictureArea(side);
        if (half.picture.image.isNull()) {
            if (half.picture.problem.isEmpty()) continue;
            painter.setFont(theme::font(theme::text_body));
            painter.setPen(palette.text_secondary);
            painter.drawText(area, Qt::AlignCenter | Qt::TextWordWrap, half.picture.problem);
            continue;
        }
        if (half.picture.has_alpha) theme::paintCheckerboard(painter, area, palette);
        painter.drawImage(area, half.rendition.isNull() ? half.picture.image : half.rendition);
        if (hovered_ == side) theme::paintFocusRing(painter, QRectF(area).adjusted(-outset, -outset, outset, outset), palette.focus, theme::radius);
    }
}

void DuelBoard::hover(int side) {
    if (side == hovered_) return;
    hovered_ = side;
    setCursor(side < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
    update();
}

void DuelBoard::mouseMoveEvent(QMouseEvent* event) { hover(sideAt(event->position().toPoint())); }

void DuelBoard::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    pressed_ = sideAt(event->position().toPoint());
}

void DuelBoard::mouseReleaseEvent(QMouseEvent* event) {
    const int pressed = std::exchange(pressed_, -1);
    if (event->button() != Qt::LeftButton || pressed < 0 || sideAt(event->position().toPoint()) != pressed) return;
    Q_EMIT chosen(static_cast<Side>(pressed));
}

void DuelBoard::leaveEvent(QEvent*) { hover(-1); }

}  // namespace ui
