// SPDX-License-Identifier: Apache-2.0
#include "inference/model/transformer_config.h"

#include <algorithm>
#include <vector>

#include "inference/model/config_bounds.h"

namespace inference {
namespace {

using namespace config_bounds;

AttentionKind read_attention(const ConfigReader& reader) {
    return reader.one_of("attention", {"self", "cross"}, "self") == "self" ? AttentionKind::self : AttentionKind::cross;
}

PositionKind read_positions(const ConfigReader& reader) {
    const auto name = reader.one_of("pos_embed", {"ape", "1d-rope", "2d-rope", "m-rope"}, "1d-rope");
    if (name == "ape") return PositionKind::ape;
    if (name == "1d-rope") return PositionKind::rope_1d;
    return name == "2d-rope" ? PositionKind::rope_2d : PositionKind::m_rope;
}

/// Absent and null are different things for this field: adaln-zero and none.
TimestepKind read_timestep(const ConfigReader& reader) {
    if (reader.contains("timestep_conditioning") && !reader.has("timestep_conditioning")) return TimestepKind::none;
    const auto name = reader.one_of("timestep_conditioning", {"adaln-zero", "adaln-single", "addition"}, "adaln-zero");
    if (name == "adaln-zero") return TimestepKind::adaln_zero;
    return name == "adaln-single" ? TimestepKind::adaln_single : TimestepKind::addition;
}

/// The text model is cut after the last shared layer. Lists that are not one run from the initial layers to that layer, or that do not match
/// the transformer's depth, cannot run in the reference either.
void read_shared_layers(const ConfigReader& reader, TransformerConfig& config) {
    auto& text_layers = config.base.num_hidden_layers;
    std::vector<std::int64_t> shared;
    if (reader.has("shared_attention_layers") && !reader.raw("shared_attention_layers").is_string()) {
        shared = reader.integers("shared_attention_layers", 0, max_layers - 1, max_layers);
        if (shared.empty()) reader.fail_corrupt("shared_attention_layers", "is empty");
        std::sort(shared.begin(), shared.end());
        if (shared.back() >= text_layers) {
            reader.fail_corrupt("shared_attention_layers",
                                "names layer " + std::to_string(shared.back()) + " of a text model with " + std::to_string(text_layers) + " layers");
        }
        text_layers = shared.back() + 1;
        config.base.full_attention.resize(static_cast<std::size_t>(text_layers));
    } else {
        reader.one_of("shared_attention_layers", {"all"}, "all");
        for (auto i = config.initial_layers; i < text_layers; ++i) shared.push_back(i);
    }
    const auto count = static_cast<std::int64_t>(shared.size());
    bool one_run = count > 0 && config.initial_layers + count == text_layers;
    for (std::int64_t i = 0; one_run && i < count; ++i) one_run = shared[static_cast<std::size_t>(i)] == config.initial_layers + i;
    if (!one_run) {
        reader.fail_unsupported("shared_attention_layers",
                                "must be one run of layers that starts at initial_layers (" + std::to_string(config.initial_layers) + ")");
    }
    if (count != config.num_hidden_layers) {
        reader.fail_unsupported("dit_num_hidden_layers",
                                "is " + std::to_string(config.num_hidden_layers) + " beside " + std::to_string(count) +
                                    " shared text layers; this version runs models where they agree");
    }
}

void check_fused(const ConfigReader& reader, const TransformerConfig& config) {
    if (config.attention == AttentionKind::cross && config.positions == PositionKind::rope_1d) {
        reader.fail_unsupported("pos_embed", "is \"1d-rope\" beside attention \"cross\"; the reference cannot run this pair either");
    }
}

void check_plain(const ConfigReader& reader, const TransformerConfig& config) {
    if (config.attention == AttentionKind::cross && config.text_hidden_size != config.hidden_size) {
        reader.fail_unsupported("text_hidden_size",
                                "is " + std::to_string(config.text_hidden_size) + " beside dit_hidden_size " + std::to_string(config.hidden_size) +
                                    "; with attention \"cross\" they must be equal");
    }
}

void check_geometry(const ConfigReader& reader, const TransformerConfig& config) {
    const auto heads = config.base.num_attention_heads, text = config.base.num_key_value_heads, image = config.num_key_value_heads;
    if (heads % image != 0 || image % text != 0) {
        reader.fail_corrupt("dit_num_key_value_heads",
                            "is " + std::to_string(image) + "; it must divide " + std::to_string(heads) +
                                " heads and be a multiple of the text model's " + std::to_string(text));
    }
    const bool two_axes = config.positions == PositionKind::rope_2d || config.positions == PositionKind::m_rope;
    if (two_axes && config.base.head_dim % 4 != 0) reader.fail_unsupported("head_dim", "must be a multiple of 4 for positions in two axes");
    if (config.positions == PositionKind::ape && config.hidden_size % 4 != 0) {
        reader.fail_unsupported("dit_hidden_size", "must be a multiple of 4 for pos_embed \"ape\"");
    }
    if (config.sample_size % config.patch_size != 0) reader.fail_corrupt("sample_size", "must be a multiple of patch_size");
}

}  // namespace

TransformerConfig read_transformer_config(const std::string& path) {
    const auto reader = ConfigReader::from_file(path);
    TransformerConfig config;
    config.fused = reader.one_of("model_type", {"FuseDiT", "DiT"}, "FuseDiT") == "FuseDiT";
    config.base = read_text_config(reader.object("base_config"));
    config.external_text_model = config.fused && reader.one_of("llm_weights", {"external", "embedded"}, "embedded") == "external";
    config.attention = read_attention(reader);
    config.positions = read_positions(reader);
    config.timestep = read_timestep(reader);
    config.qk_norm = reader.boolean("qk_norm", false);
    config.sandwich_norm = reader.boolean("sandwich_norm", false);
    config.hidden_size = reader.integer("dit_hidden_size", 1, max_width, config.base.hidden_size);
    config.intermediate_size = reader.integer("dit_intermediate_size", 1, max_width, config.base.intermediate_size);
    config.num_hidden_layers = reader.integer("dit_num_hidden_layers", 1, max_layers, 18);
    config.num_key_value_heads = reader.integer("dit_num_key_value_heads", 1, max_heads, config.base.num_key_value_heads);
    config.initial_layers = reader.integer("initial_layers", 0, max_layers, 0);
    config.in_channels = reader.integer("in_channels", 1, 1024, 16);
    config.patch_size = reader.integer("patch_size", 1, 64, 2);
    config.sample_size = reader.integer("sample_size", 1, 4096, 32);
    config.pos_embed_max_size = reader.integer("pos_embed_max_size", 1, 1024, 64);
    config.image_rope_theta = reader.number("image_rope_theta", 1, max_theta, config.base.default_image_rope_theta);
    config.text_hidden_size = reader.integer("text_hidden_size", 1, max_width, config.base.hidden_size);
    config.text_hidden_states_index = reader.integer("text_hidden_states_index", -max_layers - 1, max_layers, -1);
    if (reader.has("text_modulation_embeds_dim")) config.text_modulation_embeds_dim = reader.integer("text_modulation_embeds_dim", 1, max_width);
    if (reader.integer("out_channels", 1, 1024, config.in_channels) != config.in_channels) {
        reader.fail_unsupported("out_channels", "must equal in_channels");
    }
    check_geometry(reader, config);
    if (config.fused) {
        check_fused(reader, config);
        read_shared_layers(reader, config);
    } else {
        check_plain(reader, config);
    }
    return config;
}

}  // namespace inference
