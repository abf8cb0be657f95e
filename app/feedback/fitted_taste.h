// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "app/feedback/preference_head.h"
#include "app/library/library_item.h"

namespace app {

using TraitsByItem = std::map<ItemId, std::shared_ptr<const PictureTraits>>;

/// What a fit comes to and the next one starts from. A value: threads share what it points to and never change it.
struct FittedTaste {
    std::shared_ptr<const FeatureBasis> basis;
    std::size_t basis_pictures = 0;
    std::shared_ptr<const PreferenceHead> head;  ///< null while too little was said of pictures that were seen
    ChanceSkill chance;                          ///< what skill from nothing looks like
    int chance_answers = 0;                      ///< when that was measured; 0: never
    std::map<ItemId, Coordinates> coordinates;   ///< of every picture that was seen

    bool speaks() const { return head && head->speaks(); }
    const Coordinates* coordinatesOf(ItemId item) const;  ///< null when it was not seen yet
};

/// What a fit starts from.
struct FitInputs {
    TraitsByItem traits;
    std::vector<PreferenceSignal> signals;
    std::vector<ItemId> items;  ///< what the signals' pictures are
    FittedTaste before;
};

constexpr int least_answers = 12;  ///< before a head may speak

/// Milliseconds, but for the times when chance is measured anew. @return nullopt while too few pictures were seen for a basis
std::optional<FittedTaste> fitTaste(const FitInputs& inputs);

}  // namespace app
