// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/comparison_metrics.h"
#include "app/feedback/feature_basis.h"
#include "app/feedback/picture_pool.h"
#include "app/feedback/preference_head.h"
#include "app/feedback/raters.h"
#include "app/feedback/training_run.h"

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

/// A strength that the gate tried, with what the rater thinks of it on the gate's own pictures: how much there was to win, and how well the judge saw it.
struct StrengthReport {
    GateMeasures measures;
    Estimate win_rate;
};

/// What a trained adapter does on prompts and seeds that nobody rated.
struct AdapterReport {
    bool accepted = false;
    std::vector<GateReason> reasons;
    Estimate win_rate;                             ///< against the base with different seeds, by the noiseless rater, over prompts
    Estimate best_of_four;                         ///< the head's choice among four of the adapter's against one of the base's
    double star_change = 0.0;                      ///< mean stars of a noisy rater
    double prompts_worse = 0.0;                    ///< share
    Estimate fidelity_change = {0.0, 0.0, 0.0};    ///< points of the diffusion classifier, against the base with the same seeds
    double raw_diversity = 1.0;                    ///< and this
    Estimate matched_diversity = {1.0, 1.0, 1.0};  ///< and this
    double strength = 0.0;                         ///< of the trained adapter, folded into 100 %
    double training_seconds = 0.0;                 ///< features to verdict; of an interrupted call that was gone on with, the rest
    GateMeasures proof;                            ///< the gate's last word
    std::vector<StrengthReport> frontier;
};

using EvaluationProgress = std::function<void(const char* stage, int done, int total)>;

/// Draws (or finds in `pool`) and rates. Blocks; for the command line. Errors: those of the engine and of the rater.
inference::Result<EvaluationData> prepareEvaluation(inference::Engine& engine, PicturePool& pool, const EvaluationOptions& options,
                                                    const EvaluationProgress& progress, const std::stop_token& stop);

/// The head as the ratings make it, with the basis it sees through.
struct FittedHead {
    FeatureBasis basis;
    PreferenceHead head;
};
inference::Result<FittedHead> fitHead(const EvaluationData& data, const EvaluationOptions& options);

/// The mean over prompts, with the interval of drawing other prompts.
Estimate overPrompts(const std::vector<double>& values, std::uint64_t seed);

inference::Result<HeadReport> evaluateHead(const EvaluationData& data, const EvaluationOptions& options);

struct AdapterEvaluation {
    inference::TrainingConfig config;
    double budget_minutes = 10.0;
    bool shuffled = false;  ///< trained on the same stars in another order: nothing is to be learned
    QString adapters_dir;   ///< the engine's
    QString work_dir;       ///< what an interrupted call left here is gone on with
    QString pictures_dir;   ///< shared by evaluations that draw the same; empty: in work_dir, so that a job's time is that of a user's first
};

/// Trains on the rated pictures as the studio does and tries the result. When the gate refuses, the base is what is used: a win rate of a half.
inference::Result<AdapterReport> evaluateAdapter(inference::Engine& engine, PicturePool& pool, const EvaluationData& data,
                                                 const EvaluationOptions& options, const AdapterEvaluation& evaluation,
                                                 const EvaluationProgress& progress, const std::stop_token& stop);

}  // namespace app
