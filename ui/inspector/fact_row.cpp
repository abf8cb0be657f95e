// SPDX-License-Identifier: Apache-2.0
#include "ui/inspector/fact_row.h"

#include <QEvent>
#include <QGraphicsOpacityEffect>
#include <QHBoxLayout>
#include <QLabel>
#include <algorithm>

#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int name_width = 4 * theme::space_xl - theme::space_m;
}

FactRow::FactRow(QWidget* parent) : QWidget(parent), name_(new QLabel(this)), label_(new QLabel(this)), row_(new QHBoxLayout(this)) {
    name_->setFixedWidth(name_width);
    label_->setTextFormat(Qt::PlainText);
    label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row_->setContentsMargins({});
    row_->setSpacing(0);
    row_->addWidget(name_);
    row_->addWidget(label_, 1);
    setFixedHeight(theme::control_height);
    quietName();
}

void FactRow::quietName() {
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, colors(this).text_secondary);
    name_->setPalette(quiet);
}

void FactRow::setName(const QString& name) {
    name_->setText(name);
    setAccessibleName(name);
}

void FactRow::setValue(const QString& value, const QString& whole) {
    value_ = value;
    label_->setToolTip(whole.isEmpty() ? value : whole);
    label_->setAccessibleName(QString(name_->text() + QStringLiteral(": ") + value));
    showValue();
}

void FactRow::showValue() { label_->setText(label_->fontMetrics().elidedText(value_, Qt::ElideMiddle, label_->width())); }

FlatButton* FactRow::addButton(const char* icon_name, std::function<void()> run) {
    auto* button = new FlatButton(icon_name, {}, this);
    // Kept in the layout while unseen: the value does not jump, and Tab finds them.
    auto* effect = new QGraphicsOpacityEffect(button);
    effect->setOpacity(0.0);
    button->setGraphicsEffect(effect);
    button->installEventFilter(this);
    row_->addWidget(button);
    buttons_.append(button);
    connect(button, &QToolButton::clicked, this, [run = std::move(run)] { run(); });
    return button;
}

void FactRow::showButtons() {
    const bool visible = underMouse() || std::any_of(buttons_.begin(), buttons_.end(), [](const FlatButton* button) { return button->hasFocus(); });
    for (FlatButton* button : buttons_) static_cast<QGraphicsOpacityEffect*>(button->graphicsEffect())->setOpacity(visible ? 1.0 : 0.0);
}

void FactRow::enterEvent(QEnterEvent* event) {
    QWidget::enterEvent(event);
    showButtons();
}

void FactRow::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    showButtons();
}

void FactRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    row_->activate();
    showValue();
}

void FactRow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) quietName();
    QWidget::changeEvent(event);
}

bool FactRow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) showButtons();
    return QWidget::eventFilter(watched, event);
}

}  // namespace ui
