// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/comparison_metrics.h"
#include "app/feedback/picture_pool.h"
#include "app/feedback/preference_head.h"
#include "app/feedback/raters.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace app {

/// The protocol by which the feedback stage is measured: a synthetic rater rates grids of four of some prompts, and what was learned is tried on
/// prompts of other subjects with seeds that nobody rated.
struct EvaluationOptions {
    Rater rater;
    int ratings = 60;
    std::uint64_t seed = 0;                ///< prompt split, which pictures are rated, the rater's noise
    inference::GenerationRequest drawing;  ///< size, steps, sampler and guidance of every picture
    int batch = 4;
};

struct HeadReport {
    double pair_accuracy = 0.0;  ///< pairs of one unseen prompt at least 0.25 deviations apart, ordered as the noiseless rater does
    int pairs = 0;
    double skill = 0.0;
    double threshold = 1.0;
    bool speaks = false;
    Estimate best_of_four;     ///< win rate of the head's choice of four against a picture of another seed, over prompts
    Estimate oracle_of_four;   ///< the rater's own choice: the ceiling
    bool uses_states = false;  ///< whether the model's states were there, or only what is measured in pixels
    HeadShape shape;
};

/// Everything drawn, seen and rated of one evaluation with the base model.
struct EvaluationData {
    std::vector<std::string> rating_prompts, evaluation_prompts;
    std::vector<inference::GenerationRequest> pool;  ///< eight pictures of each rating prompt: unrated ones make the basis
    std::vector<PictureTraits> pool_traits;
    std::vector<double> pool_scores;
    std::vector<std::size_t> rated;                    ///< indices into the pool, grids of four together
    std::vector<int> stars;                            ///< of those
    std::vector<inference::GenerationRequest> unseen;  ///< sixteen pictures of each evaluation prompt
    std::vector<PictureTraits> unseen_traits;
    std::vector<double> unseen_z;
    Standardisation standardisation;
};

using EvaluationProgress = std::function<void(const char* stage, int done, int total)>;

/// Draws (or finds in `pool`) and rates. Blocks; for the command line. Errors: those of the engine and of the rater.
inference::Result<EvaluationData> prepareEvaluation(inference::Engine& engine, PicturePool& pool, const EvaluationOptions& options,
                                                    const EvaluationProgress& progress, const std::stop_token& stop);

inference::Result<HeadReport> evaluateHead(const EvaluationData& data, const EvaluationOptions& options);

}  // namespace app
