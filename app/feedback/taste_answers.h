// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "app/feedback/signal_store.h"

namespace app {

/// What one taste was told: the last word on each picture and pair, as read from the database. Lives on the GUI thread.
class TasteAnswers final {
public:
    [[nodiscard]] inference::Result<void> read(const SignalStore& store, TasteId profile);

    const TasteSignals& said() const { return said_; }
    ItemId itemOf(int picture) const { return said_.items[static_cast<std::size_t>(picture)]; }  ///< of a signal
    PickAnswer pickOf(ItemId item) const;                                                        ///< taken_back where there is none
    std::vector<std::pair<ItemId, ItemId>> comparedPairs() const;                                ///< as they stood, left and right

private:
    TasteSignals said_;
    std::map<ItemId, PickAnswer> picks_;
};

}  // namespace app
