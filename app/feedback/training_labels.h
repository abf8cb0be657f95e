// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/preference_head.h"

#include <optional>
#include <vector>

namespace app {

/// What the user says of a picture, in stars, and what it was judged against.
struct GridRating {
    double stars = 0.0;
    int grid = 0;
};

/// Ratings as the desirability (-1 to 1) of inference::TrainingPicture: distance from the user's own mean in 1.5 of their deviations (at least
/// 0.7 stars), less the grid's mean, so that what all pictures of a prompt have in common is not learned. A picture without rated siblings keeps its
/// distance from the user's mean; the whole is then moved to sum to zero.
/// @return one for each rating; nullopt where it says nothing (a grid whose pictures all got the same)
std::vector<std::optional<double>> desirabilities(const std::vector<GridRating>& ratings);

/// The same from the head's opinion of pictures that nobody rated, shrunk by what the head is known to know (the root of its skill); the fifth it is
/// least sure of is left out.
std::vector<std::optional<double>> pseudoDesirabilities(const PreferenceHead& head, const std::vector<Coordinates>& pictures,
                                                        const std::vector<int>& grids);

}  // namespace app
