// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/adapter_gate.h"

namespace app {
namespace {

constexpr int least_ratings = 12;
constexpr int least_of_each_side = 8;
constexpr double least_skill = 0.15;
// Promised are two points and 0.95. The strongest of several strengths that pass is the one that chance flattered, so the proof asks for more.
constexpr double most_fidelity_loss = 1.5;  ///< points
constexpr double most_margin_loss = 0.10;
constexpr double least_raw_diversity = 0.90;
constexpr double least_matched_diversity = 0.96;
constexpr double most_loss_ratio = 1.25;  ///< what is rare for the base is not broken: a taste for warm pictures alone gives 1.15
constexpr double most_clipped_ratio = 2.0;
constexpr double first_look_slack = 0.06;  ///< of a diversity, which four pictures of twelve prompts measure to half of it

/// Only the harm (G3 to G5), not whether it is preferred.
std::vector<GateReason> harms(const GateMeasures& measures) {
    std::vector<GateReason> reasons;
    // Written so that a value that is not a number is a harm.
    if (!(measures.fidelity_change >= -most_fidelity_loss && measures.margin_change >= -most_margin_loss)) {
        reasons.push_back(GateReason::prompt_ignored);
    }
    if (!(measures.raw_diversity >= least_raw_diversity && measures.matched_diversity >= least_matched_diversity)) {
        reasons.push_back(GateReason::less_variety);
    }
    if (!(measures.finite && measures.loss_ratio <= most_loss_ratio && measures.clipped_ratio <= most_clipped_ratio)) {
        reasons.push_back(GateReason::damaged);
    }
    return reasons;
}

}  // namespace

const char* to_string(GateReason reason) noexcept {
    switch (reason) {
    case GateReason::too_few_ratings: return "too_few_ratings";
    case GateReason::all_the_same: return "all_the_same";
    case GateReason::one_sided: return "one_sided";
    case GateReason::no_pattern: return "no_pattern";
    case GateReason::not_preferred: return "not_preferred";
    case GateReason::prompt_ignored: return "prompt_ignored";
    case GateReason::less_variety: return "less_variety";
    case GateReason::damaged: return "damaged";
    }
    return "damaged";
}

std::vector<GateReason> againstTraining(const Learnability& learnability) {
    // The first that holds explains the others.
    if (learnability.ratings < least_ratings) return {GateReason::too_few_ratings};
    if (!learnability.varied) return {GateReason::all_the_same};
    if (learnability.liked < least_of_each_side || learnability.disliked < least_of_each_side) return {GateReason::one_sided};
    if (!(learnability.skill >= least_skill && learnability.skill > learnability.threshold)) return {GateReason::no_pattern};
    return {};
}

std::vector<GateReason> againstTaking(const GateMeasures& measures) {
    auto reasons = harms(measures);
    if (!(measures.judged_win.low > 0.5)) reasons.insert(reasons.begin(), GateReason::not_preferred);
    return reasons;
}

bool mayBeHarmless(const GateMeasures& first_look) {
    GateMeasures best = first_look;
    best.raw_diversity += first_look_slack;
    best.matched_diversity += first_look_slack;
    return harms(best).empty();
}

std::optional<StrengthRange> worthProving(const std::vector<GateMeasures>& trials) {
    std::optional<StrengthRange> range;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (!mayBeHarmless(trials[i])) continue;
        if (!range && trials[i].judged_win.low > 0.5) range = StrengthRange{i, i};
        if (range) range->strongest = i;
    }
    return range;
}

}  // namespace app
