// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <functional>

#include "app/jobs/job.h"

class QFrame;
class QLabel;
class QPushButton;

namespace app {
class Application;
class JobQueue;
}  // namespace app

namespace ui {

class FlatButton;
class QueueList;
class QueueModel;

/// Everything that is drawn, waits or is finished, with what one can do about it.
class QueuePanel final : public QWidget {
    Q_OBJECT
public:
    explicit QueuePanel(app::Application& application, QWidget* parent = nullptr);

    void setDrawnToCompare(std::function<bool(app::JobId)> drawn_to_compare);  ///< as QueueModel's

    QSize sizeHint() const override;

Q_SIGNALS:
    void failed(inference::Error error);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void showAwaitedModels(app::Application& application);
    void retranslate();

    app::JobQueue& queue_;
    bool paused_by_crash_;
    QueueModel* model_;
    QueueList* list_;
    QLabel* title_;
    FlatButton* pause_;
    QFrame* banner_;
    QLabel* banner_text_;
    QPushButton* resume_;
    QPushButton* cancel_all_;
    QPushButton* clear_finished_;
};

}  // namespace ui
