// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace inference {

enum class ClipActivation { quick_gelu, gelu };

/// `clip/config.json`: the text half of a CLIP model with its projection.
struct ClipTextConfig {
    std::int64_t vocab_size = 0;
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t projection_dim = 0;
    std::int64_t num_hidden_layers = 0;
    std::int64_t num_attention_heads = 0;
    std::int64_t max_position_embeddings = 77;
    std::int64_t eos_token_id = 49407;  ///< 2 in older exports, which then pool at the largest id
    double layer_norm_eps = 1e-5;
    ClipActivation activation = ClipActivation::quick_gelu;

    bool operator==(const ClipTextConfig&) const = default;
};

/// Throws model_not_found, corrupt_file, unsupported_model, naming file and field.
ClipTextConfig read_clip_config(const std::string& path);

}  // namespace inference
