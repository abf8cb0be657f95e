// SPDX-License-Identifier: Apache-2.0
#include "ui/errors/message_strip.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "ui/errors/error_text.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
const char* iconName(MessageStrip::Kind kind) {
    switch (kind) {
    case MessageStrip::Kind::note: return "info";
    case MessageStrip::Kind::warning: return "triangle-alert";
    case MessageStrip::Kind::failure: return "circle-alert";
    }
    return "info";
}

IconTone iconTone(MessageStrip::Kind kind) {
    switch (kind) {
    case MessageStrip::Kind::note: return IconTone::secondary;
    case MessageStrip::Kind::warning: return IconTone::warning;
    case MessageStrip::Kind::failure: return IconTone::danger;
    }
    return IconTone::secondary;
}
}  // namespace

MessageStrip::MessageStrip(QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("message_strip"));
    icon_ = new QLabel(this);
    icon_->setFixedSize(theme::icon_small, theme::icon_small);
    text_ = new QLabel(this);
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::PlainText);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    action_ = new QPushButton(this);
    copy_ = new FlatButton("copy", {}, this);
    close_ = new FlatButton("x", {}, this);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::space_l, theme::space_xs, theme::space_s, theme::space_xs);
    row->setSpacing(theme::space_s);
    row->addWidget(icon_);
    row->addWidget(text_, 1);
    row->addWidget(action_);
    row->addWidget(copy_);
    row->addWidget(close_);

    connect(action_, &QPushButton::clicked, this, [this] {
        const auto run = on_action_;  // the action may show the next message
        dismiss();
        if (run) run();
    });
    connect(copy_, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(detail_); });
    connect(close_, &QToolButton::clicked, this, qOverload<>(&MessageStrip::dismiss));
    retranslate();
    hide();
}

int MessageStrip::showMessage(Kind kind, const QString& sentence, const QString& next_step, const QString& action, std::function<void()> on_action) {
    kind_ = kind;
    detail_.clear();
    on_action_ = std::move(on_action);
    icon_->setPixmap(icon(iconName(kind), iconTone(kind)).pixmap(QSize(theme::icon_small, theme::icon_small), devicePixelRatioF()));
    text_->setText(next_step.isEmpty() ? sentence : QString(sentence + QLatin1Char(' ') + next_step));
    setAccessibleName(text_->text());
    action_->setText(action);
    action_->setAccessibleName(action);
    action_->setVisible(!action.isEmpty());
    copy_->hide();
    show();
    update();
    return ++message_;
}

void MessageStrip::showError(const inference::Error& error, const QString& action, std::function<void()> on_action) {
    const ErrorText words = errorText(error);
    showMessage(Kind::failure, words.sentence, words.next_step, action, std::move(on_action));
    detail_ = QString::fromLatin1(inference::to_string(error.code)) + QStringLiteral(": ") + QString::fromStdString(error.detail);
    copy_->setVisible(!error.detail.empty());
}

void MessageStrip::dismiss() {
    if (isHidden()) return;
    hide();
    on_action_ = {};
    Q_EMIT dismissed();
}

void MessageStrip::retract(int message) {
    if (message == message_) dismiss();
}

QString MessageStrip::text() const { return isHidden() ? QString() : text_->text(); }

void MessageStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Palette& p = colors(this);
    painter.fillRect(rect(), p.raised);
    theme::paintHairline(painter, rect(), Qt::BottomEdge, p.hairline);
    if (kind_ != Kind::note) painter.fillRect(QRect(0, 0, 3, height()), kind_ == Kind::failure ? p.danger : p.warning);
}

void MessageStrip::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    if (event->type() == QEvent::PaletteChange)
        icon_->setPixmap(icon(iconName(kind_), iconTone(kind_)).pixmap(QSize(theme::icon_small, theme::icon_small), devicePixelRatioF()));
    QFrame::changeEvent(event);
}

void MessageStrip::retranslate() {
    copy_->setName(tr("Copy details"));
    close_->setName(tr("Close this message"));
}

}  // namespace ui
