// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_answers.h"

namespace app {

inference::Result<void> TasteAnswers::read(const SignalStore& store, TasteId profile) {
    auto said = store.signalsOf(profile);
    if (!said) return tl::unexpected<inference::Error>(said.error());
    said_ = *std::move(said);
    picks_.clear();
    for (const PreferenceSignal& signal : said_.signals) {
        if (const auto* pick = std::get_if<PickSignal>(&signal.what))
            picks_[itemOf(pick->picture)] = pick->picked ? PickAnswer::picked : PickAnswer::rejected;
    }
    return {};
}

PickAnswer TasteAnswers::pickOf(ItemId item) const {
    const auto found = picks_.find(item);
    return found == picks_.end() ? PickAnswer::taken_back : found->second;
}

std::vector<std::pair<ItemId, ItemId>> TasteAnswers::comparedPairs() const {
    std::vector<std::pair<ItemId, ItemId>> pairs;
    for (const PreferenceSignal& signal : said_.signals) {
        if (const auto* duel = std::get_if<DuelSignal>(&signal.what)) pairs.emplace_back(itemOf(duel->first), itemOf(duel->second));
    }
    return pairs;
}

}  // namespace app
