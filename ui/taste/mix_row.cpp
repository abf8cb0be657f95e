// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/mix_row.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QSlider>
#include <algorithm>

#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int most = 200;  ///< per cent
constexpr int first_share = 50;
constexpr int key_step = 5;
constexpr int page_step = 25;
constexpr int slider_width = 160;
}  // namespace

MixRow::MixRow(QWidget* parent) :
    QWidget(parent), choose_(new FlatButton(this)), menu_(new QMenu(this)), words_(new QLabel(this)), slider_(new QSlider(Qt::Horizontal, this)),
    value_(new QLabel(this)), take_out_(new FlatButton("x", {}, this)) {
    setObjectName(QStringLiteral("mix_row"));
    choose_->setObjectName(QStringLiteral("mix_with"));
    choose_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    choose_->setIcon(icon("plus"));
    choose_->setPopupMode(QToolButton::InstantPopup);
    choose_->setMenu(menu_);
    slider_->setObjectName(QStringLiteral("mix_strength"));
    slider_->setRange(0, most);
    slider_->setSingleStep(key_step);
    slider_->setPageStep(page_step);
    slider_->setFixedWidth(slider_width);
    slider_->installEventFilter(this);
    value_->setAlignment(Qt::AlignVCenter | Qt::AlignTrailing);
    take_out_->setObjectName(QStringLiteral("mix_take_out"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(theme::space_s);
    row->addWidget(choose_);
    row->addWidget(words_);
    row->addWidget(slider_);
    row->addWidget(value_);
    row->addWidget(take_out_);
    row->addStretch(1);
    connect(slider_, &QSlider::valueChanged, this, [this](int percent) {
        mix_.percent = percent;
        refresh();
        if (!quiet_ && !slider_->isSliderDown()) Q_EMIT mixWanted(mix_.id, percent);
    });
    connect(slider_, &QSlider::sliderReleased, this, [this] { Q_EMIT mixWanted(mix_.id, slider_->value()); });
    connect(take_out_, &QToolButton::clicked, this, [this] { Q_EMIT mixWanted({}, 0); });
    refresh();
}

void MixRow::setFacts(const QList<TasteVersion>& versions, const TasteMix& mix) {
    versions_ = versions;
    if (slider_->isSliderDown()) return;  // the hand is ahead of what is stored
    mix_ = mix;
    quiet_ = true;
    slider_->setValue(qBound(0, mix.percent, most));
    quiet_ = false;
    refresh();
}

void MixRow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

/// A wheel that scrolls the page past the slider must not turn it.
bool MixRow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Wheel && !slider_->hasFocus()) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void MixRow::refresh() {
    const auto used = std::find_if(versions_.begin(), versions_.end(), [](const TasteVersion& version) { return version.in_use; });
    const bool can = used != versions_.end() && !used->id.isEmpty();
    const auto second = std::find_if(versions_.begin(), versions_.end(), [this](const TasteVersion& version) { return version.id == mix_.id; });
    const bool mixed = can && !mix_.id.isEmpty() && second != versions_.end();
    menu_->clear();
    for (const TasteVersion& version : std::as_const(versions_)) {
        if (version.id.isEmpty() || version.in_use || version.id == mix_.id || !version.made_for.isEmpty()) continue;
        menu_->addAction(tr("Version %1").arg(version.number), this, [this, id = version.id] { Q_EMIT mixWanted(id, first_share); });
    }
    choose_->setVisible(can && !mixed);
    setVisible(can && (mixed || !menu_->isEmpty()));
    choose_->setText(tr("Mix with…"));
    choose_->setToolTip(tr("Draws with two versions at once, each as strong as you like"));
    for (QWidget* part :
         {static_cast<QWidget*>(words_), static_cast<QWidget*>(slider_), static_cast<QWidget*>(value_), static_cast<QWidget*>(take_out_)})
        part->setVisible(mixed);
    if (!mixed) return;
    words_->setText(tr("Mixed with version %1").arg(second->number));
    value_->setText(tr("%1 %").arg(QLocale().toString(slider_->value())));
    value_->setMinimumWidth(value_->fontMetrics().horizontalAdvance(tr("%1 %").arg(QLocale().toString(most))));
    value_->setEnabled(slider_->value() > 0);
    slider_->setAccessibleName(tr("Strength of version %1 in the mix").arg(second->number));
    slider_->setToolTip(tr("From 0 to 200 %; at 0 % it is left out"));
    take_out_->setName(tr("Take version %1 out of the mix").arg(second->number));
}

}  // namespace ui
