// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>

#include "app/feedback/signal_store.h"
#include "app/library/library_item.h"
#include "inference/api/result.h"

class QUndoStack;

namespace app {
class Library;
class TasteService;
}  // namespace app

namespace ui {

/// What one does to pictures wherever they are shown: undoable, and told when it could not be stored.
class ItemActions final : public QObject {
    Q_OBJECT
public:
    ItemActions(app::Library& library, app::TasteService& taste, QUndoStack& stack, QObject* parent);

    void rate(const QList<app::ItemId>& items, int stars);
    void pick(const QList<app::ItemId>& items, app::PickAnswer answer);  ///< said again of all of them, it is taken back
    void keep(const QList<app::ItemId>& items);                          ///< just added: undo takes them out again
    void trash(const QList<app::ItemId>& items);

Q_SIGNALS:
    void storageFailed(inference::Error error);

private:
    app::Library& library_;
    app::TasteService& taste_;
    QUndoStack& stack_;
};

}  // namespace ui
