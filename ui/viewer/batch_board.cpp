// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/batch_board.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "app/imaging/image_loader.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int gap = theme::space_m;
constexpr int star_side = theme::icon_small;
constexpr int star_gap = theme::space_xs;
}  // namespace

BatchBoard::BatchBoard(app::ImageLoader& loader, int first_slot, QWidget* parent) : QWidget(parent), loader_(loader), first_slot_(first_slot) {
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMouseTracking(true);
    connect(&loader, &app::ImageLoader::scaled, this, [this](int slot, qint64 key, const QImage& image) {
        const int index = slot - first_slot_;
        if (index < 0 || index >= count() || cell(index).image.cacheKey() != key) return;
        renditions_[static_cast<size_t>(index)] = image;
        renditions_of_[static_cast<size_t>(index)] = key;
        update(cellArea(index));
    });
}

void BatchBoard::begin(app::JobId job, int count, QSize picture) {
    job_ = job;
    picture_ = picture.isEmpty() ? QSize(1, 1) : picture;
    const auto size = static_cast<size_t>(std::clamp(count, 0, most_cells));
    cells_.assign(size, {});
    renditions_.assign(size, {});
    renditions_of_.assign(size, 0);
    current_ = hovered_ = preview_ = pressed_cell_ = -1;
    update();
}

void BatchBoard::clear() {
    begin({}, 0, {});
    job_.reset();
}

void BatchBoard::setCell(int index, const Cell& cell) {
    if (index < 0 || index >= count()) return;
    cells_[static_cast<size_t>(index)] = cell;
    wantRendition(index);
    update(cellArea(index));
}

int BatchBoard::cellOf(app::ItemId item) const {
    const auto found = std::find_if(cells_.begin(), cells_.end(), [item](const Cell& cell) { return cell.item == item; });
    return found == cells_.end() ? -1 : static_cast<int>(found - cells_.begin());
}

int BatchBoard::finishedCells() const {
    return static_cast<int>(std::count_if(cells_.begin(), cells_.end(), [](const Cell& cell) { return cell.item.has_value(); }));
}

void BatchBoard::setCurrent(int index) {
    if (index == current_ || index >= count()) return;
    const int before = std::exchange(current_, index);
    for (const int touched : {before, current_}) {
        if (touched >= 0) update(cellArea(touched));
    }
    Q_EMIT currentChanged(index);
}

void BatchBoard::moveCurrent(int dx, int dy) {
    if (count() == 0) return;
    const int target = current_ < 0 ? 0 : current_ + dx + dy * columns();
    const bool same_row = dx == 0 || target / columns() == current_ / columns();
    if (target >= 0 && target < count() && same_row && cell(target).item) setCurrent(target);
}

void BatchBoard::setMargins(QMargins margins) {
    if (margins == margins_) return;
    margins_ = margins;
    for (int index = 0; index < count(); ++index) wantRendition(index);
    update();
}

int BatchBoard::columns() const {
    // The arrangement in which the pictures are largest; four lie two by two.
    if (count() >= 3) return 2;
    if (count() < 2) return 1;
    const QSize room = rect().marginsRemoved(margins_).size();
    const double side_by_side = std::min((room.width() - gap) / 2.0 / picture_.width(), 1.0 * room.height() / picture_.height());
    const double stacked = std::min(1.0 * room.width() / picture_.width(), (room.height() - gap) / 2.0 / picture_.height());
    return side_by_side >= stacked ? 2 : 1;
}

QRect BatchBoard::cellArea(int index) const {
    if (index < 0 || index >= count()) return {};
    const QRect room = rect().marginsRemoved(margins_);
    const int across = columns();
    const int down = (count() + across - 1) / across;
    const QSizeF most((room.width() - (across - 1) * gap) / static_cast<double>(across),
                      (room.height() - (down - 1) * gap) / static_cast<double>(down));
    const QSize size = QSizeF(picture_).scaled(most, Qt::KeepAspectRatio).toSize().expandedTo({1, 1});
    const int left = room.left() + (room.width() - across * size.width() - (across - 1) * gap) / 2;
    const int top = room.top() + (room.height() - down * size.height() - (down - 1) * gap) / 2;
    return {left + index % across * (size.width() + gap), top + index / across * (size.height() + gap), size.width(), size.height()};
}

QRectF BatchBoard::pictureArea(int index) const {
    const QRect area = cellArea(index);
    const QImage& image = cell(index).image;
    if (image.isNull()) return area;
    const QSizeF size = QSizeF(image.size()).scaled(area.size(), Qt::KeepAspectRatio);
    return {area.left() + (area.width() - size.width()) / 2, area.top() + (area.height() - size.height()) / 2, size.width(), size.height()};
}

