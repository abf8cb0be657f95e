// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "app/jobs/job.h"
#include "app/settings/settings.h"
#include "ui/inspector/use_again.h"

class QPushButton;
class QUndoStack;

namespace app {
class Application;
}

namespace ui {

class GenerateButton;
class ParameterPanel;
class PromptEditor;
class StrengthDial;

/// The prompt column: the words, the numbers, Generate. Holds the one request that is being composed and keeps it in the
/// settings, word for word, as it changes.
class Composer final : public QWidget {
    Q_OBJECT
public:
    Composer(app::Application& application, QUndoStack& undo, QWidget* parent = nullptr);

    app::Settings::Composer state() const;
    /// Shows another request; not undoable by itself.
    void setState(const app::Settings::Composer& state);
    /// Shows another request as one step that Edit > Undo takes back. Does nothing when nothing differs.
    void replace(const app::Settings::Composer& state, const QString& undo_text);

    void setPrompt(const QString& prompt);
    void useAgain(const inference::GenerationRequest& request, UseAgain parts);
    void focusPrompt();

public Q_SLOTS:
    void submit();         ///< draws what is composed; a new seed first, unless it is locked
    void submitAsIs();     ///< the same with the seed that is shown
    void cancelRunning();  ///< stops the job that draws now

Q_SIGNALS:
    void submitted(app::JobId job);
    void submitFailed(inference::Error error);
    void tastePageWanted();
    void usedAgain(inference::GenerationRequest request);  ///< its numbers were taken over, but not the model that drew it

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void onEdited();
    void onQueueChanged();
    void fillHistory();
    void takeTaste();
    void showTaste();
    void takeKnowledge();
    void showBestOf();
    inference::GenerationRequest wanted() const;
    void retranslate();

    app::Application& application_;
    QUndoStack& undo_;
    PromptEditor* words_ = nullptr;
    ParameterPanel* numbers_ = nullptr;
    GenerateButton* generate_ = nullptr;
    QPushButton* cancel_ = nullptr;
    StrengthDial* strength_ = nullptr;
    inference::GenerationRequest base_;  ///< what no control shows (dtype and the like)
};

}  // namespace ui
