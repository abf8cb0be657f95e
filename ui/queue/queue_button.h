// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QToolButton>

namespace app {
class Application;
class JobQueue;
}  // namespace app

namespace ui {

/// The queue at a glance: a ring that fills with the running job and the number of jobs that are not finished.
class QueueButton final : public QToolButton {
    Q_OBJECT
public:
    explicit QueueButton(app::Application& application, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    int openJobs() const;
    QString countText() const;
    void refresh();

    app::JobQueue& queue_;
    int shown_percent_ = -1;
    int shown_count_ = -1;
    bool shown_paused_ = false;
};

}  // namespace ui
