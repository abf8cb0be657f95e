// SPDX-License-Identifier: Apache-2.0
#include "inference/synthetic/presets.h"

#include "inference/core/exception.h"

namespace inference {
namespace {

using nlohmann::ordered_json;

ordered_json index_config(const std::string& name) {
    return {{"_class_name", "FuseDiTPipeline"},
            {"_diffusers_version", "0.32.0"},
            {"scheduler", {"diffusers", "FlowMatchEulerDiscreteScheduler"}},
            {"tokenizer", {"transformers", "GemmaTokenizer"}},
            {"transformer", {"diffusion.models", "FuseDiT"}},
            {"vae", {"diffusers", "AutoencoderKL"}},
            {"fuselight", {{"name", name}}}};
}

ordered_json scheduler_config() {
    return {{"_class_name", "FlowMatchEulerDiscreteScheduler"},
            {"_diffusers_version", "0.32.0"},
            {"num_train_timesteps", 1000},
            {"shift", 3.0},
            {"use_dynamic_shifting", false}};
}

/// What the three transformers have in common, as the reference's library writes it, and the extensions of section 13.
ordered_json transformer_config(ordered_json base, std::int64_t width, std::int64_t layers) {
    const auto text_width = base["hidden_size"], intermediate = base["intermediate_size"], kv_heads = base["num_key_value_heads"];
    return {{"architectures", {"FuseDiT"}},
            {"model_type", "FuseDiT"},
            {"attention", "self"},
            {"base_config", std::move(base)},
            {"dit_hidden_size", width},
            {"dit_intermediate_size", intermediate},
            {"dit_num_hidden_layers", layers},
            {"dit_num_key_value_heads", kv_heads},
            {"image_rope_theta", 10000.0},
            {"in_channels", 16},
            {"initial_layers", 0},
            {"out_channels", 16},
            {"patch_size", 2},
            {"pos_embed", "2d-rope"},
            {"pos_embed_max_size", 64},
            {"qk_norm", true},
            {"sample_size", 32},
            {"sandwich_norm", true},
            {"shared_attention_layers", "all"},
            {"text_hidden_size", text_width},
            {"text_hidden_states_index", -1},
            {"text_modulation_embeds_dim", nullptr},
            {"timestep_conditioning", nullptr}};
}

ordered_json autoencoder_config(ordered_json widths, int layers_per_block, int groups) {
    return {{"_class_name", "AutoencoderKL"},
            {"_diffusers_version", "0.32.0"},
            {"in_channels", 3},
            {"out_channels", 3},
            {"latent_channels", 16},
            {"block_out_channels", std::move(widths)},
            {"layers_per_block", layers_per_block},
            {"norm_num_groups", groups},
            {"act_fn", "silu"},
            {"mid_block_add_attention", true},
            {"use_quant_conv", false},
            {"use_post_quant_conv", false},
            {"scaling_factor", 1.5305},
            {"shift_factor", 0.0609}};
}

ordered_json base_config(const char* family, int hidden, int intermediate, int layers, int heads, int kv_heads, int head_dim, int vocabulary) {
    return {{"model_type", family},
            {"hidden_size", hidden},
            {"intermediate_size", intermediate},
            {"num_hidden_layers", layers},
            {"num_attention_heads", heads},
            {"num_key_value_heads", kv_heads},
            {"head_dim", head_dim},
            {"vocab_size", vocabulary},
            {"rms_norm_eps", 1e-6},
            {"rope_theta", 10000.0},
            {"max_position_embeddings", 8192},
            {"attention_bias", false},
            {"hidden_activation", "gelu_pytorch_tanh"},
            {"query_pre_attn_scalar", head_dim},
            {"bos_token_id", 2},
            {"eos_token_id", 1},
            {"pad_token_id", 0}};
}

ordered_json gemma2(ordered_json base) {
    base.update({{"sliding_window", 4096}, {"attn_logit_softcapping", 50.0}, {"final_logit_softcapping", 30.0}});
    return base;
}

ordered_json gemma3(ordered_json base) {
    base.update({{"rope_theta", 1e6}, {"rope_local_base_freq", 1e4}, {"sliding_window", 512}, {"sliding_window_pattern", 6}});
    return base;
}

/// Section 2.3, and the autoencoder of section 7. Its pictures are 512 x 512.
PipelineConfigs full() {
    auto index = index_config("Random FuseDiT, full size");
    index["fuselight"]["native_sizes"] = {{512, 512}};
    return {{"index", std::move(index)},
            {"transformer", transformer_config(gemma2(base_config("gemma2", 2304, 9216, 26, 8, 4, 256, 256000)), 2304, 26)},
            {"vae", autoencoder_config({128, 256, 512, 512}, 2, 32)},
            {"scheduler", scheduler_config()}};
}

/// Gemma 3 270M whole; its last twelve layers are shared.
PipelineConfigs midsize() {
    auto transformer = transformer_config(gemma3(base_config("gemma3_text", 640, 2048, 18, 4, 1, 256, 262144)), 1024, 12);
    transformer["dit_intermediate_size"] = 4096;
    transformer["initial_layers"] = 6;
    transformer["shared_attention_layers"] = {6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
    return {{"index", index_config("Random FuseDiT, middle size")},
            {"transformer", std::move(transformer)},
            {"vae", autoencoder_config({64, 128, 128, 128}, 1, 32)},
            {"scheduler", scheduler_config()}};
}

PipelineConfigs tiny() {
    auto transformer = transformer_config(gemma2(base_config("gemma2", 32, 48, 3, 4, 2, 16, 512)), 32, 3);
    transformer["sample_size"] = 8;
    return {{"index", index_config("Random FuseDiT, tiny")},
            {"transformer", std::move(transformer)},
            {"vae", autoencoder_config({8, 16}, 1, 4)},
            {"scheduler", scheduler_config()}};
}

}  // namespace

PipelineConfigs preset_configs(PipelinePreset preset) {
    switch (preset) {
    case PipelinePreset::full: return full();
    case PipelinePreset::midsize: return midsize();
    case PipelinePreset::tiny: return tiny();
    }
    return midsize();
}

void set_field(PipelineConfigs& configs, const std::string& field, const std::string& value) {
    const auto dot = field.find('.');
    const auto config = configs.find(field.substr(0, dot));
    ordered_json* place = config == configs.end() ? nullptr : &config->second;
    for (auto at = dot; place != nullptr && at != std::string::npos;) {
        const auto next = field.find('.', at + 1);
        const auto key = field.substr(at + 1, next == std::string::npos ? next : next - at - 1);
        const auto found = place->is_object() ? place->find(key) : place->end();
        place = found == place->end() ? nullptr : &*found;
        at = next;
    }
    if (place == nullptr || dot == std::string::npos) {
        fail(ErrorCode::invalid_request, "there is no field \"" + shortened(field) + "\"; fields are named like transformer.dit_hidden_size");
    }
    auto parsed = ordered_json::parse(value, nullptr, false);
    *place = parsed.is_discarded() ? ordered_json(value) : std::move(parsed);
}

}  // namespace inference
