// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "inference/model/text_config.h"

namespace inference {

/// How the image meets the text: one softmax over both, or attention among the image and then across to the text.
enum class AttentionKind { self, cross };
enum class PositionKind { ape, rope_1d, rope_2d, m_rope };
enum class TimestepKind { none, adaln_zero, adaln_single, addition };

/// `transformer/config.json` of the classes FuseDiT (`fused`) and DiT; the reference's sections 2.1 and 13.
struct TransformerConfig {
    TextModelConfig base;              ///< of class DiT only the geometry of heads and MLP counts
    bool fused = true;                 ///< false: class DiT, whose text comes from a language model of its own (`llm/`)
    bool external_text_model = false;  ///< `llm_weights: "external"`: the text model's weights lie in a folder of their own
    AttentionKind attention = AttentionKind::self;
    PositionKind positions = PositionKind::rope_1d;
    TimestepKind timestep = TimestepKind::adaln_zero;
    bool qk_norm = false;
    bool sandwich_norm = false;
    std::int64_t hidden_size = 0;
    std::int64_t intermediate_size = 0;
    std::int64_t num_hidden_layers = 0;
    std::int64_t num_key_value_heads = 0;
    std::int64_t initial_layers = 0;  ///< text layers that run before the first shared one
    std::int64_t in_channels = 0;
    std::int64_t patch_size = 0;
    std::int64_t sample_size = 0;         ///< latent side of the native picture
    std::int64_t pos_embed_max_size = 0;  ///< side of the ape table, in patches
    double image_rope_theta = 10000.0;
    std::int64_t text_hidden_size = 0;            ///< of class DiT
    std::int64_t text_hidden_states_index = -1;   ///< of class DiT: the text model's hidden state that is read, from the end when negative
    std::int64_t text_modulation_embeds_dim = 0;  ///< width of the CLIP embedding; 0: none

    /// Before the names of the image stream's tensors.
    std::string prefix() const { return fused ? "dit." : ""; }
    /// A CLIP text encoder has a say in the modulation.
    bool uses_clip() const { return fused && text_modulation_embeds_dim > 0 && timestep != TimestepKind::none; }

    bool operator==(const TransformerConfig&) const = default;
};

/// Throws model_not_found, corrupt_file, unsupported_model, naming file and field.
TransformerConfig read_transformer_config(const std::string& path);

}  // namespace inference
