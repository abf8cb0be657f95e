// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QList>
#include <QUndoCommand>
#include <functional>
#include <utility>
#include <vector>

#include "app/feedback/signal_store.h"
#include "app/library/library_item.h"
#include "inference/api/result.h"

namespace app {
class Library;
class TasteService;
}  // namespace app

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

/// Picks or rejects pictures, or takes that back; undo gives back what was said of each before.
class PickCommand final : public QUndoCommand {
    Q_DECLARE_TR_FUNCTIONS(ui::PickCommand)
public:
    PickCommand(app::TasteService& taste, const QList<app::ItemId>& items, app::PickAnswer answer, StorageReport report = {});

    void redo() override;
    void undo() override;

private:
    void say(const QList<app::ItemId>& items, app::PickAnswer answer);

    app::TasteService& taste_;
    std::vector<std::pair<app::ItemId, app::PickAnswer>> before_;
    app::PickAnswer answer_;
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
    app::Library& library_;
    QList<app::ItemId> items_;
    StorageReport report_;
};

/// Pictures of the user's own that have just entered the library; undo takes them out again.
class AddPicturesCommand final : public QUndoCommand {
    Q_DECLARE_TR_FUNCTIONS(ui::AddPicturesCommand)
public:
    AddPicturesCommand(app::Library& library, const QList<app::ItemId>& items, StorageReport report = {});

    void redo() override;
    void undo() override;

private:
    app::Library& library_;
    QList<app::ItemId> items_;
    StorageReport report_;
    bool entered_ = true;
};

}  // namespace ui
