// SPDX-License-Identifier: Apache-2.0
#include "ui/queue/queue_list.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QDropEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "app/jobs/job_queue.h"
#include "ui/queue/job_text.h"
#include "ui/queue/queue_model.h"
#include "ui/theme/theme.h"

namespace ui {

QueueList::QueueList(app::JobQueue& queue, QueueModel& model, QWidget* parent) :
    QListView(parent), queue_(queue), model_(model), delegate_(new QueueDelegate(this)) {
    setModel(&model);
    setItemDelegate(delegate_);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setResizeMode(Adjust);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDragDropMode(DragDrop);
    setDefaultDropAction(Qt::MoveAction);
    setDropIndicatorShown(true);
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Window);
    setAccessibleName(tr("Jobs"));
}

void QueueList::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) setAccessibleName(tr("Jobs"));
    QListView::changeEvent(event);
}

void QueueList::apply(QueueAction action, app::JobId id) {
    const app::Job* job = queue_.find(id);
    if (!job) return;
    switch (action) {
    case QueueAction::cancel: queue_.cancel(id); return;
    case QueueAction::retry: queue_.retry(id); return;
    case QueueAction::copy_detail: QGuiApplication::clipboard()->setText(failureDetail(job->error)); return;
    case QueueAction::remove: queue_.forget(id); return;
    case QueueAction::load_model: Q_EMIT modelWanted(id); return;
    case QueueAction::use_successor: Q_EMIT successorWanted(id); return;
    }
}

std::optional<QueueAction> QueueList::actionAt(const QModelIndex& index, const QPoint& point) const {
    if (!index.isValid()) return std::nullopt;
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    option.rect = visualRect(index);
    option.state.setFlag(QStyle::State_Selected, selectionModel()->isSelected(index));
    return delegate_->actionAt(option, index, point);
}

void QueueList::hover(const QPoint& point) {
    const QModelIndex index = indexAt(point);
    delegate_->setHover(index, std::nullopt);  // so that its buttons are there to be hit
    const auto action = actionAt(index, point);
    delegate_->setHover(index, action);
    if (hovered_ != index && hovered_.isValid()) update(hovered_);
    hovered_ = index;
    if (index.isValid()) update(index);
    viewport()->setToolTip(action ? actionText(*action) : QString());
}

void QueueList::mousePressEvent(QMouseEvent* event) {
    pressed_action_.reset();
    if (event->button() == Qt::LeftButton) {
        hover(event->position().toPoint());
        pressed_action_ = actionAt(indexAt(event->position().toPoint()), event->position().toPoint());
        if (pressed_action_) return;
    }
    QListView::mousePressEvent(event);
}

void QueueList::mouseMoveEvent(QMouseEvent* event) {
    hover(event->position().toPoint());
    if (!pressed_action_) QListView::mouseMoveEvent(event);
}

void QueueList::mouseReleaseEvent(QMouseEvent* event) {
    const auto pressed = std::exchange(pressed_action_, std::nullopt);
    if (!pressed) {
        QListView::mouseReleaseEvent(event);
        return;
    }
    const QModelIndex index = indexAt(event->position().toPoint());
    if (actionAt(index, event->position().toPoint()) == pressed) apply(*pressed, model_.jobAt(index.row()).id);
}

void QueueList::moveCurrent(int by) {
    const int position = model_.waitingPosition(currentIndex().row());
    if (position < 0) return;
    const app::JobId id = model_.jobAt(currentIndex().row()).id;
    const int target = std::clamp(position + by, 0, queue_.waitingCount() - 1);
    if (target == position) return;
    queue_.moveWaiting(id, target);
    setCurrentIndex(model_.index(model_.rowOf(id)));
}

void QueueList::keyPressEvent(QKeyEvent* event) {
    const QModelIndex index = currentIndex();
    if (index.isValid()) {
        const app::Job job = model_.jobAt(index.row());
        if (event->modifiers() == Qt::ControlModifier && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
            moveCurrent(event->key() == Qt::Key_Up ? -1 : 1);
            return;
        }
        if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) {
            apply(app::isFinished(job.state) ? QueueAction::remove : QueueAction::cancel, job.id);
            return;
        }
        const auto actions = model_.actionsAt(index.row());
        const auto offers = [&actions](QueueAction action) { return std::find(actions.begin(), actions.end(), action) != actions.end(); };
        const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
        for (const QueueAction on_enter : {QueueAction::retry, QueueAction::load_model, QueueAction::use_successor}) {
            if (!enter || !offers(on_enter)) continue;
            apply(on_enter, job.id);
            return;
        }
        if (event->matches(QKeySequence::Copy) && offers(QueueAction::copy_detail)) {
            apply(QueueAction::copy_detail, job.id);
            return;
        }
    }
    QListView::keyPressEvent(event);
}

void QueueList::contextMenuEvent(QContextMenuEvent* event) {
    const QModelIndex index = event->reason() == QContextMenuEvent::Keyboard ? currentIndex() : indexAt(event->pos());
    if (!index.isValid()) return;
    const app::JobId id = model_.jobAt(index.row()).id;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const QueueAction action : model_.actionsAt(index.row()))
        menu->addAction(icon(actionIcon(action)), actionText(action), this, [this, action, id] { apply(action, id); });
    if (model_.waitingPosition(index.row()) >= 0) {
        const auto move = [this, id](int by) {
            setCurrentIndex(model_.index(model_.rowOf(id)));
            moveCurrent(by);
        };
        menu->addSeparator();
        menu->addAction(icon("arrow-up"), tr("Earlier\tCtrl+Up"), this, [move] { move(-1); });
        menu->addAction(icon("arrow-down"), tr("Later\tCtrl+Down"), this, [move] { move(1); });
    }
    menu->popup(event->reason() == QContextMenuEvent::Keyboard ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos());
}

void QueueList::dropEvent(QDropEvent* event) {
    // Not QListView's: it would move the rows itself, but the queue does.
    QAbstractItemView::dropEvent(event);
}

void QueueList::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    scheduleDelayedItemsLayout();  // sentences wrap anew
}

bool QueueList::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) {
        delegate_->setHover({}, std::nullopt);
        if (hovered_.isValid()) update(hovered_);
        hovered_ = QPersistentModelIndex();
    }
    return QListView::viewportEvent(event);
}

void QueueList::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (model_.rowCount() > 0) return;
    QPainter painter(viewport());
    const QRect area = viewport()->rect().adjusted(theme::space_l, theme::space_l, -theme::space_l, -theme::space_l);
    painter.setPen(colors(this).text_secondary);
    painter.drawText(area, Qt::AlignTop | Qt::AlignHCenter | Qt::TextWordWrap,
                     tr("Nothing to do. Every Generate adds a job here; add as many as you like and they run one after the other."));
}

}  // namespace ui
