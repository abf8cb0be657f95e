// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "inference/weights/config_reader.h"

namespace inference {

/// A Gemma text model (`base_config` of a transformer, or `llm/config.json`): what its family and its own numbers say, as traits that the
/// layers are built from. Source: the reference's sections 2.1, 13 and 15, transformers 4.43.3.
///
/// | family  | sandwich_norm | qk_norm | layers with a window            | scale of stock layers |
/// |---------|---------------|---------|---------------------------------|-----------------------|
/// | Gemma 1 | no            | no      | none                            | head_dim              |
/// | Gemma 2 | yes           | no      | even ones, as stock layers only | query_pre_attn_scalar |
/// | Gemma 3 | yes           | yes     | five of six, shared ones too    | query_pre_attn_scalar |
struct TextModelConfig {
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t num_hidden_layers = 0;
    std::int64_t num_attention_heads = 0;
    std::int64_t num_key_value_heads = 0;
    std::int64_t head_dim = 0;
    std::int64_t vocab_size = 0;
    double rms_norm_eps = 1e-6;
    double rope_theta = 0.0;                ///< of layers with full attention
    double local_rope_theta = 0.0;          ///< of layers with a sliding window
    double default_image_rope_theta = 0.0;  ///< of an image stream whose config names none
    bool sandwich_norm = false;             ///< norms on what attention and MLP produce
    bool qk_norm = false;                   ///< normalised queries and keys
    bool attention_bias = false;
    double query_pre_attn_scalar = 0.0;  ///< stock layers divide logits by its root; shared layers always by head_dim's
    std::int64_t sliding_window = 0;     ///< a key is visible iff query - key < window
    bool shared_layers_have_windows = false;
    std::vector<bool> full_attention;  ///< by layer

    bool operator==(const TextModelConfig&) const = default;
};

/// Throws corrupt_file and unsupported_model, naming file and field.
TextModelConfig read_text_config(const ConfigReader& base);

}  // namespace inference
