// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/model/linear.h"
#include "inference/model/prompt_encoder.h"
#include "inference/model/text_layers.h"
#include "inference/model/transformer_config.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// The text side of class DiT (reference section 3.10): one hidden state of a language model, brought to the transformer's width, becomes keys
/// and values through each layer's own projections. Nothing here depends on the timestep, so it runs once a prompt.
class ContextProjection {
public:
    /// Throws corrupt_file naming the tensor that is missing, misshapen or not finite.
    ContextProjection(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement);

    /// @param features (tokens, text_hidden_size) float32, of one prompt.
    PromptState operator()(const torch::Tensor& features) const;

    std::int64_t parameters() const noexcept { return parameters_; }
    double flops(std::int64_t tokens) const;

private:
    struct Layer {
        Linear kv;
        torch::Tensor k_norm;
    };

    TransformerConfig config_;
    Placement placement_;
    torch::Tensor norm_;
    Linear embedder_;
    std::vector<Layer> layers_;
    std::int64_t parameters_ = 0;
};

/// Prompts of a DiT: the stock language model of `llm/`, then the projection.
class ContextEncoder final : public PromptEncoder {
public:
    /// @param text_model  its config. @param transformer  weights with context_embedder and the layers' text projections.
    ContextEncoder(const TransformerConfig& config, const TextModelConfig& text_model, const TextWeights& weights, const Checkpoint& transformer,
                   const Placement& placement, const LayerLoading& loading = {});

    std::vector<PromptState> encode(const std::vector<std::vector<int>>& prompts, const std::stop_token& stop) const override;
    std::int64_t parameters() const noexcept override { return layers_.parameters() + projection_.parameters(); }
    double flops(const std::vector<std::int64_t>& tokens) const override;
    std::int64_t resident_layers() const noexcept override { return layers_.resident_layers(); }
    void release_layers() override { layers_.keep_only(0); }

private:
    TextLayers layers_;
    ContextProjection projection_;
};

}  // namespace inference
