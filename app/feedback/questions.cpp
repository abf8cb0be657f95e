// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/questions.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>

namespace app {
namespace {

constexpr std::size_t pairs_tried = 400;

/// Moves the best of `left` by `score` to `chosen`.
template <typename Score> void take(std::vector<std::size_t>& left, std::vector<std::size_t>& chosen, Score score) {
    const auto best = std::max_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) { return score(a) < score(b); });
    chosen.push_back(*best);
    left.erase(best);
}

template <typename Random> void shuffle(std::vector<std::size_t>& indices, Random& random) {
    for (std::size_t left = indices.size(); left > 1; --left) std::swap(indices[left - 1], indices[static_cast<std::size_t>(random() % left)]);
}

}  // namespace

std::vector<std::size_t> chooseGrid(const PreferenceHead& head, const std::vector<Coordinates>& candidates, std::size_t wanted, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::size_t> left(candidates.size());
    std::iota(left.begin(), left.end(), std::size_t{0});
    shuffle(left, random);
    if (candidates.size() <= wanted) return left;
    std::vector<std::size_t> chosen;
    for (std::size_t place = 0; place < wanted; ++place) {
        switch (place % 4) {
        case 0: take(left, chosen, [](std::size_t) { return 0; }); break;  // they are in random order
        case 2: take(left, chosen, [&](std::size_t i) { return head.opinion(candidates[i]).deviation; }); break;
        default: {
            const auto stars = head.draw(candidates, random());
            take(left, chosen, [&](std::size_t i) { return stars[i]; });
        }
        }
    }
    shuffle(chosen, random);
    return chosen;
}

double duelWorth(const PreferenceHead& head, const Coordinates& a, const Coordinates& b) {
    const double win = head.winProbability(a, b);
    return head.differenceVariance(a, b) * win * (1.0 - win);
}

std::pair<std::size_t, std::size_t> chooseDuel(const PreferenceHead& head, const std::vector<Coordinates>& candidates,
                                               const std::vector<std::pair<std::size_t, std::size_t>>& asked, std::uint64_t seed) {
    std::set<std::pair<std::size_t, std::size_t>> known;
    for (const auto& [a, b] : asked) known.insert(std::minmax(a, b));
    const std::size_t n = candidates.size();
    std::mt19937_64 random(seed);
    std::pair<std::size_t, std::size_t> best{0, 0};
    double most = -1.0;
    const auto consider = [&](std::size_t a, std::size_t b) {
        if (a == b || known.contains(std::minmax(a, b))) return;
        const double value = duelWorth(head, candidates[a], candidates[b]);
        if (value <= most) return;
        most = value;
        // Which one stands left says nothing.
        best = (random() & 1U) != 0 ? std::pair(a, b) : std::pair(b, a);
    };
    if (n * n <= 2 * pairs_tried) {
        for (std::size_t a = 0; a < n; ++a) {
            for (std::size_t b = a + 1; b < n; ++b) consider(a, b);
        }
        return best;
    }
    for (std::size_t i = 0; i < pairs_tried; ++i) consider(static_cast<std::size_t>(random() % n), static_cast<std::size_t>(random() % n));
    return best;
}

}  // namespace app
