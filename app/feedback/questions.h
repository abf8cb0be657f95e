// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/preference_head.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace app {

/// Which candidates of a prompt to show as the next grid: of four, two by Thompson draws, one where the head knows least, and one by chance, so that
/// what is held out later is not all of the head's choosing. Larger grids keep these shares.
/// @return distinct indices into `candidates`, in random order; all of them where there are not more than `wanted`
std::vector<std::size_t> chooseGrid(const PreferenceHead& head, const std::vector<Coordinates>& candidates, std::size_t wanted, std::uint64_t seed);

/// What the answer to a duel is worth: the variance of the difference of utilities, discounted where the answer is foreseen.
double duelWorth(const PreferenceHead& head, const Coordinates& a, const Coordinates& b);

/// The two pictures whose comparison teaches most, by duelWorth(). Pairs in `asked` (either way round) are not asked again.
/// @return indices; equal ones when there is no pair left
std::pair<std::size_t, std::size_t> chooseDuel(const PreferenceHead& head, const std::vector<Coordinates>& candidates,
                                               const std::vector<std::pair<std::size_t, std::size_t>>& asked, std::uint64_t seed);

}  // namespace app