StarRow BatchBoard::stars(int index) const {
    const QRect area = cellArea(index);
    const QSizeF size = StarRow::size(star_side, star_gap);
    return {QPointF(area.left() + (area.width() - size.width()) / 2, area.bottom() + 1 - star_side - theme::space_m), star_side, star_gap};
}

int BatchBoard::cellAt(QPointF point) const {
    for (int index = 0; index < count(); ++index) {
        if (cellArea(index).contains(point.toPoint())) return index;
    }
    return -1;
}

QSize BatchBoard::deviceSize(int index) const { return (pictureArea(index).size() * devicePixelRatioF()).toSize(); }

void BatchBoard::wantRendition(int index) {
    const QImage& image = cell(index).image;
    const auto i = static_cast<size_t>(index);
    const QSize size = deviceSize(index);
    if (image.isNull() || size.isEmpty() || (renditions_of_[i] == image.cacheKey() && renditions_[i].size() == size)) return;
    loader_.scale(first_slot_ + index, image, size);
}

void BatchBoard::resizeEvent(QResizeEvent*) {
    for (int index = 0; index < count(); ++index) wantRendition(index);
}

void BatchBoard::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    const auto& palette = colors(this);
    painter.fillRect(event->rect(), palette.canvas);
    for (int index = 0; index < count(); ++index) {
        const QRect area = cellArea(index);
        constexpr int outset = theme::space_xs;
        if (!area.adjusted(-outset, -outset, outset, outset).intersects(event->rect())) continue;
        const Cell& shown = cell(index);
        const QRectF picture = pictureArea(index);
        const auto i = static_cast<size_t>(index);
        if (shown.image.isNull()) {
            theme::paintPlate(painter, area, palette.chrome, palette.hairline, 0);
        } else {
            if (shown.has_alpha) theme::paintCheckerboard(painter, picture.toAlignedRect(), palette);
            // Until its own rendition is there, the last one of this cell stands in.
            if (!renditions_[i].isNull()) {
                painter.drawImage(picture, renditions_[i]);
            } else {
                painter.drawImage(picture, shown.image);
            }
        }
        if (index == current_) theme::paintFocusRing(painter, QRectF(area).adjusted(-outset, -outset, outset, outset), palette.focus, theme::radius);
        const bool hovered = index == hovered_;
        if (shown.item && (hovered || index == current_ || shown.rating > 0)) {
            const StarRow row = stars(index);
            constexpr double spread = theme::space_xs;
            theme::paintPlate(painter, row.bounds().adjusted(-spread, -spread, spread, spread), palette.overlay, {}, theme::radius_small);
            row.paint(painter, palette, StarRow::Surface::overlay, shown.rating, hovered ? preview_ : -1);
        }
    }
}

void BatchBoard::hover(QPointF point) {
    const int index = cellAt(point);
    const int star = index >= 0 && cell(index).item ? stars(index).starAt(point) : 0;
    const int preview = star > 0 ? star : -1;
    if (index == hovered_ && preview == preview_) return;
    for (const int touched : {hovered_, index}) {
        if (touched >= 0) update(cellArea(touched));
    }
    hovered_ = index;
    preview_ = preview;
    setCursor(index >= 0 && cell(index).item ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void BatchBoard::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    if (auto* canvas = parentWidget()) canvas->setFocus(Qt::MouseFocusReason);
    press_ = event->position();
    pressed_cell_ = cellAt(press_);
    pressed_star_ = pressed_cell_ >= 0 && cell(pressed_cell_).item ? stars(pressed_cell_).starAt(press_) : 0;
}

void BatchBoard::mouseMoveEvent(QMouseEvent* event) {
    hover(event->position());
    const bool far = (event->position() - press_).manhattanLength() >= QApplication::startDragDistance();
    if (!(event->buttons() & Qt::LeftButton) || pressed_cell_ < 0 || pressed_star_ > 0 || !far) return;
    const int index = std::exchange(pressed_cell_, -1);
    if (cell(index).item) Q_EMIT dragWanted(index);
}

void BatchBoard::mouseReleaseEvent(QMouseEvent* event) {
    const int pressed = std::exchange(pressed_cell_, -1);
    const int star_pressed = std::exchange(pressed_star_, 0);
    if (event->button() != Qt::LeftButton || pressed < 0 || cellAt(event->position()) != pressed || !cell(pressed).item) return;
    const int star = stars(pressed).starAt(event->position());
    if (star_pressed == 0) {
        Q_EMIT activated(pressed);
    } else if (star > 0) {
        Q_EMIT rateWanted(pressed, star == cell(pressed).rating ? 0 : star);
    }
}

void BatchBoard::leaveEvent(QEvent*) {
    if (hovered_ >= 0) update(cellArea(hovered_));
    hovered_ = preview_ = -1;
}

}  // namespace ui
