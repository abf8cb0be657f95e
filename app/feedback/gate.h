// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "app/evaluation/metrics.h"

namespace app {

/// Whether there is anything to learn, asked before anything is spent (gate G0).
struct Learnability {
    double explained = 0.0;  ///< leave-one-grid-out R^2 of the head on the user's own ratings
    double chance_95 = 0.0;  ///< 95th percentile of the same on shuffled ratings
    int ratings = 0;
    int liked = 0;     ///< above the user's mean
    int disliked = 0;  ///< below it

    bool operator==(const Learnability&) const = default;
};

enum class LearnabilityVerdict {
    learnable,
    too_few,         ///< fewer than Limits::least_ratings
    all_the_same,    ///< no rating differs from the others
    one_sided,       ///< fewer than Limits::least_of_each liked or disliked
    not_understood,  ///< the head sees no more than chance does
};

struct LearnabilityLimits {
    int least_ratings = 20;
    int least_of_each = 8;
    double least_explained = 0.15;
};

LearnabilityVerdict judgeLearnability(const Learnability& evidence, const LearnabilityLimits& limits = {});

/// What was measured of a candidate at one strength, against what is in use, on prompts it was not trained on.
struct CandidateEvidence {
    double strength = 1.0;
    Estimate judged_win;       ///< by a head of held-out ratings and other features, independent seeds
    Fidelity fidelity_before;  ///< base as judge
    Fidelity fidelity_after;
    double raw_diversity = 1.0;      ///< over the base's
    double matched_diversity = 1.0;  ///< the same, rating-matched
    double base_loss_ratio = 1.0;    ///< base's loss on the candidate's pictures over that on its own
    double clipped_ratio = 1.0;      ///< share of clipped pixels over the base's
    bool finite = true;
};

enum class GateFailure { not_better, prompt_following, diversity, matched_diversity, unhealthy };

struct GateLimits {
    double least_win_low = 0.5;
    double most_accuracy_drop = 0.02;
    double most_margin_drop = 0.05;  ///< relative
    double least_raw_diversity = 0.90;
    double least_matched_diversity = 0.95;
    double most_base_loss = 1.10;
    double most_clipped = 2.0;
};

/// Gates G2 to G5; empty: it passes.
std::vector<GateFailure> judgeCandidate(const CandidateEvidence& evidence, const GateLimits& limits = {});

/// Of the strengths that pass, the one that the judge prefers most: what 100 % will mean. nullopt: none passes.
std::optional<size_t> chooseStrength(const std::vector<CandidateEvidence>& by_strength, const GateLimits& limits = {});

}  // namespace app
