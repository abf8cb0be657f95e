// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QList>
#include <QUndoCommand>
#include <functional>
#include <utility>
#include <vector>

#include "app/library/library_item.h"
#include "inference/api/result.h"

namespace app {
class Library;
}

namespace ui {

/// Told when a change could not be stored; the command then takes itself off the undo stack.
using StorageReport = std::function<void(const inference::Error&)>;

/// Gives stars to one picture or to several at once; undo gives back what each of them had.
class RateCommand final : public QUndoCommand {
    Q_DECLARE_TR_FUNCTIONS(ui::RateCommand)
public:
    RateCommand(app::Library& library, app::ItemId item, int stars, StorageReport report = {});
    RateCommand(app::Library& library, const QList<app::ItemId>& items, int stars, StorageReport report = {});

    void redo() override;
    void undo() override;

private:
    app::Library& library_;
    std::vector<std::pair<app::ItemId, int>> before_;
    int stars_;
    StorageReport report_;
};

/// Moves pictures to the trash; undo brings them back where they were.
class TrashCommand final : public QUndoCommand {
    Q_DECLARE_TR_FUNCTIONS(ui::TrashCommand)
public:
    TrashCommand(app::Library& library, const QList<app::ItemId>& items, StorageReport report = {});

    void redo() override;
    void undo() override;

private:
    void settle(const inference::Result<void>& outcome);

    app::Library& library_;
    QList<app::ItemId> items_;
    StorageReport report_;
};

}  // namespace ui
