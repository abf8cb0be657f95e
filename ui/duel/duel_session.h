// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <utility>
#include <vector>

#include "inference/api/result.h"
#include "ui/duel/duel_pair.h"

namespace app {
class TasteService;
}

namespace ui {

class DuelView;

/// One sitting of duels: what is asked next, what was answered, and the way back from an answer.
class DuelSession final : public QObject {
    Q_OBJECT
public:
    DuelSession(app::TasteService& taste, DuelView& view, QObject* parent = nullptr);

    void begin();     ///< the view is shown: asks, unless something is asked already
    void takeBack();  ///< the last answer of this sitting, and asks it again
    int answered() const { return static_cast<int>(answers_.size()); }

Q_SIGNALS:
    void storageFailed(inference::Error error);

private:
    void answer(DuelPair pair, DuelAnswer answer);
    void ask();
    void refresh();

    app::TasteService& taste_;
    DuelView& view_;
    std::vector<std::pair<DuelPair, DuelAnswer>> answers_;
    std::vector<std::pair<app::ItemId, app::ItemId>> passed_;  ///< not to be asked again in this sitting
};

}  // namespace ui
