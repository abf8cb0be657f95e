// SPDX-License-Identifier: Apache-2.0
#include "ui/queue/queue_button.h"

#include <QEvent>
#include <QStyleOptionToolButton>
#include <QStylePainter>

#include "app/application.h"
#include "app/jobs/job_queue.h"
#include "ui/queue/job_text.h"
#include "ui/queue/progress_ring.h"
#include "ui/theme/theme.h"

namespace ui {

QueueButton::QueueButton(app::Application& application, QWidget* parent) : QToolButton(parent), queue_(application.queue()) {
    setAutoRaise(true);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    connect(&queue_, &app::JobQueue::jobAdded, this, [this] { refresh(); });
    connect(&queue_, &app::JobQueue::jobChanged, this, [this] { refresh(); });
    connect(&queue_, &app::JobQueue::jobRemoved, this, [this] { refresh(); });
    connect(&queue_, &app::JobQueue::orderChanged, this, &QueueButton::refresh);
    connect(&queue_, &app::JobQueue::pausedChanged, this, [this] { refresh(); });
    refresh();
}

int QueueButton::openJobs() const { return queue_.waitingCount() + (queue_.running() ? 1 : 0); }

QString QueueButton::countText() const {
    const int count = openJobs();
    return count > 0 ? locale().toString(count) : QString();
}

void QueueButton::refresh() {
    const app::Job* running = queue_.running();
    const int percent = running ? static_cast<int>(running->fraction * 100) : -1;
    const int count = openJobs();
    const bool paused = queue_.isPaused();
    if (percent == shown_percent_ && count == shown_count_ && paused == shown_paused_) return;
    const bool resized = count != shown_count_;
    shown_percent_ = percent;
    shown_count_ = count;
    shown_paused_ = paused;
    QString state;
    if (paused) {
        state = tr("Queue, paused");
    } else if (count == 0) {
        state = tr("Queue, nothing to do");
    } else if (count == 1) {
        state = tr("Queue, 1 job");
    } else {
        state = tr("Queue, %n jobs", nullptr, count);
    }
    setAccessibleName(state);
    setToolTip(running ? QString(state + QStringLiteral("\n") + jobTitle(*running) + QStringLiteral("\n") + jobStatus(*running)) : state);
    if (resized) updateGeometry();
    update();
}

QSize QueueButton::sizeHint() const {
    const QString count = countText();
    const int text = count.isEmpty() ? 0 : theme::space_xs + fontMetrics().horizontalAdvance(count);
    return {qMax(theme::control_height, theme::space_m + theme::icon_small + text), theme::control_height};
}

void QueueButton::paintEvent(QPaintEvent*) {
    QStylePainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    option.icon = {};
    option.text.clear();
    painter.drawComplexControl(QStyle::CC_ToolButton, option);

    const auto& palette = colors(this);
    const QString count = countText();
    const int text_width = count.isEmpty() ? 0 : theme::space_xs + fontMetrics().horizontalAdvance(count);
    const int left = (width() - theme::icon_small - text_width) / 2;
    const QRect ring(left, (height() - theme::icon_small) / 2, theme::icon_small, theme::icon_small);
    const app::Job* running = queue_.running();
    if (queue_.isPaused() && queue_.waitingCount() > 0) {
        ui::icon("pause", IconTone::warning).paint(&painter, ring);
    } else if (running) {
        paintProgressRing(painter, ring, running->fraction, palette.hairline, palette.focus);
    } else {
        ui::icon("list-ordered").paint(&painter, ring);
    }
    if (count.isEmpty()) return;
    painter.setPen(palette.text);
    painter.drawText(QRect(ring.right() + 1 + theme::space_xs, 0, text_width, height()), Qt::AlignLeft | Qt::AlignVCenter, count);
}

void QueueButton::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        shown_count_ = -1;
        refresh();
    }
    QToolButton::changeEvent(event);
}

}  // namespace ui
