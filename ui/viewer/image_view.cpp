// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/image_view.h"

#include <QPaintEvent>
#include <QPainter>
#include <cmath>

#include "app/imaging/image_loader.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr double pixels_visible_zoom = 2.0;        // above it one wants to see pixels, not a blur
constexpr double direct_paint_pixels = 300'000.0;  // smooth scaling of this many takes about 3 ms on the GUI thread
}  // namespace

ImageView::ImageView(app::ImageLoader& loader, int slot, QWidget* parent) : QWidget(parent), loader_(loader), slot_(slot) {
    setAttribute(Qt::WA_OpaquePaintEvent);
    connect(&loader, &app::ImageLoader::scaled, this, [this](int place, qint64 key, const QImage& image) {
        if (place != slot_ || key != image_.cacheKey()) return;
        rendition_ = image;
        rendition_of_ = key;
        update();
    });
}

void ImageView::setImage(const QImage& image, bool has_alpha, bool draggable) {
    if (image.cacheKey() == image_.cacheKey() && has_alpha == has_alpha_ && draggable == draggable_) return;
    image_ = image;
    has_alpha_ = has_alpha;
    draggable_ = draggable;
    if (!image.isNull()) transform_.setPicture(image.size());
    updateView();
    changed();
}

void ImageView::setFrame(QSize pixels) {
    frame_ = pixels;
    image_ = {};
    rendition_ = {};
    rendition_of_ = 0;
    draggable_ = false;
    transform_.setPicture(pixels);
    changed();
}

void ImageView::setFitMargins(QMargins margins) {
    if (margins == margins_) return;
    margins_ = margins;
    updateView();
    changed();
}

void ImageView::setFocusShown(bool shown) {
    if (shown == focus_shown_) return;
    focus_shown_ = shown;
    update();
}

void ImageView::updateView() {
    view_ratio_ = devicePixelRatioF();
    transform_.setView(QRectF(rect().marginsRemoved(margins_)), view_ratio_);
}

void ImageView::changed() {
    wantRendition();
    showCursor();
    update();
    Q_EMIT zoomChanged();
}

QSize ImageView::deviceSize() const { return (transform_.target().size() * devicePixelRatioF()).toSize(); }

void ImageView::wantRendition() {
    const QSize size = deviceSize();
    if (image_.isNull() || !transform_.fits() || size == image_.size() || size.isEmpty()) return;
    if (rendition_of_ == image_.cacheKey() && rendition_.size() == size) return;
    loader_.scale(slot_, image_, size);
}

void ImageView::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    const auto& palette = colors(this);
    painter.fillRect(event->rect(), palette.canvas);
    if (!qFuzzyCompare(view_ratio_, devicePixelRatioF())) {
        // The window went to another screen.
        updateView();
        wantRendition();
    }
    const QRectF target = transform_.target();
    if (!image_.isNull()) {
        paintImage(painter, target, event->rect());
    } else if (!frame_.isEmpty()) {
        theme::paintPlate(painter, target, palette.chrome, palette.hairline, 0);
    }
    if (focus_shown_) theme::paintFocusRing(painter, rect(), palette.focus, 0);
}

void ImageView::paintImage(QPainter& painter, const QRectF& target, const QRect& exposed) {
    const QRectF part = target.intersected(exposed);
    if (part.isEmpty()) return;
    if (has_alpha_) {
        painter.save();
        painter.setClipRect(part);
        // Anchored at the canvas, so that the squares stay calm while the picture moves over them.
        theme::paintCheckerboard(painter, rect(), colors(this));
        painter.restore();
    }
    // While a new rendition is made the previous frame of the same drawing stands in: a preview follows four times a second.
    const bool own = rendition_of_ == image_.cacheKey();
    if (transform_.fits() && own && rendition_.size() == deviceSize()) {
        const double ratio = devicePixelRatioF();
        const QRectF source((part.topLeft() - target.topLeft()) * ratio, part.size() * ratio);
        painter.drawImage(part, rendition_, source);
        return;
    }
    const QSizeF scale(image_.width() / target.width(), image_.height() / target.height());
    const QRectF source((part.left() - target.left()) * scale.width(), (part.top() - target.top()) * scale.height(), part.width() * scale.width(),
                        part.height() * scale.height());
    const double ratio = devicePixelRatioF();
    const bool actual = std::abs(transform_.zoom() - 1.0) < 1e-6;
    const bool pixels = !transform_.fits() && transform_.zoom() > pixels_visible_zoom;
    // A fitted picture whose rendition is on its way is smooth at once where that is cheap.
    const bool cheap = !transform_.fits() || part.width() * part.height() * ratio * ratio <= direct_paint_pixels;
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !actual && !pixels && cheap);
    painter.drawImage(part, image_, source);
}

}  // namespace ui
