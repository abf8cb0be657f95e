// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/replace_prompt_command.h"

#include "ui/prompt/composer.h"

namespace ui {

ReplacePromptCommand::ReplacePromptCommand(Composer& composer, app::Settings::Composer before, app::Settings::Composer after, const QString& text) :
    QUndoCommand(text), composer_(&composer), before_(std::move(before)), after_(std::move(after)) {}

void ReplacePromptCommand::undo() {
    if (composer_) composer_->setState(before_);
}

void ReplacePromptCommand::redo() {
    if (!composer_) return;
    // What was typed after the first time is part of what comes back.
    before_ = composer_->state();
    composer_->setState(after_);
}

}  // namespace ui
