// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "app/feedback/signal_store.h"

namespace app {

/// The tastes, which of them is in use, and what it draws with. What is changed is in the database before it is shown. Lives on the GUI thread.
class TasteProfiles final {
public:
    explicit TasteProfiles(SignalStore& store) : store_(store) {}

    [[nodiscard]] inference::Result<void> read();

    const std::vector<TasteProfile>& all() const { return all_; }
    const TasteProfile& active() const { return active_; }
    [[nodiscard]] inference::Result<void> setActive(TasteId id);
    [[nodiscard]] inference::Result<void> setAdapter(const QString& adapter_id, double strength);  ///< of the active taste; "" is the base
    /// Mixes a second one into the active taste; "" takes it out. Errors: invalid_request (there is no first, or it is the first), io.
    [[nodiscard]] inference::Result<void> setSecond(const QString& adapter_id, double strength);

    std::vector<inference::AdapterUse> adapters() const;  ///< for the next request: none at strength 0 or without an adapter

private:
    SignalStore& store_;
    std::vector<TasteProfile> all_;
    TasteProfile active_;
};

}  // namespace app
