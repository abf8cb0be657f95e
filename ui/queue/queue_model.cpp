// SPDX-License-Identifier: Apache-2.0
#include "ui/queue/queue_model.h"

#include <QMimeData>
#include <QSet>
#include <QTimer>
#include <algorithm>

#include "app/jobs/job_queue.h"
#include "ui/queue/job_text.h"

namespace ui {

namespace {
const QString job_mime = QStringLiteral("application/x-fuselight-job");
}

QueueModel::QueueModel(app::JobQueue& queue, QObject* parent) : QAbstractListModel(parent), queue_(queue), rows_(queue.jobs()) {
    connect(&queue, &app::JobQueue::jobAdded, this, [this] { synchronise(); });
    connect(&queue, &app::JobQueue::jobRemoved, this, [this] { synchronise(); });
    connect(&queue, &app::JobQueue::orderChanged, this, &QueueModel::synchronise);
    connect(&queue, &app::JobQueue::jobChanged, this, &QueueModel::refresh);
}

void QueueModel::setAwaitedModel(AwaitedModelOf awaited) {
    awaited_ = std::move(awaited);
    refreshAll();
}

void QueueModel::setDrawnToCompare(std::function<bool(app::JobId)> drawn_to_compare) {
    drawn_to_compare_ = std::move(drawn_to_compare);
    refreshAll();
}

void QueueModel::refreshAll() {
    if (!rows_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

QString QueueModel::statusAt(int row) const {
    const app::Job& job = jobAt(row);
    const auto awaited = awaited_ ? awaited_(job) : std::nullopt;
    if (!awaited) {
        if (!drawn_to_compare_ || !drawn_to_compare_(job.id)) return jobStatus(job);
        return (job.request.adapters.empty() ? tr("Without your taste, to compare") : tr("With your taste, to compare")) + QStringLiteral(" · ") +
            jobStatus(job);
    }
    if (awaited->has_successor) return tr("Was meant for %1").arg(awaited->name);
    return awaited->can_be_loaded ? tr("Waits for %1 to be loaded").arg(awaited->name)
                                  : tr("Waits for %1, which is not there now").arg(awaited->name);
}

std::vector<QueueAction> QueueModel::actionsAt(int row) const {
    const app::Job& job = jobAt(row);
    auto actions = actionsFor(job);
    const auto awaited = awaited_ ? awaited_(job) : std::nullopt;
    if (awaited && awaited->can_be_loaded) actions.insert(actions.begin(), QueueAction::load_model);
    if (awaited && awaited->has_successor) actions.insert(actions.begin(), QueueAction::use_successor);
    return actions;
}

QueueModel::Section QueueModel::sectionOf(const app::Job& job) {
    switch (job.state) {
    case app::JobState::running: return Section::running;
    case app::JobState::waiting: return Section::waiting;
    default: return Section::finished;
    }
}

int QueueModel::rowOf(app::JobId id) const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [id](const app::Job& job) { return job.id == id; });
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

int QueueModel::firstWaitingRow() const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [](const app::Job& job) { return job.state == app::JobState::waiting; });
    return static_cast<int>(found - rows_.begin());
}

int QueueModel::waitingPosition(int row) const {
    if (row < 0 || row >= rowCount() || jobAt(row).state != app::JobState::waiting) return -1;
    return row - firstWaitingRow();
}

void QueueModel::refresh(app::JobId id) {
    const app::Job* job = queue_.find(id);
    const int row = rowOf(id);
    if (!job || row < 0 || job->state != jobAt(row).state) {
        synchronise();
        return;
    }
    rows_[static_cast<size_t>(row)] = *job;
    Q_EMIT dataChanged(index(row), index(row));
}

void QueueModel::synchronise() {
    // From the rows there are to the rows there should be by removals, moves and insertions, so that selection and scroll
    // position stay with their jobs.
    const std::vector<app::Job>& wanted = queue_.jobs();
    QSet<qint64> kept;
    for (const app::Job& job : wanted) kept.insert(job.id.value);
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (kept.contains(jobAt(row).id.value)) continue;
        beginRemoveRows({}, row, row);
        rows_.erase(rows_.begin() + row);
        endRemoveRows();
    }
    for (int row = 0; row < static_cast<int>(wanted.size()); ++row) {
        const app::Job& job = wanted[static_cast<size_t>(row)];
        const int now = rowOf(job.id);
        if (now < 0) {
            beginInsertRows({}, row, row);
            rows_.insert(rows_.begin() + row, job);
            endInsertRows();
        } else if (now != row) {
            // Rows before `row` are in place, so that it can only move up.
            beginMoveRows({}, now, now, {}, row);
            std::rotate(rows_.begin() + row, rows_.begin() + now, rows_.begin() + now + 1);
            endMoveRows();
        }
    }
    rows_ = wanted;
    if (!rows_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));  // states, and which rows begin a section
}

int QueueModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }

QVariant QueueModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const app::Job& job = jobAt(index.row());
    switch (role) {
    case Qt::DisplayRole: return jobTitle(job);
    case Qt::ToolTipRole: return QString(jobTitle(job) + QStringLiteral("\n") + statusAt(index.row()));
    case Qt::AccessibleTextRole: return QString(jobTitle(job) + QStringLiteral(", ") + statusAt(index.row()));
    case id_role: return QVariant::fromValue(job.id);
    case starts_section_role: return index.row() == 0 || sectionOf(jobAt(index.row() - 1)) != sectionOf(job);
    default: return {};
    }
}

Qt::ItemFlags QueueModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::ItemIsDropEnabled;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (jobAt(index.row()).state == app::JobState::waiting) flags |= Qt::ItemIsDragEnabled;
    return flags;
}

QStringList QueueModel::mimeTypes() const { return {job_mime}; }

QMimeData* QueueModel::mimeData(const QModelIndexList& indexes) const {
    if (indexes.isEmpty()) return nullptr;
    auto* data = new QMimeData;
    data->setData(job_mime, QByteArray::number(jobAt(indexes.first().row()).id.value));
    return data;
}

bool QueueModel::canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int, const QModelIndex& parent) const {
    if (action != Qt::MoveAction || !data->hasFormat(job_mime) || parent.isValid() || row < 0) return false;
    const int first = firstWaitingRow();
    return row >= first && row <= first + queue_.waitingCount();
}

bool QueueModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column, const QModelIndex& parent) {
    if (!canDropMimeData(data, action, row, column, parent)) return false;
    const app::JobId id{data->data(job_mime).toLongLong()};
    const int from = waitingPosition(rowOf(id));
    if (from < 0) return false;  // it began to run while it was dragged
    int to = row - firstWaitingRow();
    if (to > from) --to;  // its own place closes behind it
    // Afterwards, not inside the drop: the view still holds the row that is about to move.
    QTimer::singleShot(0, &queue_, [&queue = queue_, id, to] { queue.moveWaiting(id, to); });
    return false;  // nothing for the view to remove: the queue moves the row
}

}  // namespace ui
