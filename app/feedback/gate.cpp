// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/gate.h"

#include <cmath>

namespace app {

LearnabilityVerdict judgeLearnability(const Learnability& evidence, const LearnabilityLimits& limits) {
    if (evidence.ratings < limits.least_ratings) return LearnabilityVerdict::too_few;
    if (evidence.liked == 0 && evidence.disliked == 0) return LearnabilityVerdict::all_the_same;
    if (evidence.liked < limits.least_of_each || evidence.disliked < limits.least_of_each) return LearnabilityVerdict::one_sided;
    // Written so that a number that is none never passes.
    const bool understood = evidence.explained >= limits.least_explained && evidence.explained > evidence.chance_95;
    return understood ? LearnabilityVerdict::learnable : LearnabilityVerdict::not_understood;
}

std::vector<GateFailure> judgeCandidate(const CandidateEvidence& evidence, const GateLimits& limits) {
    std::vector<GateFailure> failures;
    const auto demand = [&](bool holds, GateFailure failure) {
        if (!holds) failures.push_back(failure);
    };
    demand(evidence.judged_win.low > limits.least_win_low, GateFailure::not_better);
    demand(evidence.fidelity_after.accuracy >= evidence.fidelity_before.accuracy - limits.most_accuracy_drop &&
               evidence.fidelity_after.margin >=
                   evidence.fidelity_before.margin - limits.most_margin_drop * std::abs(evidence.fidelity_before.margin),
           GateFailure::prompt_following);
    demand(evidence.raw_diversity >= limits.least_raw_diversity, GateFailure::diversity);
    demand(evidence.matched_diversity >= limits.least_matched_diversity, GateFailure::matched_diversity);
    demand(evidence.finite && evidence.base_loss_ratio <= limits.most_base_loss && evidence.clipped_ratio <= limits.most_clipped,
           GateFailure::unhealthy);
    return failures;
}

std::optional<size_t> chooseStrength(const std::vector<CandidateEvidence>& by_strength, const GateLimits& limits) {
    std::optional<size_t> best;
    for (size_t i = 0; i < by_strength.size(); ++i) {
        if (!judgeCandidate(by_strength[i], limits).empty()) continue;
        if (!best || by_strength[i].judged_win.mean > by_strength[*best].judged_win.mean) best = i;
    }
    return best;
}

}  // namespace app
