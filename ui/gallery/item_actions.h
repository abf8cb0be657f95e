// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>

#include "app/library/library_item.h"
#include "inference/api/result.h"

class QUndoStack;

namespace app {
class Library;
}

namespace ui {

/// What one does to pictures wherever they are shown: undoable, and told when it could not be stored.
class ItemActions final : public QObject {
    Q_OBJECT
public:
    ItemActions(app::Library& library, QUndoStack& stack, QObject* parent);

    void rate(const QList<app::ItemId>& items, int stars);
    void trash(const QList<app::ItemId>& items);

Q_SIGNALS:
    void storageFailed(inference::Error error);

private:
    app::Library& library_;
    QUndoStack& stack_;
};

}  // namespace ui
