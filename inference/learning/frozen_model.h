// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "inference/core/placement.h"
#include "inference/model/autoencoder.h"
#include "inference/model/fused_transformer.h"
#include "inference/model/model_config.h"
#include "inference/model/prompt_encoder.h"

namespace inference {

struct PromptText {
    std::string prompt;
    std::string instruction;

    bool operator==(const PromptText&) const = default;
    auto operator<=>(const PromptText&) const = default;
};

/// The model that learning starts from, judges by and never changes.
struct FrozenModel {
    using ReadPromptsFn = std::function<std::vector<std::shared_ptr<const PromptState>>(const std::vector<PromptText>&, const std::stop_token&)>;

    std::string id;
    std::shared_ptr<const PipelineConfig> config;
    Placement placement;
    std::shared_ptr<const FusedTransformer> transformer;
    std::shared_ptr<const AutoencoderKl> autoencoder;
    ReadPromptsFn read_prompts;

    /// Rows of a batch that make about `flops` floating-point operations of the transformer, 1 to `most`: it follows from the model alone, so
    /// that the order of sums is the same in each run.
    std::int64_t rows_for(double flops, std::int64_t height, std::int64_t width, std::int64_t most) const;
};

/// A model's timestep of the noise level t, for each of a batch.
torch::Tensor timesteps_of(const torch::Tensor& t);

}  // namespace inference
