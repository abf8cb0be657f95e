// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <functional>
#include <optional>
#include <vector>

#include "app/jobs/job.h"
#include "ui/queue/queue_delegate.h"

namespace app {
class JobQueue;
}

namespace ui {

/// The queue's jobs as rows: running, then waiting in their order, then finished, newest first. Waiting rows can be dragged
/// to another place among the waiting. Progress changes its own row only.
class QueueModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum class Section { running, waiting, finished };
    enum Role {
        id_role = Qt::UserRole,  ///< app::JobId
        starts_section_role,     ///< bool
    };

    explicit QueueModel(app::JobQueue& queue, QObject* parent = nullptr);

    /// A model that a waiting job is for and that is not loaded.
    struct Awaited {
        QString name;
        bool can_be_loaded = false;
        bool has_successor = false;  ///< it became another model, which can draw in its place
    };
    using AwaitedModelOf = std::function<std::optional<Awaited>(const app::Job&)>;
    void setAwaitedModel(AwaitedModelOf awaited);
    void setDrawnToCompare(std::function<bool(app::JobId)> drawn_to_compare);  ///< which jobs are the other half of a comparison
    void refreshAll();                                                         ///< what jobs wait for may have changed

    QString statusAt(int row) const;
    std::vector<QueueAction> actionsAt(int row) const;
    const app::Job& jobAt(int row) const { return rows_.at(static_cast<size_t>(row)); }
    int rowOf(app::JobId id) const;
    static Section sectionOf(const app::Job& job);

    /// Among the waiting; 0 is the next to run. -1 for other rows.
    int waitingPosition(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column, const QModelIndex& parent) const override;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column, const QModelIndex& parent) override;

private:
    void synchronise();
    void refresh(app::JobId id);
    int firstWaitingRow() const;

    app::JobQueue& queue_;
    std::vector<app::Job> rows_;
    AwaitedModelOf awaited_;
    std::function<bool(app::JobId)> drawn_to_compare_;
};

}  // namespace ui
