// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "app/prompt/token_counter.h"
#include "inference/api/model_info.h"

class QMenu;

namespace ui {

class Caption;
class FlatButton;
class Fold;
class PromptEdit;
class TokenLine;

/// The words: prompt and, folded away, negative prompt, each with its count by the engine's own tokenizer.
class PromptEditor final : public QWidget {
    Q_OBJECT
public:
    explicit PromptEditor(app::TokenCounter& tokens, QWidget* parent = nullptr);

    QString prompt() const;
    QString negativePrompt() const;
    /// Quiet; the undo of the text fields starts afresh (replacing as a whole is undone by the window).
    void setTexts(const QString& prompt, const QString& negative_prompt);
    void setModel(const inference::ModelInfo& model);
    /// With guidance off, a negative prompt has no effect: its fold says so.
    void setNegativePromptUsed(bool used);
    void focusPrompt();
    /// Earlier prompts below the clock; filled when `historyWanted` is sent.
    QMenu* historyMenu() const { return history_; }

Q_SIGNALS:
    void edited();
    void historyWanted();  ///< fill historyMenu() now

protected:
    void changeEvent(QEvent* event) override;

private:
    void measure(app::TokenCounter::Channel channel);
    void onCounted(app::TokenCounter::Channel channel, const QString& text, const app::TokenCount& count);
    void retranslate();
    void showUse();

    app::TokenCounter& tokens_;
    bool negative_used_ = true;
    Caption* caption_ = nullptr;
    FlatButton* history_button_ = nullptr;
    QMenu* history_ = nullptr;
    PromptEdit* prompt_ = nullptr;
    TokenLine* prompt_tokens_ = nullptr;
    Fold* fold_ = nullptr;
    PromptEdit* negative_ = nullptr;
    TokenLine* negative_tokens_ = nullptr;
};

}  // namespace ui
