// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/gallery_delegate.h"

#include <QAbstractItemView>
#include <QImage>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include "ui/gallery/day_text.h"
#include "ui/gallery/gallery_model.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int padding = theme::space_s;
constexpr int strip_padding = theme::space_xs;
constexpr int ring_gap = theme::space_xs / 2;
constexpr int star_gap = theme::space_xs / 2;
constexpr int star_side = theme::space_m;
constexpr int caption_height = theme::space_l;
constexpr int tiles_cache_kib = 96 * 1024;
}  // namespace

GalleryDelegate::GalleryDelegate(TileGrid::Flow flow, QObject* parent) :
    QAbstractItemDelegate(parent), flow_(flow), side_(theme::filmstrip_height), tiles_(tiles_cache_kib) {}

void GalleryDelegate::setPictureSide(int side) {
    if (side == side_) return;
    side_ = side;
    tiles_.clear();
}

QSize GalleryDelegate::cellSize() const {
    if (flow_ == TileGrid::Flow::strip) return {side_ + 2 * strip_padding, caption_height + side_ + 2 * strip_padding};
    return {side_ + 2 * padding, side_ + 2 * padding + star_side};
}

QRect GalleryDelegate::pictureArea(const QRect& cell) const {
    const int top = flow_ == TileGrid::Flow::strip ? cell.top() + caption_height + strip_padding : cell.top() + padding;
    return {cell.left() + (cell.width() - side_) / 2, top, side_, side_};
}

StarRow GalleryDelegate::stars(const QRect& cell) const {
    const QRect picture = pictureArea(cell);
    const QSizeF size = StarRow::size(star_side, star_gap);
    const double left = picture.left() + (picture.width() - size.width()) / 2;
    const double top = flow_ == TileGrid::Flow::strip ? picture.bottom() + 1 - star_side - theme::space_xs : picture.bottom() + 1 + theme::space_xs;
    return {QPointF(left, top), star_side, star_gap};
}

void GalleryDelegate::setHover(const QModelIndex& index, int preview) {
    hovered_ = index;
    preview_ = preview;
}

void GalleryDelegate::forget(app::ItemId id) { tiles_.remove(id.value); }

QSize GalleryDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const { return cellSize(); }

QPixmap GalleryDelegate::tile(app::ItemId id, const QModelIndex& index, const QStyleOptionViewItem& option) const {
    const qreal ratio = option.widget ? option.widget->devicePixelRatioF() : 1.0;
    const auto& palette = colors(option.palette);
    if (!qFuzzyCompare(ratio, tiles_ratio_) || palette.is_dark != tiles_dark_) {
        tiles_.clear();
        tiles_ratio_ = ratio;
        tiles_dark_ = palette.is_dark;
    }
    if (const QPixmap* known = tiles_.object(id.value)) return *known;
    const QImage thumbnail = index.data(Qt::DecorationRole).value<QImage>();
    if (thumbnail.isNull()) return {};

    const int device_side = qRound(side_ * ratio);
    const QSize size = thumbnail.size().scaled(device_side, device_side, Qt::KeepAspectRatio).expandedTo({1, 1});
    const QImage scaled = size == thumbnail.size() ? thumbnail : thumbnail.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QImage composed(size, QImage::Format_ARGB32_Premultiplied);
    composed.fill(Qt::transparent);
    QPainter painter(&composed);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath corners;
    const double corner = theme::radius_small * ratio;
    corners.addRoundedRect(QRectF(QPointF(0, 0), QSizeF(size)), corner, corner);
    painter.setClipPath(corners);
    if (index.data(GalleryModel::alpha_role).toBool()) {
        painter.save();
        painter.scale(ratio, ratio);
        theme::paintCheckerboard(painter, QRect(QPoint(0, 0), (QSizeF(size) / ratio).toSize() + QSize(1, 1)), palette);
        painter.restore();
    }
    painter.drawImage(0, 0, scaled);
    painter.end();
    auto* pixmap = new QPixmap(QPixmap::fromImage(composed));
    pixmap->setDevicePixelRatio(ratio);
    const QPixmap result = *pixmap;
    tiles_.insert(id.value, pixmap, 1 + size.width() * size.height() / 256);
    return result;
}

void GalleryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto& palette = colors(option.palette);
    const QRect cell = option.rect;
    const QRect area = pictureArea(cell);
    const bool hovered = hovered_.isValid() && hovered_ == index;
    const bool selected = option.state & QStyle::State_Selected;
    const bool focused = option.state & QStyle::State_HasFocus;

    QRect shown = area;
    const QPixmap picture = tile(index.data(GalleryModel::id_role).value<app::ItemId>(), index, option);
    if (picture.isNull()) {
        paintAbsent(*painter, area, option, index.data(GalleryModel::missing_role).toBool());
    } else {
        const QSize size = picture.deviceIndependentSize().toSize();
        shown = QRect(area.left() + (area.width() - size.width()) / 2, area.top() + (area.height() - size.height()) / 2, size.width(), size.height());
        painter->drawPixmap(shown.topLeft(), picture);
    }

    if (selected || focused) {
        constexpr int outset = theme::focus_width + ring_gap;
        const QColor ring = selected ? palette.focus : palette.control_line;
        theme::paintFocusRing(*painter, shown.adjusted(-outset, -outset, outset, outset), ring, theme::radius);
    } else if (hovered) {
        constexpr int outset = ring_gap;
        theme::paintPlate(*painter, shown.adjusted(-outset, -outset, outset, outset), {}, palette.control_line, theme::radius);
    }
    paintPick(*painter, shown, index, option);
    paintStars(*painter, option, index, hovered);
    if (flow_ == TileGrid::Flow::strip) paintDay(*painter, option, index);
}

