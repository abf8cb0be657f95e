// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "app/feedback/preference_head.h"
#include "app/feedback/preference_signals.h"

namespace app {

/// A picture with what the training is told of it. The same picture may stand in several groups.
struct PlannedPicture {
    int picture = 0;            ///< index into what the plan was made from
    int group = 0;              ///< pictures that were judged against each other
    double desirability = 0.0;  ///< s from -1 to 1; of mean 0 in a group

    bool operator==(const PlannedPicture&) const = default;
};

/// Signals as desirabilities.
/// - Stars: (stars - the user's mean) over 1.5 of the user's deviations (at least 0.7 stars), cut to [-1, 1], then centred in the grid. A grid
///   whose pictures all got the same stars says nothing and is left out.
/// - Picks count as 0.7, rejects as -0.7, centred likewise; a grid with stars and picks is two groups.
/// - A duel is a group of two at 0.5 and -0.5; an equal one is left out.
/// Pictures that are alone in their grid form one group together. Groups are numbered from `first_group` on.
std::vector<PlannedPicture> planSignals(const PreferenceData& data, int first_group = 0);

/// What the head thinks of grids nobody rated, shrunk by how much it knows: centred expected stars over 1.5 `deviation`, times the root of its
/// skill. The fifth of the pictures of which it is least sure is left out; so is a grid of which fewer than two are left. Empty while the head is
/// silent.
/// @param grids  opinions, one inner vector a grid; `picture` counts through all of them. @param deviation  of the user's stars.
std::vector<PlannedPicture> planGuesses(const PreferenceHead& head, const std::vector<std::vector<Opinion>>& grids, double deviation,
                                        int first_group = 0);

/// Deviation of the stars among the signals, at least 0.7: how widely this user uses them.
double starDeviation(const PreferenceData& data);

}  // namespace app
