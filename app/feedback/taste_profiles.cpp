// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_profiles.h"

#include <utility>

namespace app {

using inference::Error;
using inference::Result;

Result<void> TasteProfiles::read() {
    auto profiles = store_.profiles();
    if (!profiles) return tl::unexpected<Error>(profiles.error());
    const auto active = store_.activeProfile();
    if (!active) return tl::unexpected<Error>(active.error());
    all_ = *std::move(profiles);
    for (const TasteProfile& profile : all_) {
        if (profile.id == *active) active_ = profile;
    }
    return {};
}

Result<void> TasteProfiles::setActive(TasteId id) {
    if (auto stored = store_.setActiveProfile(id); !stored) return stored;
    return read();
}

Result<void> TasteProfiles::setAdapter(const QString& adapter_id, double strength) {
    // To the database a null text is no text at all.
    const QString id = adapter_id.isEmpty() ? QStringLiteral("") : adapter_id;
    if (auto stored = store_.setAdapter(active_.id, id, strength); !stored) return stored;
    return read();
}

Result<void> TasteProfiles::setSecond(const QString& adapter_id, double strength) {
    if (!adapter_id.isEmpty() && (active_.adapter_id.isEmpty() || adapter_id == active_.adapter_id)) {
        return inference::failure(inference::ErrorCode::invalid_request, "a mix takes two different versions");
    }
    if (auto stored = store_.setSecond(active_.id, adapter_id, strength); !stored) return stored;
    return read();
}

std::vector<inference::AdapterUse> TasteProfiles::adapters() const {
    std::vector<inference::AdapterUse> used;
    if (active_.adapter_id.isEmpty()) return used;
    if (active_.strength > 0.0) used.push_back({active_.adapter_id.toStdString(), active_.strength});
    if (!active_.second_id.isEmpty() && active_.second_strength > 0.0) used.push_back({active_.second_id.toStdString(), active_.second_strength});
    return used;
}

}  // namespace app