void GalleryDelegate::paintAbsent(QPainter& painter, const QRect& area, const QStyleOptionViewItem& option, bool missing) const {
    const auto& palette = colors(option.palette);
    theme::paintPlate(painter, area, palette.chrome, missing ? palette.control_line : QColor(), theme::radius_small);
    if (!missing) return;  // on its way: a calm plate, no spinner a tile
    const int icon_side = theme::icon_large;
    const QString text = tr("File missing");
    painter.setFont(theme::font(theme::text_caption));
    const bool room = painter.fontMetrics().horizontalAdvance(text) <= area.width() - 2 * theme::space_xs;
    const int block = icon_side + (room ? theme::space_xs + painter.fontMetrics().height() : 0);
    const QRect icon_area(area.center().x() - icon_side / 2, area.center().y() - block / 2, icon_side, icon_side);
    icon("image-off", IconTone::secondary).paint(&painter, icon_area);
    if (!room) return;
    painter.setPen(palette.text_secondary);
    painter.drawText(QRect(area.left(), icon_area.bottom() + theme::space_xs, area.width(), painter.fontMetrics().height()),
                     Qt::AlignHCenter | Qt::AlignTop, text);
}

void GalleryDelegate::paintStars(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index, bool hovered) const {
    const int rating = index.data(GalleryModel::rating_role).toInt();
    if (rating == 0 && !hovered) {
        const QVariant predicted = flow_ == TileGrid::Flow::grid ? index.data(GalleryModel::predicted_role) : QVariant();
        if (predicted.isValid()) paintPrediction(painter, option, predicted.toDouble());
        return;
    }
    const auto& palette = colors(option.palette);
    const StarRow row = stars(option.rect);
    const int preview = hovered ? preview_ : -1;
    if (flow_ == TileGrid::Flow::grid) {
        row.paint(painter, palette, StarRow::Surface::chrome, rating, preview);
        return;
    }
    constexpr double spread = theme::space_xs / 2.0;
    theme::paintPlate(painter, row.bounds().adjusted(-spread, -spread, spread, spread), palette.overlay, {}, theme::radius_small);
    row.paint(painter, palette, StarRow::Surface::overlay, rating, preview);
}

void GalleryDelegate::paintPrediction(QPainter& painter, const QStyleOptionViewItem& option, double predicted) const {
    const auto& palette = colors(option.palette);
    const QRectF row = stars(option.rect).bounds();
    const QString text = QLocale().toString(predicted, 'f', 1);
    painter.setFont(theme::font(theme::text_caption));
    const double words = painter.fontMetrics().horizontalAdvance(text);
    const double left = row.center().x() - (star_side + star_gap + words) / 2;
    paintHollowStar(painter, QRectF(left, row.top(), star_side, star_side), palette.text_secondary);
    painter.setPen(palette.text_secondary);
    painter.drawText(QRectF(left + star_side + star_gap, row.top(), words + 1, row.height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
                     text);
}

void GalleryDelegate::paintPick(QPainter& painter, const QRect& shown, const QModelIndex& index, const QStyleOptionViewItem& option) const {
    const auto pick = static_cast<app::PickAnswer>(index.data(GalleryModel::pick_role).toInt());
    if (pick == app::PickAnswer::taken_back) return;
    const auto& palette = colors(option.palette);
    constexpr int side = theme::icon_small + theme::space_xs;
    const QRect plate(shown.left() + theme::space_xs, shown.top() + theme::space_xs, side, side);
    theme::paintPlate(painter, plate, palette.overlay, {}, theme::radius_small);
    constexpr int inset = theme::space_xs;
    icon(pick == app::PickAnswer::picked ? "check" : "x", IconTone::overlay).paint(&painter, plate.adjusted(inset, inset, -inset, -inset));
}

void GalleryDelegate::paintDay(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    if (!index.data(GalleryModel::starts_day_role).toBool()) return;
    const auto& palette = colors(option.palette);
    // The words may run on over the tiles of the same day, so they are drawn as wide as they are.
    const QString text = dayText(index.data(GalleryModel::day_role).toDate(), QDate::currentDate());
    painter.setFont(theme::font(theme::text_caption));
    painter.setPen(palette.text_secondary);
    const QRect picture = pictureArea(option.rect);
    const bool alone = index.siblingAtRow(index.row() + 1).data(GalleryModel::starts_day_role).toBool();
    const QRect line(picture.left(), option.rect.top(), picture.width() * (alone ? 1 : 2), caption_height);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(text, Qt::ElideRight, line.width()));
}

}  // namespace ui
