// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/fitted_taste.h"

#include <cstdint>
#include <utility>

namespace app {
namespace {

constexpr std::size_t least_unrated = 8;  ///< pictures a basis can be made of
constexpr double basis_growth = 1.25;     ///< more pictures by this factor make a new basis
constexpr double chance_growth = 1.1;     ///< more answers by this factor, and chance is measured anew
constexpr int permutations = 100;

/// The signals about pictures that were seen; the others wait until they are.
PreferenceData dataOf(const FitInputs& inputs, const FittedTaste& fitted) {
    PreferenceData data;
    std::vector<int> place(inputs.items.size(), -1);
    const auto placeOf = [&](int picture) {
        const auto index = static_cast<std::size_t>(picture);
        if (place[index] >= 0) return place[index];
        const Coordinates* found = fitted.coordinatesOf(inputs.items[index]);
        if (!found) return -1;
        data.pictures.push_back(*found);
        return place[index] = static_cast<int>(data.pictures.size()) - 1;
    };
    for (PreferenceSignal signal : inputs.signals) {
        bool seen = true;
        if (auto* star = std::get_if<StarSignal>(&signal.what)) seen = (star->picture = placeOf(star->picture)) >= 0;
        else if (auto* pick = std::get_if<PickSignal>(&signal.what)) seen = (pick->picture = placeOf(pick->picture)) >= 0;
        else if (auto* duel = std::get_if<DuelSignal>(&signal.what)) {
            duel->first = placeOf(duel->first);
            duel->second = placeOf(duel->second);
            seen = duel->first >= 0 && duel->second >= 0;
        }
        if (seen) data.signals.push_back(signal);
    }
    return data;
}

}  // namespace

const Coordinates* FittedTaste::coordinatesOf(ItemId item) const {
    const auto found = coordinates.find(item);
    return found == coordinates.end() ? nullptr : &found->second;
}

std::optional<FittedTaste> fitTaste(const FitInputs& inputs) {
    FittedTaste fitted = inputs.before;
    if (inputs.traits.size() < least_unrated) return std::nullopt;
    // Refitted rarely: coordinates of two bases are not the same numbers.
    if (!fitted.basis || static_cast<double>(inputs.traits.size()) > basis_growth * static_cast<double>(fitted.basis_pictures)) {
        std::vector<PictureTraits> all;
        for (const auto& [item, traits] : inputs.traits) all.push_back(*traits);
        auto basis = FeatureBasis::fit(all);
        if (!basis) return std::nullopt;
        fitted.basis = std::make_shared<FeatureBasis>(*std::move(basis));
        fitted.basis_pictures = all.size();
        fitted.coordinates.clear();
        fitted.chance_answers = 0;
    }
    for (const auto& [item, traits] : inputs.traits) {
        if (fitted.coordinates.contains(item)) continue;
        if (auto coordinates = fitted.basis->project(*traits)) fitted.coordinates.emplace(item, *std::move(coordinates));
    }
    const PreferenceData data = dataOf(inputs, fitted);
    const int answers = static_cast<int>(data.signals.size());
    fitted.head.reset();
    if (answers < 2) return fitted;
    HeadOptions options;
    if (answers >= least_answers && answers > chance_growth * fitted.chance_answers) {
        constexpr std::uint64_t seed = 1;
        if (const auto chance = PreferenceHead::chanceSkill(data, options, permutations, seed)) {
            fitted.chance = *chance;
            fitted.chance_answers = answers;
        }
    }
    // A head that is looked at after every answer finds skill in nothing sooner or later: to begin speaking takes more than to go on.
    if (fitted.chance_answers > 0) options.threshold = inputs.before.speaks() ? fitted.chance.p95 : fitted.chance.p99;
    if (auto head = PreferenceHead::fit(data, options)) fitted.head = std::make_shared<PreferenceHead>(*std::move(head));
    return fitted;
}

}  // namespace app
