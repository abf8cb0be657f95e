// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_explanation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "app/library/library.h"

namespace app {
namespace {

constexpr int pictures_of_an_end = 3;

void showEnds(TasteDirection& direction, const Library& library, const FittedTaste& fitted) {
    std::vector<std::pair<double, ItemId>> order;
    for (const auto& [item, coordinates] : fitted.coordinates) {
        if (library.find(item)) order.emplace_back(direction.effect * coordinates.statistics[static_cast<std::size_t>(direction.statistic)], item);
    }
    std::sort(order.begin(), order.end());
    const int each = std::min(pictures_of_an_end, static_cast<int>(order.size()) / 2);
    for (int i = 0; i < each; ++i) {
        direction.disliked.append(order[static_cast<std::size_t>(i)].second);
        direction.liked.append(order[order.size() - 1 - static_cast<std::size_t>(i)].second);
    }
}

}  // namespace

std::vector<TasteDirection> tasteDirections(const Library& library, const FittedTaste& fitted, int most) {
    std::vector<TasteDirection> all;
    if (!fitted.speaks() || fitted.coordinates.empty()) return all;
    // The head is linear: a step of one deviation along a statistic, all else as usual, is its effect.
    Coordinates usual = fitted.coordinates.begin()->second;
    usual.statistics.fill(0.0);
    std::fill(usual.components.begin(), usual.components.end(), 0.0);
    std::fill(usual.prompt.begin(), usual.prompt.end(), 0.0);
    const double start = fitted.head->opinion(usual).stars;
    for (std::size_t i = 0; i < num_pixel_statistics; ++i) {
        Coordinates step = usual;
        step.statistics[i] = 1.0;
        all.push_back({static_cast<PixelStatistic>(i), fitted.head->opinion(step).stars - start, {}, {}});
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return std::abs(a.effect) > std::abs(b.effect); });
    all.resize(std::min(all.size(), static_cast<std::size_t>(most)));
    for (TasteDirection& direction : all) showEnds(direction, library, fitted);
    return all;
}

std::vector<std::pair<ItemId, ItemId>> taughtPairs(const Library& library, const FittedTaste& fitted, const TasteAnswers& answers, int most) {
    std::vector<std::pair<double, std::pair<ItemId, ItemId>>> pairs;
    const auto add = [&](ItemId preferred, ItemId other) {
        const Coordinates* a = fitted.coordinatesOf(preferred);
        const Coordinates* b = fitted.coordinatesOf(other);
        if (!a || !b || !library.find(preferred) || !library.find(other)) return;
        double distance = 0.0;
        for (std::size_t i = 0; i < num_pixel_statistics; ++i) distance += std::abs(a->statistics[i] - b->statistics[i]);
        pairs.push_back({distance, {preferred, other}});
    };
    std::map<int, std::vector<std::pair<int, ItemId>>> grids;
    for (const PreferenceSignal& signal : answers.said().signals) {
        if (const auto* duel = std::get_if<DuelSignal>(&signal.what)) {
            if (duel->outcome == DuelOutcome::first) add(answers.itemOf(duel->first), answers.itemOf(duel->second));
            else if (duel->outcome == DuelOutcome::second) add(answers.itemOf(duel->second), answers.itemOf(duel->first));
        } else if (const auto* star = std::get_if<StarSignal>(&signal.what)) {
            grids[signal.grid].emplace_back(star->stars, answers.itemOf(star->picture));
        }
    }
    for (auto& [grid, rated] : grids) {
        std::sort(rated.begin(), rated.end());
        if (rated.size() > 1 && rated.back().first - rated.front().first >= 2) add(rated.back().second, rated.front().second);
    }
    std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::pair<ItemId, ItemId>> result;
    for (const auto& [distance, pair] : pairs) {
        if (static_cast<int>(result.size()) == most) break;
        result.push_back(pair);
    }
    return result;
}

}  // namespace app
