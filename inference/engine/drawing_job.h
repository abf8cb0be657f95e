// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include <torch/types.h>

#include "inference/engine/candidates.h"
#include "inference/engine/engine_core.h"
#include "inference/learning/feature_reader.h"
#include "inference/sampling/schedule.h"

namespace inference {

/// One call of generate() on its way.
struct EngineCore::Job {
    const GenerationRequest& request;
    const GenerationCallbacks& callbacks;
    const std::stop_token& stop;
    Schedule schedule;
    CandidatePlan plan;
    PreviewBudget previews;
    double linear_preview_ms;
    std::int64_t max_rows = 1;                                     ///< pictures that run through the model at once
    std::vector<std::shared_ptr<const PromptState>> prompts = {};  ///< the prompt's; with guidance the negative prompt's after it
    std::vector<LayerLowRank> adapter = {};                        ///< of the conditional branch; empty: none
    torch::Tensor initial_latents = {};                            ///< (num_images, C, h, w), or undefined: drawn from the seeds
    std::vector<torch::Tensor> final_latents = {};                 ///< only when they are to be saved
    std::optional<FeatureReader> reader = {};                      ///< where there are candidates to choose among
    Stopwatch clock = {};
    double work_started_ms = 0.0;
    double work_done = 0.0;  ///< as CandidatePlan::work counts
    GenerationSummary summary = {};

    double total_work() const { return request.num_images * plan.work(); }
};

/// Images that are drawn together, each as those of its candidates that are left; the rows of an image stand together.
struct EngineCore::Batch {
    int first = 0;  ///< image of the request
    int count = 0;
    std::vector<int> candidates;      ///< each row's number among those of its image
    std::vector<std::int64_t> shown;  ///< each image's row that a preview shows

    std::int64_t rows() const { return static_cast<std::int64_t>(candidates.size()); }
    std::int64_t rows_of_image() const { return rows() / count; }
};

}  // namespace inference
