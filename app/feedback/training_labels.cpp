// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_labels.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace app {
namespace {

constexpr double least_deviation = 0.7;  ///< stars
constexpr double deviations = 1.5;
constexpr double unsure_share = 0.2;

struct Grid {
    double sum = 0.0;
    int count = 0;
    double least = 0.0;
    double most = 0.0;

    void add(double value) {
        least = count == 0 ? value : std::min(least, value);
        most = count == 0 ? value : std::max(most, value);
        sum += value;
        ++count;
    }
    double mean() const { return sum / count; }
};

}  // namespace

std::vector<std::optional<double>> desirabilities(const std::vector<GridRating>& ratings) {
    Grid all;
    std::map<int, Grid> grids;
    double squares = 0.0;
    for (const auto& rating : ratings) {
        all.add(rating.stars);
        squares += rating.stars * rating.stars;
        grids[rating.grid].add(rating.stars);
    }
    std::vector<std::optional<double>> out(ratings.size());
    if (ratings.empty()) return out;
    const double deviation = std::max(least_deviation, std::sqrt(std::max(0.0, squares / all.count - all.mean() * all.mean())));
    double total = 0.0;
    int said = 0;
    for (std::size_t i = 0; i < ratings.size(); ++i) {
        const Grid& grid = grids.at(ratings[i].grid);
        if (grid.count > 1 && grid.most <= grid.least) continue;
        const double middle = grid.count > 1 ? grid.mean() : all.mean();
        out[i] = std::clamp((ratings[i].stars - middle) / (deviations * deviation), -1.0, 1.0);
        total += *out[i];
        ++said;
    }
    for (auto& value : out) {
        if (value) value = std::clamp(*value - total / said, -1.0, 1.0);
    }
    return out;
}

std::vector<std::optional<double>> pseudoDesirabilities(const PreferenceHead& head, const std::vector<Coordinates>& pictures,
                                                        const std::vector<int>& grids) {
    std::vector<Opinion> opinions;
    std::vector<double> doubts;
    for (const auto& picture : pictures) {
        opinions.push_back(head.opinion(picture));
        doubts.push_back(opinions.back().deviation);
    }
    std::vector<std::optional<double>> out(pictures.size());
    if (pictures.empty()) return out;
    std::sort(doubts.begin(), doubts.end());
    const double most_doubt = doubts[static_cast<std::size_t>((1.0 - unsure_share) * static_cast<double>(doubts.size() - 1))];
    std::map<int, Grid> sums;
    Grid all;
    double squares = 0.0;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        all.add(opinions[i].stars);
        squares += opinions[i].stars * opinions[i].stars;
        if (opinions[i].deviation <= most_doubt) sums[grids[i]].add(opinions[i].stars);
    }
    const double deviation = std::sqrt(std::max(1e-6, squares / all.count - all.mean() * all.mean()));
    const double trust = std::sqrt(std::clamp(head.skill(), 0.0, 1.0));
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const auto grid = sums.find(grids[i]);
        if (opinions[i].deviation > most_doubt || grid == sums.end() || grid->second.count < 2) continue;
        out[i] = std::clamp(trust * (opinions[i].stars - grid->second.mean()) / (deviations * deviation), -1.0, 1.0);
    }
    return out;
}

}  // namespace app
