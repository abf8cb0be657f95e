// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/feature_basis.h"

#include <variant>
#include <vector>

namespace app {

struct StarSignal {
    int picture = 0;  ///< index into PreferenceData::pictures
    int stars = 0;    ///< 1 to 5
};

struct PickSignal {
    int picture = 0;
    bool picked = false;  ///< else rejected
};

enum class DuelOutcome { first, second, equal };

struct DuelSignal {
    int first = 0;
    int second = 0;
    DuelOutcome outcome = DuelOutcome::equal;
};

/// One thing the user said. What was drawn together (one prompt, one job) is one grid: its offset is the prompt's and not the
/// picture's, and evidence about the head always leaves whole grids out. A duel between grids counts with its first picture's.
struct PreferenceSignal {
    std::variant<StarSignal, PickSignal, DuelSignal> what;
    int grid = 0;
};

/// Everything a head is fitted to: the last word on each picture, oldest first.
struct PreferenceData {
    std::vector<Coordinates> pictures;
    std::vector<PreferenceSignal> signals;
};

}  // namespace app
