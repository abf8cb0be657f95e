// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/training_card.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/queue/job_text.h"
#include "ui/taste/loss_line.h"
#include "ui/theme/caption.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int progress_scale = 1000;
constexpr int progress_height = 4;

using State = TrainingFacts::State;

bool isOpen(State state) { return state != State::idle && state != State::failed; }
}  // namespace

TrainingCard::TrainingCard(QWidget* parent) :
    QWidget(parent), title_(new QLabel(this)), detail_(new Caption(this)), progress_(new QProgressBar(this)), losses_(new LossLine(this)),
    start_(new QPushButton(this)), pause_(new FlatButton("pause", {}, this)), cancel_(new FlatButton("x", {}, this)) {
    setObjectName(QStringLiteral("training_card"));
    start_->setObjectName(QStringLiteral("start_training"));
    pause_->setObjectName(QStringLiteral("pause_training"));
    cancel_->setObjectName(QStringLiteral("cancel_training"));
    title_->setFont(theme::font(theme::text_body, QFont::DemiBold));
    detail_->setWordWrap(true);
    progress_->setRange(0, progress_scale);
    progress_->setTextVisible(false);
    progress_->setFixedHeight(progress_height);

    auto* words = new QVBoxLayout;
    words->setSpacing(theme::space_xs);
    words->addWidget(title_);
    words->addWidget(detail_);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::space_s);
    row->addLayout(words, 1);
    row->addWidget(losses_);
    row->addWidget(start_);
    row->addWidget(pause_);
    row->addWidget(cancel_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_l, theme::space_m, theme::space_m, theme::space_m);
    column->setSpacing(theme::space_m);
    column->addLayout(row);
    column->addWidget(progress_);

    connect(start_, &QPushButton::clicked, this, &TrainingCard::startWanted);
    connect(pause_, &QToolButton::clicked, this, [this] {
        if (facts_.state == State::paused) Q_EMIT resumeWanted();
        else Q_EMIT pauseWanted();
    });
    connect(cancel_, &QToolButton::clicked, this, &TrainingCard::cancelWanted);
    refresh();
}

void TrainingCard::setFacts(const TrainingFacts& facts) {
    facts_ = facts;
    refresh();
}

void TrainingCard::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

void TrainingCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    theme::paintPlate(painter, rect(), palette.raised, palette.hairline, theme::radius);
}

/// A button that is hidden hands its focus to whatever comes next, and the page would scroll there.
void TrainingCard::keepFocus(bool open) {
    const bool loses = open ? start_->hasFocus() : pause_->hasFocus() || cancel_->hasFocus();
    if (!loses) return;
    QWidget* heir = open ? static_cast<QWidget*>(pause_) : start_;
    heir->show();
    heir->setFocus();
}

void TrainingCard::refresh() {
    const auto title = [this] {
        switch (facts_.state) {
        case State::idle: return tr("Teach the model");
        case State::queued: return tr("Waits for its turn");
        case State::preparing: return tr("Looks at your pictures");
        case State::running: return tr("Learns from your ratings");
        case State::paused: return tr("Paused");
        case State::on_battery: return tr("Waits until the computer is plugged in");
        case State::evaluating: return tr("Checks whether it got better");
        case State::failed: return tr("It could not learn this time");
        }
        return QString();
    }();
    const bool open = isOpen(facts_.state);
    title_->setText(title);
    QStringList details;
    if (open && facts_.state != State::queued) details.append(percentText(facts_.fraction));
    if (const QString remaining = remainingText(facts_.remaining_ms); open && !remaining.isEmpty()) details.append(remaining);
    if (!facts_.detail.isEmpty()) details.append(facts_.detail);
    if (!open && !facts_.start_hint.isEmpty()) details.append(facts_.start_hint);
    detail_->setText(details.join(QStringLiteral(" · ")));
    detail_->setVisible(!details.isEmpty());
    progress_->setVisible(open);
    progress_->setValue(qRound(facts_.fraction * progress_scale));
    progress_->setAccessibleName(title);
    losses_->setVisible(open && facts_.losses.size() > 1);
    losses_->setLosses(facts_.losses);
    start_->setEnabled(facts_.can_start);
    keepFocus(open);
    start_->setVisible(!open);
    start_->setText(facts_.state == State::failed ? tr("Try again") : tr("Learn now"));
    start_->setToolTip(tr("Learns from your ratings in the background. Drawing always goes first, and nothing changes unless it is proven better."));
    const bool paused = facts_.state == State::paused;
    pause_->setVisible(open);
    pause_->setIconName(paused ? "play" : "pause");
    pause_->setName(paused ? tr("Go on learning") : tr("Pause learning"));
    cancel_->setVisible(open);
    cancel_->setName(tr("Cancel learning"));
    setAccessibleName(tr("Learning"));
    setAccessibleDescription(QStringList{title, detail_->text()}.join(QStringLiteral(". ")));
}

}  // namespace ui
