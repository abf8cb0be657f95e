// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <torch/types.h>

#include "inference/kernels/fused_ops.h"
#include "inference/model/text_config.h"

namespace inference {

/// Causal attention of one prompt in one text layer.
class TextAttention {
public:
    virtual ~TextAttention() = default;

    /// @param queries (1, kv_heads, group * tokens, head_dim) as norm_rotate gives them. @param kv of the prompt, whole.
    /// @return (tokens, heads * head_dim)
    virtual torch::Tensor operator()(const torch::Tensor& queries, const KeyValues& kv, std::int64_t tokens) const = 0;
};

/// A layer that shares its attention with the image: scaled by head_dim.
std::unique_ptr<TextAttention> make_shared_text_attention(const TextModelConfig& config, std::int64_t layer);
/// A layer that runs alone, as the language model's own code has it: scaled by query_pre_attn_scalar, with the family's window. Gemma 2's
/// softcap is not applied: at the reference's pins transformers takes its SDPA attention, which has none (tests/model/make_gemma2_stock.py).
std::unique_ptr<TextAttention> make_stock_text_attention(const TextModelConfig& config, std::int64_t layer);

}  // namespace inference
