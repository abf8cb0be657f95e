// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/candidates.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "inference/core/exception.h"

namespace inference {

CandidatePlan::CandidatePlan(int num_candidates, int num_steps) : candidates(num_candidates), steps(num_steps), kept(num_candidates) {
    if (candidates < 2 || steps < 2) return;
    judged_after = std::clamp(static_cast<int>(std::lround(judged_share * steps)), 1, steps - 1);
    kept = candidates - candidates / 2;
}

double CandidatePlan::work() const {
    const double begun = judged_after > 0 ? candidates * (judged_after + 1 + features_work) : 0.0;
    const double end = kept * (steps - judged_after + 1.0);
    return begun + end + (kept > 1 ? kept * features_work : 0.0);
}

std::vector<double> ask_judge(const GenerationCallbacks& callbacks, const std::vector<Candidate>& candidates) {
    auto scores = callbacks.judge(candidates);
    if (scores.size() != candidates.size()) {
        fail(ErrorCode::internal,
             "the judge gave " + std::to_string(scores.size()) + " scores for " + std::to_string(candidates.size()) + " candidates");
    }
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (std::isnan(scores[i])) fail(ErrorCode::internal, "the judge's score of candidate " + std::to_string(i) + " is not a number");
    }
    return scores;
}

std::vector<std::size_t> better_half(const std::vector<double>& scores) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    order.resize(scores.size() - scores.size() / 2);
    std::sort(order.begin(), order.end());
    return order;
}

std::size_t best_of(const std::vector<double>& scores) {
    return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace inference
