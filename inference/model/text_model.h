// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/kernels/fused_ops.h"
#include "inference/model/linear.h"
#include "inference/model/model_config.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// What a prompt leaves for the image stream: keys (after rotation) and values of every shared text layer, (1, kv_heads, tokens, head_dim).
/// It depends on the tokens only, not on image, noise or seed.
struct PromptState {
    std::vector<KeyValues> layers;
    std::int64_t tokens = 0;

    std::int64_t bytes() const;
};

/// The frozen language model, cut after the last shared layer; of that layer only keys and values exist. Mirrors Gemma 3 (reference
/// section 13); the residual stream is float32 whatever the weights are.
class TextModel {
public:
    /// @param prefix  of the tensor names: "model." in a text model folder, "llm." inside a transformer checkpoint.
    /// Throws corrupt_file naming the tensor that is missing or misshapen.
    TextModel(const TextModelConfig& config, std::int64_t first_shared_layer, const Checkpoint& weights, const std::string& prefix,
              const Placement& placement);

    /// Runs the prompts as one batch without padding: their tokens stand in one matrix, attention stays within a prompt.
    /// @param prompts  token ids, each with 1 or more, each id < vocab_size.
    std::vector<PromptState> encode(const std::vector<std::vector<int>>& prompts, const std::stop_token& stop) const;

    std::int64_t parameters() const noexcept { return parameters_; }
    /// Floating-point operations of encode() for prompts of these token counts.
    double flops(const std::vector<std::int64_t>& tokens) const;

private:
    struct Layer {
        torch::Tensor input_layernorm;
        Linear qkv;  ///< queries, keys, values below each other; of the last layer keys and values only
        torch::Tensor q_norm, k_norm;
        Linear o_proj;
        torch::Tensor post_attention_layernorm, pre_feedforward_layernorm;
        Linear gate_up, down_proj;
        torch::Tensor post_feedforward_layernorm;
    };

    torch::Tensor causal_attention(const torch::Tensor& queries, const KeyValues& kv, std::int64_t tokens, bool full) const;

    TextModelConfig config_;
    std::int64_t first_shared_layer_;
    Placement placement_;
    torch::Tensor embed_tokens_;
    double embedding_scale_;
    std::vector<Layer> layers_;
    std::int64_t parameters_ = 0;
};

}  // namespace inference
