// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

namespace app {

/// How a training run spends pictures and time; what is forecast before it starts is counted with the same numbers.
namespace training_budget {

inline constexpr int pictures_of_prompt = 4;   ///< a grid
inline constexpr int replay_pictures = 32;     ///< which must stay as they are
inline constexpr int gate_prompts = 12;        ///< that were not rated
inline constexpr int tried_of_prompt = 4;      ///< pictures of a gate prompt, with each strength and with none
inline constexpr int proved_of_prompt = 8;     ///< the same of the strengths that are proved: others, for those were chosen by the first
inline constexpr double training_share = 0.5;  ///< of the time; the rest is drawing and judging
inline constexpr int least_steps = 30;         ///< fewer teach nothing

/// How many pictures the run draws to label and to replay: some for each rating, within bounds; the basis needs some, too.
constexpr int drawnPictures(int ratings) {
    constexpr int per_rating = 4;
    constexpr int least = 64;
    constexpr int most = 240;
    return std::clamp(per_rating * ratings, least, most) + replay_pictures;
}

}  // namespace training_budget
}  // namespace app
