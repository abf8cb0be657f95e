// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/number_field.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QSignalBlocker>
#include <cmath>

namespace ui {

namespace {
constexpr int pixels_per_step = 6;
constexpr int fast_factor = 10;  // with Shift
}  // namespace

NumberField::NumberField(QWidget* parent) : QDoubleSpinBox(parent) {
    setButtonSymbols(QAbstractSpinBox::NoButtons);
    setAlignment(Qt::AlignCenter);
    setKeyboardTracking(false);
    setCorrectionMode(CorrectToNearestValue);
    setFocusPolicy(Qt::StrongFocus);
    setContextMenuPolicy(Qt::NoContextMenu);
    lineEdit()->installEventFilter(this);
    lineEdit()->setCursor(Qt::SizeHorCursor);
    connect(this, &QDoubleSpinBox::valueChanged, this, &NumberField::edited);
}

void NumberField::setMultiple(int multiple) {
    multiple_ = multiple;
    setSingleStep(multiple > 0 ? multiple : 1);
}

void NumberField::setQuietly(double value) {
    const QSignalBlocker quiet(this);
    setValue(value);
}

void NumberField::commit() { interpretText(); }

double NumberField::valueFromText(const QString& text) const {
    const double value = QDoubleSpinBox::valueFromText(text);
    if (multiple_ <= 1) return value;
    return qBound(minimum(), std::round(value / multiple_) * multiple_, maximum());
}

void NumberField::dragTo(const QPoint& global) {
    const int steps = (global.x() - press_position_.x()) / pixels_per_step;
    const int factor = QApplication::keyboardModifiers().testFlag(Qt::ShiftModifier) ? fast_factor : 1;
    setValue(press_value_ + steps * factor * singleStep());
}

bool NumberField::eventFilter(QObject* watched, QEvent* event) {
    if (watched != lineEdit()) return QDoubleSpinBox::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::MouseButtonPress: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() != Qt::LeftButton || !isEnabled()) break;
        pressed_ = true;
        dragging_ = false;
        press_position_ = mouse->globalPosition().toPoint();
        press_value_ = value();
        setFocus(Qt::MouseFocusReason);
        return true;
    }
    case QEvent::MouseMove: {
        if (!pressed_) break;
        const QPoint now = static_cast<QMouseEvent*>(event)->globalPosition().toPoint();
        if (!dragging_ && std::abs(now.x() - press_position_.x()) >= QApplication::startDragDistance()) dragging_ = true;
        if (dragging_) dragTo(now);
        return true;
    }
    case QEvent::MouseButtonRelease:
        if (!pressed_) break;
        pressed_ = false;
        if (!dragging_) selectAll();  // a click without a drag: type
        return true;
    case QEvent::MouseButtonDblClick:
        pressed_ = false;
        setValue(default_);
        selectAll();
        Q_EMIT resetToDefault();
        return true;
    default: break;
    }
    return QDoubleSpinBox::eventFilter(watched, event);
}

void NumberField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {  // leave, with the value as it was
        setQuietly(value());
        clearFocus();
        event->accept();
        return;
    }
    QDoubleSpinBox::keyPressEvent(event);
    // Enter confirms a number; it must not reach the window as well.
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (event->modifiers() & Qt::ControlModifier) event->ignore();
        else event->accept();
    }
}

}  // namespace ui
