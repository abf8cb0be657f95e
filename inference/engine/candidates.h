// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "inference/api/engine.h"

namespace inference {

/// How an image's candidates are drawn: all of them to a point on the way, from there the better half to its end.
struct CandidatePlan {
    /// Share of the steps after which the judge is asked first: there the better half holds the best of four in 86 of 100 cases, and what is lost of
    /// the choice is 3 % (tests/measurements/candidate_pruning; ARCHITECTURE.md has other shares).
    static constexpr double judged_share = 0.4;

    CandidatePlan(int num_candidates, int num_steps);

    int candidates;
    int steps;
    int judged_after = 0;  ///< steps; 0: there is one candidate, or no step to be saved
    int kept;              ///< drawn to their end; more than one: the judge is asked again

    /// Of an image, in steps of one picture; a decode counts as one.
    double work() const;
};

/// What reading a picture's features takes, in steps of it: the encoder, and most of the transformer for two noise levels with two noises each.
inline constexpr double features_work = 3.0;

/// The judge's scores. Throws internal when they are not one a candidate, or no numbers; minus infinity is one that is never wanted.
std::vector<double> ask_judge(const GenerationCallbacks& callbacks, const std::vector<Candidate>& candidates);

/// Indices of those that stay, ascending: the worse half, rounded down, goes; of equals those that come first stay.
std::vector<std::size_t> better_half(const std::vector<double>& scores);

/// Index of the highest score, the first of equals.
std::size_t best_of(const std::vector<double>& scores);

}  // namespace inference
