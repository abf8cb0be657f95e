// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "inference/api/engine.h"
#include "inference/engine/loaded_model.h"
#include "inference/engine/memory_estimate.h"
#include "inference/engine/preview.h"
#include "inference/engine/prompt_reader.h"
#include "inference/engine/stopwatch.h"
#include "inference/learning/adapter_store.h"
#include "inference/learning/frozen_model.h"

namespace inference {

/// The engine behind LocalEngine: a loaded model, the prompt cache and the path of a request through them. Reports by exceptions.
class EngineCore {
public:
    /// Loads; lowers the calling thread's priority before the first parallel work starts the worker threads.
    EngineCore(const EngineConfig& config, const LoadProgressFn& on_progress, const std::stop_token& stop);

    const ModelInfo& info() const noexcept { return info_; }
    GenerationSummary generate(const GenerationRequest& request, const GenerationCallbacks& callbacks, const std::stop_token& stop);

    /// Frees what can be made again.
    void forget();
    /// Makes sure that the weights are in the format that a request's dtype stands for.
    void use_dtype(Dtype dtype, const std::stop_token& stop);
    const LoadedModel& model() const noexcept { return model_; }
    /// The weights that are loaded now; they live as long as it does.
    FrozenModel frozen_model(FrozenModel::ReadPromptsFn read_prompts) const;
    PromptReader& prompts() noexcept { return prompts_; }
    AdapterStore& adapters() noexcept { return adapters_; }
    std::vector<int> token_ids(const std::string& prompt) const;
    /// Nobody said how many threads there are to be.
    bool may_choose_threads() const noexcept { return config_.num_threads <= 0 && model_.placement.on_cpu(); }

private:
    struct Job;
    struct Batch;

    Placement placement_of(Dtype dtype) const;
    /// Bytes that the limit and the machine leave for work and for weights that are not yet loaded.
    std::int64_t available_bytes() const;
    /// What a model takes with the work on a picture.
    std::int64_t bytes_to_load(const PipelineConfig& pipeline, const Placement& placement) const;
    /// As memory allows; says so in the log when something must be read from disk again and again.
    Residency choose_residency(const PipelineConfig& pipeline, const Placement& placement) const;
    void count_weights(const Residency& residency);
    void release_text_layers(std::int64_t needed);
    void choose_threads();
    /// What memory decides of the job: with candidates it gets a reader of their features, and how many run together follows from what is free.
    JobSize job_size(Job& job, const std::vector<PromptTokenIds>& prompts) const;
    torch::Tensor initial_latents(const GenerationRequest& request) const;
    /// A large picture is decoded in tiles rather than in more than half of what is left.
    static std::int64_t max_decode_bytes();
    void draw_batch(Job& job, int first, int count);
    torch::Tensor noise_of(const Job& job, const Batch& batch) const;
    /// @param latents (1, C, h, w)
    PixelBuffer decode(Job& job, const torch::Tensor& latents);
    std::vector<Candidate> look_at(Job& job, const torch::Tensor& latents);
    std::vector<double> judge(Job& job, const std::vector<Candidate>& candidates);
    /// @param clean  the estimate of each row of `batch`, which loses rows. @return those that stay.
    torch::Tensor give_up_worse_half(Job& job, Batch& batch, const torch::Tensor& clean);
    /// @param latents  of one image's candidates. @return which is the best, and its pixels.
    std::pair<std::int64_t, PixelBuffer> best_picture(Job& job, const torch::Tensor& latents);
    void report_step(Job& job, const Batch& batch, const struct SamplerStep& step);
    std::vector<PixelBuffer> preview(Job& job, const Batch& batch, const struct SamplerStep& step);
    void log(const std::string& line) const;

    EngineConfig config_;
    LoadedModel model_;
    ModelInfo info_;
    WeightEstimate weights_;
    std::int64_t resident_bytes_ = 0;  ///< of weights, now
    PromptReader prompts_;
    AdapterStore adapters_;
    std::optional<LatentPreview> preview_;
    int num_threads_ = 1;               ///< chosen for this model; the setting is the process's, and another model's load changes it
    double decode_ms_per_pixel_ = 0.0;  ///< of the last decode; 0: not known yet
};

}  // namespace inference
