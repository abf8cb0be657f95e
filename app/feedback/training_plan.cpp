// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_plan.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace app {

namespace {

constexpr double least_deviation = 0.7;  ///< stars
constexpr double spread = 1.5;           ///< deviations that count as wholly wanted
constexpr double pick_weight = 0.7;
constexpr double duel_weight = 0.5;
constexpr double most_uncertain = 0.2;  ///< share of the guesses that is left out

struct Said {
    int picture = 0;
    double desirability = 0.0;
};

/// Centres a group and hands it over; one in which nothing differs says nothing.
void addGroup(std::vector<Said> group, int& number, std::vector<PlannedPicture>& plan) {
    if (group.size() < 2) return;
    double mean = 0.0;
    for (const Said& said : group) mean += said.desirability / static_cast<double>(group.size());
    const bool differs = std::any_of(group.begin(), group.end(), [&](const Said& said) { return std::abs(said.desirability - mean) > 1e-9; });
    if (!differs) return;
    for (const Said& said : group) plan.push_back({said.picture, number, std::clamp(said.desirability - mean, -1.0, 1.0)});
    ++number;
}

/// One kind of signal, by grid.
void addKind(const std::map<int, std::vector<Said>>& by_grid, int& number, std::vector<PlannedPicture>& plan) {
    std::vector<Said> alone;
    for (const auto& [grid, group] : by_grid) {
        if (group.size() == 1) alone.push_back(group.front());
        else addGroup(group, number, plan);
    }
    addGroup(std::move(alone), number, plan);
}

struct StarMoments {
    double mean = 0.0;
    double deviation = least_deviation;
};

StarMoments momentsOf(const PreferenceData& data) {
    double sum = 0.0, squares = 0.0;
    int count = 0;
    for (const PreferenceSignal& signal : data.signals) {
        const auto* stars = std::get_if<StarSignal>(&signal.what);
        if (!stars) continue;
        sum += stars->stars;
        squares += static_cast<double>(stars->stars) * stars->stars;
        ++count;
    }
    StarMoments moments;
    if (count == 0) return moments;
    moments.mean = sum / count;
    moments.deviation = std::max(least_deviation, std::sqrt(std::max(0.0, squares / count - moments.mean * moments.mean)));
    return moments;
}

}  // namespace

double starDeviation(const PreferenceData& data) { return momentsOf(data).deviation; }

std::vector<PlannedPicture> planSignals(const PreferenceData& data, int first_group) {
    const StarMoments usual = momentsOf(data);
    std::map<int, std::vector<Said>> stars, picks;
    std::vector<PlannedPicture> plan;
    int number = first_group;
    for (const PreferenceSignal& signal : data.signals) {
        if (const auto* star = std::get_if<StarSignal>(&signal.what)) {
            const double wanted = std::clamp((star->stars - usual.mean) / (spread * usual.deviation), -1.0, 1.0);
            stars[signal.grid].push_back({star->picture, wanted});
        } else if (const auto* pick = std::get_if<PickSignal>(&signal.what)) {
            picks[signal.grid].push_back({pick->picture, pick->picked ? pick_weight : -pick_weight});
        }
    }
    addKind(stars, number, plan);
    addKind(picks, number, plan);
    for (const PreferenceSignal& signal : data.signals) {
        const auto* duel = std::get_if<DuelSignal>(&signal.what);
        if (!duel || duel->outcome == DuelOutcome::equal || duel->first == duel->second) continue;
        const double first = duel->outcome == DuelOutcome::first ? duel_weight : -duel_weight;
        addGroup({{duel->first, first}, {duel->second, -first}}, number, plan);
    }
    return plan;
}

std::vector<PlannedPicture> planGuesses(const PreferenceHead& head, const std::vector<std::vector<Opinion>>& grids, double deviation,
                                        int first_group) {
    std::vector<PlannedPicture> plan;
    if (!head.speaks()) return plan;
    std::vector<double> doubts;
    for (const auto& grid : grids) {
        for (const Opinion& opinion : grid) doubts.push_back(opinion.deviation);
    }
    if (doubts.empty()) return plan;
    std::sort(doubts.begin(), doubts.end());
    const double most_doubt = doubts[static_cast<size_t>((1.0 - most_uncertain) * static_cast<double>(doubts.size() - 1))];
    const double shrinkage = std::sqrt(std::clamp(head.skill(), 0.0, 1.0));
    int number = first_group;
    int picture = 0;
    for (const auto& grid : grids) {
        std::vector<Said> group;
        for (const Opinion& opinion : grid) {
            if (opinion.deviation <= most_doubt)
                group.push_back({picture, shrinkage * opinion.stars / (spread * std::max(deviation, least_deviation))});
            ++picture;
        }
        addGroup(std::move(group), number, plan);
    }
    return plan;
}

}  // namespace app
