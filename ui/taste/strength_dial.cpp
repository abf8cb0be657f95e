// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/strength_dial.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMouseEvent>
#include <QSlider>
#include <QWheelEvent>

#include "ui/theme/caption.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int key_step = 5;
constexpr int page_step = 25;
constexpr int snap = 4;  ///< per cent around the normal strength that count as it
}  // namespace

StrengthDial::StrengthDial(QWidget* parent) :
    QWidget(parent), caption_(new Caption(this)), why_(new Caption(this)), slider_(new QSlider(Qt::Horizontal, this)), value_(new QLabel(this)),
    learn_(new FlatButton(this)) {
    slider_->setRange(0, most);
    slider_->setValue(normal);
    slider_->setSingleStep(key_step);
    slider_->setPageStep(page_step);
    slider_->installEventFilter(this);
    value_->setFont(theme::font(theme::text_caption));
    value_->setAlignment(Qt::AlignVCenter | Qt::AlignTrailing);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(theme::space_s);
    row->addWidget(caption_);
    row->addWidget(slider_, 1);
    row->addWidget(value_);
    row->addWidget(why_, 1);
    row->addWidget(learn_);
    why_->setObjectName(QStringLiteral("taste_waits"));
    why_->setWordWrap(true);
    learn_->setObjectName(QStringLiteral("learn_again"));
    learn_->setToolButtonStyle(Qt::ToolButtonTextOnly);
    connect(learn_, &QToolButton::clicked, this, &StrengthDial::learnWanted);
    setFocusProxy(slider_);
    connect(slider_, &QSlider::valueChanged, this, [this](int value) {
        // The pointer finds 100 % without a steady hand; keys and the wheel reach every value.
        if (slider_->isSliderDown() && value != normal && qAbs(value - normal) <= snap) return slider_->setValue(normal);
        refresh();
        Q_EMIT percentShown(value);
        if (!quiet_) Q_EMIT percentChosen(value);
    });
    refresh();
}

int StrengthDial::percent() const { return slider_->value(); }

void StrengthDial::setPercent(int percent) {
    quiet_ = true;
    slider_->setValue(qBound(0, percent, most));
    quiet_ = false;
}

void StrengthDial::setWaiting(bool waiting) {
    waiting_ = waiting;
    setFocusProxy(waiting ? static_cast<QWidget*>(learn_) : slider_);
    refresh();
}

bool StrengthDial::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::MouseButtonDblClick && static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton) {
        slider_->setSliderDown(false);
        slider_->setValue(normal);
        return true;
    }
    // A wheel that scrolls the column past the dial must not turn it.
    if (event->type() == QEvent::Wheel && !slider_->hasFocus()) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void StrengthDial::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange) refresh();
    QWidget::changeEvent(event);
}

void StrengthDial::refresh() {
    caption_->setText(tr("Taste"));
    for (QWidget* part : {static_cast<QWidget*>(slider_), static_cast<QWidget*>(value_)}) part->setVisible(!waiting_);
    for (QWidget* part : {static_cast<QWidget*>(why_), static_cast<QWidget*>(learn_)}) part->setVisible(waiting_);
    const QString waits =
        tr("Your taste waits for the model that it was learned on. Your answers are all still here, and it can be learned for this model.");
    why_->setText(tr("Learned on another model"));
    why_->setToolTip(waits);
    learn_->setText(tr("Learn again"));
    learn_->setName(tr("Learn your taste again"));
    learn_->setToolTip(waits);
    const int value = slider_->value();
    const QString shown = tr("%1 %").arg(QLocale().toString(value));
    value_->setText(shown);
    // No jump of the slider between "5 %" and "200 %".
    value_->setMinimumWidth(value_->fontMetrics().horizontalAdvance(tr("%1 %").arg(QLocale().toString(most))));
    value_->setEnabled(value > 0);
    const QString hint = tr(
        "How much of your taste goes into the next picture, from 0 to 200 %. At 0 % the model draws as it came; a double click brings 100 % back.");
    slider_->setToolTip(hint);
    slider_->setAccessibleName(tr("Strength of your taste"));
    slider_->setAccessibleDescription(hint);
}

}  // namespace ui
