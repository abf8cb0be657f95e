// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/preference_signals.h"
#include "app/feedback/raters.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tests {

/// A world in which taste is known: pictures are normal vectors, and what is liked is a weighted sum of some of their numbers.
struct TasteWorld {
    int components = 16;
    int prompt_components = 2;
    std::vector<double> statistic_weights;  ///< of the first statistics
    std::vector<double> component_weights;  ///< of the first components
    double prompt_weight = 0.0;             ///< of the product of the first prompt number and the first statistic
    double offset_deviation = 0.0;          ///< of a grid
    std::uint64_t seed = 1;

    app::Coordinates picture(std::uint64_t number, std::uint64_t grid) const {
        app::Coordinates out;
        std::uint64_t at = number * 1000;
        for (double& value : out.statistics) value = app::normalFromCounter(seed, at++);
        for (int i = 0; i < components; ++i) out.components.push_back(app::normalFromCounter(seed, at++));
        for (int i = 0; i < prompt_components; ++i)
            out.prompt.push_back(app::normalFromCounter(seed + 77, grid * 1000 + static_cast<std::uint64_t>(i)));
        return out;
    }
    double z(const app::Coordinates& picture) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < statistic_weights.size(); ++i) sum += statistic_weights[i] * picture.statistics[i];
        for (std::size_t i = 0; i < component_weights.size(); ++i) sum += component_weights[i] * picture.components[i];
        if (prompt_weight != 0.0) sum += prompt_weight * picture.prompt[0] * picture.statistics[0];
        return sum;
    }
    /// `count` pictures in grids of four with noisy stars.
    app::PreferenceData rated(int count, std::uint64_t first = 0) const {
        app::PreferenceData data;
        for (int i = 0; i < count; ++i) {
            const auto number = first + static_cast<std::uint64_t>(i);
            const std::uint64_t grid = number / 4;
            data.pictures.push_back(picture(number, grid));
            const double offset = offset_deviation * app::normalFromCounter(seed + 5, grid);
            data.signals.push_back({app::StarSignal{i, app::noisyStars(z(data.pictures.back()) + offset, seed, number)}, static_cast<int>(grid)});
        }
        return data;
    }
    /// Share of pairs of unseen pictures that `foretold` orders as z does.
    template <typename Foretold> double pairAccuracy(Foretold foretold, int pairs = 400) const {
        int right = 0;
        for (int i = 0; i < pairs; ++i) {
            const auto number = 1'000'000 + 2 * static_cast<std::uint64_t>(i);
            const auto a = picture(number, number / 2);
            const auto b = picture(number + 1, number / 2);
            right += (z(a) > z(b)) == (foretold(a) > foretold(b)) ? 1 : 0;
        }
        return static_cast<double>(right) / pairs;
    }
};

}  // namespace tests
