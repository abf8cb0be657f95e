// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/head_evaluation.h"

namespace app {

/// What the engine's best of four is worth, which gives the worse two up on the way, beside the head's choice among the same four drawn whole.
struct CandidateReport {
    Estimate win_rate;        ///< of the kept picture against pictures of other seeds by the noiseless rater, over prompts
    Estimate whole_win_rate;  ///< of the choice among the same four when all of them are drawn to their end
    int fours = 0;
    double same_choice = 0.0;  ///< share of the fours in which both are the same picture
    double time_share = 1.0;   ///< seconds of a kept picture over those of drawing four whole and looking at them, measured in turns
};

/// Draws with four candidates on the evaluation's prompts and seeds, judged by the head that the ratings make. Blocks; for the command line.
/// Errors: unsupported_model (the engine only draws), those of the engine and of the rater.
inference::Result<CandidateReport> evaluateCandidates(inference::Engine& engine, const EvaluationData& data, const EvaluationOptions& options,
                                                      const EvaluationProgress& progress, const std::stop_token& stop);

}  // namespace app
