// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/item_actions.h"

#include <QPointer>
#include <QUndoStack>
#include <algorithm>

#include "app/library/library.h"
#include "ui/gallery/item_commands.h"

namespace ui {

namespace {
/// Commands outlive the view that made them: an undo long after it is gone has nobody left to tell.
StorageReport reportTo(ItemActions* actions) {
    return [target = QPointer<ItemActions>(actions)](const inference::Error& error) {
        if (target) Q_EMIT target->storageFailed(error);
    };
}
}  // namespace

ItemActions::ItemActions(app::Library& library, QUndoStack& stack, QObject* parent) : QObject(parent), library_(library), stack_(stack) {}

void ItemActions::rate(const QList<app::ItemId>& items, int stars) {
    const bool changes = std::any_of(items.begin(), items.end(), [this, stars](app::ItemId id) {
        const app::LibraryItem* item = library_.find(id);
        return item && item->rating != stars;
    });
    if (changes) stack_.push(new RateCommand(library_, items, stars, reportTo(this)));
}

void ItemActions::trash(const QList<app::ItemId>& items) {
    if (!items.isEmpty()) stack_.push(new TrashCommand(library_, items, reportTo(this)));
}

}  // namespace ui
