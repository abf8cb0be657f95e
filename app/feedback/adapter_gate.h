// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/comparison_metrics.h"

#include <optional>
#include <string>
#include <vector>

namespace app {

/// Why ratings cannot be learned from, or a candidate is not taken.
enum class GateReason {
    too_few_ratings,
    all_the_same,    ///< the stars do not vary
    one_sided,       ///< fewer than eight that are clearly liked, or clearly not
    no_pattern,      ///< the head foretells held-out grids no better than chance (G0)
    not_preferred,   ///< the judge's lower bound is not above a half (G2)
    prompt_ignored,  ///< the pictures follow their prompts less (G3)
    less_variety,    ///< (G4)
    damaged,         ///< the model's own loss, clipped pixels, values that are not finite (G5)
};

const char* to_string(GateReason reason) noexcept;

/// What is known of the ratings before any time is spent (G0).
struct Learnability {
    int ratings = 0;
    int liked = 0;           ///< clearly above the user's mean
    int disliked = 0;        ///< clearly below
    bool varied = true;      ///< not all the same
    double skill = 0.0;      ///< PreferenceHead::skill
    double threshold = 1.0;  ///< PreferenceHead::threshold

    bool operator==(const Learnability&) const = default;
};

/// What stands against training; empty: go.
std::vector<GateReason> againstTraining(const Learnability& learnability);

/// What a candidate did at one strength, against the model that is in use.
struct GateMeasures {
    double strength = 1.0;
    int pictures = 0;              ///< of the candidate, judged
    Estimate judged_win;           ///< independent seeds, by a head that never saw what the labeller was trained on
    double fidelity_change = 0.0;  ///< points of the diffusion classifier, negative: worse
    double margin_change = 0.0;    ///< relative change of its margin
    double raw_diversity = 1.0;
    double matched_diversity = 1.0;
    double loss_ratio = 1.0;     ///< base loss of the candidate's pictures over that of the base's
    double clipped_ratio = 1.0;  ///< share of pixels at the ends of the range, over the base's
    bool finite = true;

    bool operator==(const GateMeasures&) const = default;
};

/// What stands against taking the candidate at that strength; empty: take it.
std::vector<GateReason> againstTaking(const GateMeasures& measures);

/// Whether a first look leaves it open that a strength does no harm: few pictures measure it to some hundredths.
bool mayBeHarmless(const GateMeasures& first_look);

/// Indices, both included.
struct StrengthRange {
    std::size_t weakest = 0, strongest = 0;

    bool operator==(const StrengthRange&) const = default;
};

/// Of strengths in rising order: from the first that the judge prefers for certain to the last that may be harmless; nullopt when there is none.
std::optional<StrengthRange> worthProving(const std::vector<GateMeasures>& trials);

}  // namespace app
