// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/api/model_info.h"
#include "inference/model/autoencoder_config.h"

namespace inference {

/// The language model under the transformer (`base_config`), cut to the layers that are used.
/// Gemma 3: sandwich norms, normalised queries and keys, two rotary bases, a sliding window on most layers.
struct TextModelConfig {
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t num_hidden_layers = 0;
    std::int64_t num_attention_heads = 0;
    std::int64_t num_key_value_heads = 0;
    std::int64_t head_dim = 0;
    std::int64_t vocab_size = 0;
    double rms_norm_eps = 1e-6;
    double rope_theta = 0.0;          ///< of layers with full attention
    double local_rope_theta = 0.0;    ///< of layers with a sliding window
    std::int64_t sliding_window = 0;  ///< a key is visible iff query - key < window
    std::vector<bool> full_attention; ///< by layer

    bool operator==(const TextModelConfig&) const = default;
};

/// `transformer/config.json` of a FuseDiT with attention "self", positions "2d-rope", qk-norm, sandwich norms and no timestep input.
struct TransformerConfig {
    TextModelConfig base;
    bool external_text_model = false;  ///< `llm_weights: "external"`: the text model's weights lie in a folder of their own
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t num_hidden_layers = 0;
    std::int64_t initial_layers = 0;   ///< text layers that run before the first shared one
    std::int64_t in_channels = 0;
    std::int64_t patch_size = 0;
    std::int64_t sample_size = 0;      ///< latent side of the native picture
    double image_rope_theta = 10000.0;

    bool operator==(const TransformerConfig&) const = default;
};

/// Everything a pipeline directory says about itself.
struct PipelineConfig {
    std::string path;
    std::string name;
    std::vector<ImageSize> native_sizes;
    int default_steps = 25;
    double default_guidance_scale = 3.0;
    int trained_prompt_tokens = 256;
    double scheduler_shift = 3.0;
    TransformerConfig transformer;
    AutoencoderConfig autoencoder;
    std::vector<std::string> config_paths;  ///< the JSON files read, for the model's identity

    /// Width and height are multiples of this many pixels.
    int size_multiple() const { return static_cast<int>(transformer.patch_size * autoencoder.factor()); }
};

/// Reads and checks model_index.json and the three configs.
/// Throws model_not_found, corrupt_file (wrong type or out of bounds), unsupported_model; each names file and field.
PipelineConfig read_pipeline_config(const std::string& folder);

}  // namespace inference
