// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemDelegate>
#include <QPersistentModelIndex>
#include <optional>
#include <vector>

#include "app/jobs/job.h"

namespace ui {

/// What one can do to a job where it stands.
enum class QueueAction { cancel, retry, copy_detail, remove, load_model, use_successor };

std::vector<QueueAction> actionsFor(const app::Job& job);
QString actionText(QueueAction action);
const char* actionIcon(QueueAction action);

/// Draws a job: what, where it stands, and buttons for what one can do under the pointer or on the current row.
class QueueDelegate final : public QAbstractItemDelegate {
    Q_OBJECT
public:
    explicit QueueDelegate(QObject* parent = nullptr);

    void setHover(const QModelIndex& index, std::optional<QueueAction> action);
    std::optional<QueueAction> actionAt(const QStyleOptionViewItem& option, const QModelIndex& index, QPoint point) const;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    struct Places {
        QRect caption;
        QRect row;
        QRect state;
        QRect title;
        QRect status;
        QRect bar;
        std::vector<QRect> buttons;
    };
    Places places(const QStyleOptionViewItem& option, const QModelIndex& index) const;
    void paintState(QPainter& painter, const QRect& area, const app::Job& job, const QStyleOptionViewItem& option) const;

    QPersistentModelIndex hovered_;
    std::optional<QueueAction> hovered_action_;
};

}  // namespace ui
