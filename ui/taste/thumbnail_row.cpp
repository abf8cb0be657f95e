// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/thumbnail_row.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "app/library/library.h"
#include "app/library/thumbnail_loader.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int gap = theme::space_xs;
constexpr int default_side = 64;
}  // namespace

ThumbnailRow::ThumbnailRow(app::Library& library, app::ThumbnailLoader& thumbnails, QWidget* parent) :
    QWidget(parent), library_(library), thumbnails_(thumbnails), side_(default_side) {
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&thumbnails, &app::ThumbnailLoader::ready, this, [this](app::ItemId id) {
        const auto index = static_cast<int>(items_.indexOf(id));
        if (index >= 0) update(area(index));
    });
}

void ThumbnailRow::setItems(const QList<app::ItemId>& items) {
    QList<app::ItemId> known;
    QStringList words;
    for (const app::ItemId id : items) {
        const auto* item = library_.find(id);
        if (!item) continue;
        known.append(id);
        words.append(item->prompt);
    }
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    if (known == items_) return;
    items_ = known;
    updateGeometry();
    update();
}

void ThumbnailRow::setSide(int side) {
    side_ = side;
    updateGeometry();
    update();
}

QSize ThumbnailRow::sizeHint() const { return {qMax(0, count() * (side_ + gap) - gap), side_}; }

QRect ThumbnailRow::area(int index) const {
    const QRect left_to_right(index * (side_ + gap), 0, side_, side_);
    return layoutDirection() == Qt::RightToLeft ? QRect(width() - left_to_right.right() - 1, 0, side_, side_) : left_to_right;
}

int ThumbnailRow::indexAt(QPoint point) const {
    for (int index = 0; index < count(); ++index) {
        if (area(index).contains(point)) return index;
    }
    return -1;
}

void ThumbnailRow::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::SmoothPixmapTransform | QPainter::Antialiasing);
    const auto& palette = colors(this);
    for (int index = 0; index < count(); ++index) {
        const QRect cell = area(index);
        if (!cell.intersects(event->rect())) continue;
        const auto* item = library_.find(items_.at(index));
        const QImage image = item ? thumbnails_.thumbnail(*item) : QImage();
        theme::paintPlate(painter, cell, palette.canvas, palette.hairline, theme::radius_small);
        if (image.isNull()) continue;
        // The middle of the picture, cut to the square.
        const int side = qMin(image.width(), image.height());
        const QRect source((image.width() - side) / 2, (image.height() - side) / 2, side, side);
        QPainterPath clip;
        clip.addRoundedRect(cell, theme::radius_small, theme::radius_small);
        painter.save();
        painter.setClipPath(clip);
        if (item->has_alpha) theme::paintCheckerboard(painter, cell, palette);
        painter.drawImage(cell, image, source);
        painter.restore();
    }
}

void ThumbnailRow::mouseMoveEvent(QMouseEvent* event) {
    setCursor(indexAt(event->position().toPoint()) < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
}

void ThumbnailRow::mouseReleaseEvent(QMouseEvent* event) {
    const int index = indexAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index >= 0) Q_EMIT clicked(items_.at(index));
}

bool ThumbnailRow::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int index = indexAt(help->pos());
        const auto* item = index < 0 ? nullptr : library_.find(items_.at(index));
        if (item) QToolTip::showText(help->globalPos(), item->prompt, this);
        else QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

}  // namespace ui
