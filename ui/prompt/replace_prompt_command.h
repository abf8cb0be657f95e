// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPointer>
#include <QUndoCommand>

#include "app/settings/settings.h"

namespace ui {

class Composer;

/// Words and numbers that were replaced as a whole, and can come back.
class ReplacePromptCommand final : public QUndoCommand {
public:
    ReplacePromptCommand(Composer& composer, app::Settings::Composer before, app::Settings::Composer after, const QString& text);
    void undo() override;
    void redo() override;

private:
    QPointer<Composer> composer_;
    app::Settings::Composer before_;
    app::Settings::Composer after_;
};

}  // namespace ui
