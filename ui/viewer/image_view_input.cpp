// SPDX-License-Identifier: Apache-2.0
// ImageView's pointer and zoom commands.

#include <QApplication>
#include <QMouseEvent>
#include <cmath>

#include "ui/viewer/image_view.h"

namespace ui {

namespace {
constexpr double zoom_a_notch = 1.25;
}

void ImageView::zoomIn() {
    transform_.zoomStep(1, transform_.middle());
    changed();
}

void ImageView::zoomOut() {
    transform_.zoomStep(-1, transform_.middle());
    changed();
}

void ImageView::zoomFit() {
    transform_.fit();
    changed();
}

void ImageView::zoomActual() {
    transform_.setZoom(1.0, transform_.middle());
    changed();
}

void ImageView::resizeEvent(QResizeEvent*) {
    updateView();
    changed();
}

void ImageView::wheelEvent(QWheelEvent* event) {
    const double notches = static_cast<double>(event->angleDelta().y()) / static_cast<int>(QWheelEvent::DefaultDeltasPerStep);
    if (qFuzzyIsNull(notches) || image_.isNull()) {
        event->ignore();
        return;
    }
    transform_.setZoom(transform_.zoom() * std::pow(zoom_a_notch, notches), event->position());
    changed();
    event->accept();
}

void ImageView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton) {
        event->ignore();
        return;
    }
    if (auto* canvas = parentWidget()) canvas->setFocus(Qt::MouseFocusReason);
    pressed_ = true;
    press_ = last_ = event->position();
    // A picture that is larger than the view is moved; with Ctrl, or where there is nothing to move, it is taken along.
    panning_ = transform_.canPan() && (event->button() == Qt::MiddleButton || !(event->modifiers() & Qt::ControlModifier));
    showCursor();
}

void ImageView::mouseMoveEvent(QMouseEvent* event) {
    if (!pressed_) return;
    if (panning_) {
        transform_.pan(event->position() - last_);
        last_ = event->position();
        update();
        return;
    }
    const bool far = (event->position() - press_).manhattanLength() >= QApplication::startDragDistance();
    if (far && draggable_ && (event->buttons() & Qt::LeftButton) && transform_.target().contains(press_)) {
        pressed_ = false;
        Q_EMIT dragWanted();
    }
}

void ImageView::mouseReleaseEvent(QMouseEvent* event) {
    const bool still = pressed_ && (event->position() - press_).manhattanLength() < QApplication::startDragDistance();
    pressed_ = false;
    panning_ = false;
    showCursor();
    if (still && event->button() == Qt::LeftButton) Q_EMIT clicked();
}

void ImageView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || image_.isNull()) return;
    if (transform_.fits()) {
        transform_.setZoom(1.0, event->position());
    } else {
        transform_.fit();
    }
    changed();
}

void ImageView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) update();
    QWidget::changeEvent(event);
}

void ImageView::showCursor() {
    if (!transform_.canPan()) {
        unsetCursor();
    } else {
        setCursor(pressed_ && panning_ ? Qt::ClosedHandCursor : Qt::OpenHandCursor);
    }
}

}  // namespace ui
