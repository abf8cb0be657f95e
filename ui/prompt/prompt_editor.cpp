// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/prompt_editor.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>

#include "inference/api/generation_request.h"
#include "ui/prompt/prompt_edit.h"
#include "ui/prompt/token_line.h"
#include "ui/theme/caption.h"
#include "ui/theme/fold.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int prompt_lines = 5;
constexpr int most_prompt_lines = 12;
constexpr int negative_lines = 2;
constexpr int most_negative_lines = 6;
}  // namespace

PromptEditor::PromptEditor(app::TokenCounter& tokens, QWidget* parent) : QWidget(parent), tokens_(tokens) {
    caption_ = new Caption(this);
    history_button_ = new FlatButton("history", {}, this);
    history_button_->setObjectName(QStringLiteral("prompt_history"));
    history_ = new QMenu(this);
    history_button_->setMenu(history_);
    history_button_->setPopupMode(QToolButton::InstantPopup);
    prompt_ = new PromptEdit(this);
    prompt_->setObjectName(QStringLiteral("prompt"));
    const double line = QFontMetricsF(prompt_->font()).lineSpacing();
    prompt_->setMinimumHeight(static_cast<int>(prompt_lines * line) + theme::space_xl);
    prompt_->setMaximumHeight(static_cast<int>(most_prompt_lines * line) + theme::space_xl);
    prompt_tokens_ = new TokenLine(this);

    auto* negative_part = new QWidget;  // the fold takes it: Tab comes to its header first
    negative_ = new PromptEdit(negative_part);
    negative_->setObjectName(QStringLiteral("negative_prompt"));
    negative_->setFont(theme::font(theme::text_body));
    negative_->setLineRange(negative_lines, most_negative_lines);
    negative_tokens_ = new TokenLine(negative_part);
    auto* negative_column = new QVBoxLayout(negative_part);
    negative_column->setContentsMargins(0, 0, 0, 0);
    negative_column->setSpacing(theme::space_xs);
    negative_column->addWidget(negative_);
    negative_column->addWidget(negative_tokens_);
    fold_ = new Fold(negative_part, this);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::space_xs);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::space_xs);
    head->addWidget(caption_);
    head->addStretch(1);
    head->addWidget(history_button_);
    column->addLayout(head);
    column->addWidget(prompt_, 1);
    column->addWidget(prompt_tokens_);
    column->addWidget(fold_);
    // What the prompt does not take stays below the column's controls, not between them.
    column->setSizeConstraint(QLayout::SetMinAndMaxSize);

    connect(history_, &QMenu::aboutToShow, this, &PromptEditor::historyWanted);
    connect(prompt_, &PromptEdit::edited, this, [this] {
        measure(app::TokenCounter::Channel::prompt);
        Q_EMIT edited();
    });
    connect(negative_, &PromptEdit::edited, this, [this] {
        measure(app::TokenCounter::Channel::negative_prompt);
        showUse();
        Q_EMIT edited();
    });
    connect(&tokens_, &app::TokenCounter::counted, this, &PromptEditor::onCounted);
    connect(&tokens_, &app::TokenCounter::unavailable, this, [this] {
        prompt_tokens_->setUnavailable();
        negative_tokens_->setUnavailable();
    });
    retranslate();
}

QString PromptEditor::prompt() const { return prompt_->toPlainText(); }
QString PromptEditor::negativePrompt() const { return negative_->toPlainText(); }

void PromptEditor::setTexts(const QString& prompt, const QString& negative_prompt) {
    prompt_->setTextQuietly(prompt);
    negative_->setTextQuietly(negative_prompt);
    if (!negative_prompt.isEmpty()) fold_->setExpanded(true);
    showUse();
    measure(app::TokenCounter::Channel::prompt);
    measure(app::TokenCounter::Channel::negative_prompt);
}

void PromptEditor::setModel(const inference::ModelInfo& model) {
    tokens_.setLimit(model.max_prompt_tokens);
    prompt_tokens_->setTrainedTokens(model.trained_prompt_tokens);
    negative_tokens_->setTrainedTokens(model.trained_prompt_tokens);
    measure(app::TokenCounter::Channel::prompt);
    measure(app::TokenCounter::Channel::negative_prompt);
}

void PromptEditor::setNegativePromptUsed(bool used) {
    if (negative_used_ == used) return;
    negative_used_ = used;
    retranslate();
}

void PromptEditor::focusPrompt() { prompt_->setFocus(Qt::OtherFocusReason); }

void PromptEditor::measure(app::TokenCounter::Channel channel) {
    const bool negative = channel == app::TokenCounter::Channel::negative_prompt;
    const QString text = (negative ? negative_ : prompt_)->toPlainText();
    const bool too_long = static_cast<std::size_t>(text.toUtf8().size()) > inference::RequestLimits::max_prompt_bytes;
    (negative ? negative_tokens_ : prompt_tokens_)->setTooLong(too_long);
    if (text.isEmpty()) {  // nothing to cut
        (negative ? negative_ : prompt_)->setCutAt(-1);
    }
    tokens_.measure(channel, text);
}

void PromptEditor::onCounted(app::TokenCounter::Channel channel, const QString& text, const app::TokenCount& count) {
    const bool negative = channel == app::TokenCounter::Channel::negative_prompt;
    PromptEdit* edit = negative ? negative_ : prompt_;
    if (edit->toPlainText() != text) return;  // typed on since
    edit->setCutAt(count.cut_at);
    (negative ? negative_tokens_ : prompt_tokens_)->setCount(count);
}

void PromptEditor::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void PromptEditor::retranslate() {
    caption_->setText(tr("Prompt"));
    history_button_->setName(tr("Earlier prompts"));
    prompt_->setAccessibleName(tr("Prompt"));
    prompt_->setPlaceholderText(tr("Describe a picture…"));
    fold_->setTitle(tr("Negative prompt"));
    negative_->setAccessibleName(tr("Negative prompt"));
    negative_->setPlaceholderText(negative_used_ ? tr("What should not be there") : tr("Has no effect while guidance is 1"));
    showUse();
}

void PromptEditor::showUse() { fold_->setHint(negative_->toPlainText().isEmpty() ? QString() : tr("in use")); }

}  // namespace ui
