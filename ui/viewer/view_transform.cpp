// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/view_transform.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ui {

namespace {
constexpr std::array steps{0.02, 0.05, 0.1, 0.15, 0.25, 0.33, 0.5, 0.66, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0};
constexpr double same = 1e-3;
}  // namespace

void ViewTransform::setPicture(QSize pixels) {
    if (pixels == pixels_) return;
    pixels_ = pixels;
    fit();
}

void ViewTransform::setView(QRectF area, double ratio) {
    const QPointF moved = area.center() - view_.center();
    view_ = area;
    ratio_ = ratio;
    if (fits_) {
        fit();
    } else {
        centre_ += moved;
        settle();
    }
}

QSizeF ViewTransform::scaledSize() const { return QSizeF(pixels_) * (zoom_ / ratio_); }

QRectF ViewTransform::target() const {
    const QSizeF size = scaledSize();
    // On whole device pixels, so that 1:1 is 1:1 and not a blur.
    const auto snap = [this](double value) { return std::round(value * ratio_) / ratio_; };
    return {snap(centre_.x() - size.width() / 2), snap(centre_.y() - size.height() / 2), size.width(), size.height()};
}

bool ViewTransform::canPan() const {
    const QSizeF size = scaledSize();
    return !fits_ && (size.width() > view_.width() + 1 || size.height() > view_.height() + 1);
}

void ViewTransform::fit() {
    fits_ = true;
    centre_ = view_.center();
    if (pixels_.isEmpty() || view_.isEmpty()) return;
    zoom_ = std::clamp(std::min(view_.width() * ratio_ / pixels_.width(), view_.height() * ratio_ / pixels_.height()), smallest_zoom, largest_zoom);
}

void ViewTransform::setZoom(double zoom, QPointF fixed) {
    zoom = std::clamp(zoom, smallest_zoom, largest_zoom);
    const double factor = zoom / zoom_;
    centre_ = fixed + (centre_ - fixed) * factor;
    zoom_ = zoom;
    fits_ = false;
    settle();
}

void ViewTransform::zoomStep(int direction, QPointF fixed) {
    double wanted = zoom_;
    if (direction > 0) {
        const auto next = std::find_if(steps.begin(), steps.end(), [this](double step) { return step > zoom_ * (1 + same); });
        wanted = next == steps.end() ? largest_zoom : *next;
    } else {
        const auto next = std::find_if(steps.rbegin(), steps.rend(), [this](double step) { return step < zoom_ * (1 - same); });
        wanted = next == steps.rend() ? smallest_zoom : *next;
    }
    setZoom(wanted, fixed);
}

void ViewTransform::pan(QPointF by) {
    centre_ += by;
    settle();
}

void ViewTransform::settle() {
    // A side that has room stays in the middle; a side that is larger than the view never leaves a gap.
    const QSizeF size = scaledSize();
    const auto settled = [](double centre, double extent, double first, double room) {
        const double middle = first + room / 2;
        if (extent <= room) return middle;
        const double slack = (extent - room) / 2;
        return std::clamp(centre, middle - slack, middle + slack);
    };
    centre_.setX(settled(centre_.x(), size.width(), view_.left(), view_.width()));
    centre_.setY(settled(centre_.y(), size.height(), view_.top(), view_.height()));
}

}  // namespace ui
