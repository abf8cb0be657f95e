// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/item_commands.h"

#include "app/feedback/taste_service.h"
#include "app/library/library.h"

namespace ui {

namespace {

/// A command that could not be carried out says so and leaves the stack.
void settle(QUndoCommand& command, const inference::Result<void>& outcome, const StorageReport& report) {
    if (outcome) return;
    if (report) report(outcome.error());
    command.setObsolete(true);
}

}  // namespace

// In the texts below, one is a sentence of its own: the source then reads well without an English catalogue.

RateCommand::RateCommand(app::Library& library, app::ItemId item, int stars, StorageReport report) :
    RateCommand(library, QList<app::ItemId>{item}, stars, std::move(report)) {}

RateCommand::RateCommand(app::Library& library, const QList<app::ItemId>& items, int stars, StorageReport report) :
    library_(library), stars_(stars), report_(std::move(report)) {
    for (const app::ItemId id : items) {
        const app::LibraryItem* item = library.find(id);
        if (item && item->rating != stars) before_.emplace_back(id, item->rating);
    }
    if (stars == 0) {
        setText(tr("Take rating back"));
    } else if (stars == 1) {
        setText(tr("Rate 1 star"));
    } else {
        setText(tr("Rate %n stars", nullptr, stars));
    }
}

void RateCommand::redo() {
    std::vector<std::pair<app::ItemId, int>> changed;
    for (const auto& entry : before_) {
        if (const auto stored = library_.setRating(entry.first, stars_); !stored) {
            if (report_) report_(stored.error());
            break;  // a disk that is full for one is full for all
        }
        changed.push_back(entry);
    }
    before_ = std::move(changed);
    if (before_.empty()) setObsolete(true);
}

void RateCommand::undo() {
    for (const auto& [id, stars] : before_) {
        const auto stored = library_.setRating(id, stars);
        settle(*this, stored, report_);
        if (!stored) return;
    }
}

PickCommand::PickCommand(app::TasteService& taste, const QList<app::ItemId>& items, app::PickAnswer answer, StorageReport report) :
    taste_(taste), answer_(answer), report_(std::move(report)) {
    for (const app::ItemId id : items) {
        if (taste.pickOf(id) != answer) before_.emplace_back(id, taste.pickOf(id));
    }
    switch (answer) {
    case app::PickAnswer::picked: setText(tr("Pick")); break;
    case app::PickAnswer::rejected: setText(tr("Reject")); break;
    case app::PickAnswer::taken_back: setText(tr("Take pick back")); break;
    }
}

void PickCommand::redo() {
    QList<app::ItemId> items;
    for (const auto& entry : before_) items.append(entry.first);
    say(items, answer_);
}

void PickCommand::undo() {
    for (const auto answer : {app::PickAnswer::picked, app::PickAnswer::rejected, app::PickAnswer::taken_back}) {
        QList<app::ItemId> items;
        for (const auto& [id, said] : before_) {
            if (said == answer) items.append(id);
        }
        say(items, answer);
    }
}

void PickCommand::say(const QList<app::ItemId>& items, app::PickAnswer answer) {
    if (items.isEmpty()) return;
    settle(*this, taste_.pick(items, answer), report_);
}

TrashCommand::TrashCommand(app::Library& library, const QList<app::ItemId>& items, StorageReport report) :
    library_(library), items_(items), report_(std::move(report)) {
    setText(items.size() == 1 ? tr("Delete picture") : tr("Delete %n pictures", nullptr, static_cast<int>(items.size())));
}

void TrashCommand::redo() { settle(*this, library_.moveToTrash(items_), report_); }

void TrashCommand::undo() { settle(*this, library_.restoreFromTrash(items_), report_); }

AddPicturesCommand::AddPicturesCommand(app::Library& library, const QList<app::ItemId>& items, StorageReport report) :
    library_(library), items_(items), report_(std::move(report)) {
    setText(items.size() == 1 ? tr("Add picture") : tr("Add %n pictures", nullptr, static_cast<int>(items.size())));
}

void AddPicturesCommand::redo() {
    if (std::exchange(entered_, true)) return;
    settle(*this, library_.restoreFromTrash(items_), report_);
}

void AddPicturesCommand::undo() {
    entered_ = false;
    settle(*this, library_.moveToTrash(items_), report_);
}

}  // namespace ui
