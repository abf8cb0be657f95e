// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QListView>
#include <QPersistentModelIndex>

#include "app/jobs/job.h"
#include "ui/queue/queue_delegate.h"

namespace app {
class JobQueue;
}

namespace ui {

class QueueModel;

/// The list inside the queue panel: drag or Ctrl+Up and Ctrl+Down reorder what waits, Delete cancels or removes, Enter tries again.
class QueueList final : public QListView {
    Q_OBJECT
public:
    QueueList(app::JobQueue& queue, QueueModel& model, QWidget* parent = nullptr);

    void apply(QueueAction action, app::JobId job);

Q_SIGNALS:
    void modelWanted(app::JobId job);      ///< the model that a waiting job is for
    void successorWanted(app::JobId job);  ///< the model that took its place

protected:
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<QueueAction> actionAt(const QModelIndex& index, const QPoint& point) const;
    void hover(const QPoint& point);
    void moveCurrent(int by);

    app::JobQueue& queue_;
    QueueModel& model_;
    QueueDelegate* delegate_;
    QPersistentModelIndex hovered_;
    std::optional<QueueAction> pressed_action_;
};

}  // namespace ui
