// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/item_actions.h"

#include <QPointer>
#include <QUndoStack>
#include <algorithm>
#include <iterator>

#include "app/feedback/taste_service.h"
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

ItemActions::ItemActions(app::Library& library, app::TasteService& taste, QUndoStack& stack, QObject* parent) :
    QObject(parent), library_(library), taste_(taste), stack_(stack) {}

void ItemActions::rate(const QList<app::ItemId>& items, int stars) {
    const bool changes = std::any_of(items.begin(), items.end(), [this, stars](app::ItemId id) {
        const app::LibraryItem* item = library_.find(id);
        return item && item->rating != stars;
    });
    if (changes) stack_.push(new RateCommand(library_, items, stars, reportTo(this)));
}

void ItemActions::pick(const QList<app::ItemId>& items, app::PickAnswer answer) {
    QList<app::ItemId> known;
    std::copy_if(items.begin(), items.end(), std::back_inserter(known), [this](app::ItemId id) { return library_.find(id) != nullptr; });
    if (known.isEmpty()) return;
    const bool again = std::all_of(known.begin(), known.end(), [&](app::ItemId id) { return taste_.pickOf(id) == answer; });
    stack_.push(new PickCommand(taste_, known, again ? app::PickAnswer::taken_back : answer, reportTo(this)));
}

void ItemActions::keep(const QList<app::ItemId>& items) {
    if (!items.isEmpty()) stack_.push(new AddPicturesCommand(library_, items, reportTo(this)));
}

void ItemActions::trash(const QList<app::ItemId>& items) {
    if (!items.isEmpty()) stack_.push(new TrashCommand(library_, items, reportTo(this)));
}

}  // namespace ui
