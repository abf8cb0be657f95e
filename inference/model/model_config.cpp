// SPDX-License-Identifier: Apache-2.0
#include "inference/model/model_config.h"

#include <filesystem>

#include "inference/api/generation_request.h"
#include "inference/core/exception.h"
#include "inference/weights/config_reader.h"

namespace inference {
namespace {

// Bounds far above any published model: they keep a hostile number from becoming an allocation or an overflow.
constexpr std::int64_t max_width = 65536;
constexpr std::int64_t max_layers = 512;
constexpr std::int64_t max_heads = 256;
constexpr std::int64_t max_vocabulary = 4'000'000;
constexpr double max_theta = 1e9;

/// Which layers see the whole text: `layer_types`, else every n-th by `sliding_window_pattern` (6 when neither is there).
std::vector<bool> read_full_attention(const ConfigReader& base, std::int64_t layers) {
    std::vector<bool> full;
    if (base.has("layer_types")) {
        const auto& types = base.raw("layer_types");
        if (!types.is_array() || types.size() < static_cast<std::size_t>(layers)) base.fail_corrupt("layer_types", "must name every layer");
        for (std::int64_t i = 0; i < layers; ++i) {
            const auto& type = types[static_cast<std::size_t>(i)];
            if (type != "full_attention" && type != "sliding_attention") base.fail_unsupported("layer_types", "holds " + type.dump());
            full.push_back(type == "full_attention");
        }
        return full;
    }
    const auto older = base.integer("_sliding_window_pattern", 1, max_layers, 6);
    const auto pattern = base.integer("sliding_window_pattern", 1, max_layers, older);
    for (std::int64_t i = 0; i < layers; ++i) full.push_back((i + 1) % pattern == 0);
    return full;
}

void read_rope_thetas(const ConfigReader& base, TextModelConfig& config) {
    if (base.has("rope_parameters")) {
        const auto parameters = base.object("rope_parameters");
        config.rope_theta = parameters.object("full_attention").number("rope_theta", 1, max_theta, 1'000'000.0);
        config.local_rope_theta = parameters.object("sliding_attention").number("rope_theta", 1, max_theta, 10'000.0);
        return;
    }
    config.rope_theta = base.number("rope_theta", 1, max_theta, 1'000'000.0);
    config.local_rope_theta = base.number("rope_local_base_freq", 1, max_theta, 10'000.0);
}

TextModelConfig read_text_config(const ConfigReader& base) {
    base.one_of("model_type", {"gemma3_text"});
    base.require("attention_bias", false, false);
    base.one_of("hidden_activation", {"gelu_pytorch_tanh"}, "gelu_pytorch_tanh");
    TextModelConfig config;
    config.hidden_size = base.integer("hidden_size", 1, max_width);
    config.intermediate_size = base.integer("intermediate_size", 1, max_width);
    config.num_hidden_layers = base.integer("num_hidden_layers", 1, max_layers);
    config.num_attention_heads = base.integer("num_attention_heads", 1, max_heads);
    config.num_key_value_heads = base.integer("num_key_value_heads", 1, max_heads);
    config.head_dim = base.integer("head_dim", 1, 1024);
    config.vocab_size = base.integer("vocab_size", 1, max_vocabulary);
    config.rms_norm_eps = base.number("rms_norm_eps", 0, 1, 1e-6);
    config.sliding_window = base.integer("sliding_window", 1, 1 << 24, 512);
    if (config.num_attention_heads % config.num_key_value_heads != 0) {
        base.fail_corrupt("num_attention_heads", "must be a multiple of num_key_value_heads");
    }
    if (config.head_dim % 4 != 0) base.fail_unsupported("head_dim", "must be a multiple of 4 for 2d-rope");
    read_rope_thetas(base, config);
    config.full_attention = read_full_attention(base, config.num_hidden_layers);
    return config;
}

/// The shared layers must be one run that starts after the initial layers, ends at the last text layer and matches the transformer's depth:
/// other lists cannot run in the reference either.
void check_shared_layers(const ConfigReader& reader, const TransformerConfig& config) {
    const auto count = config.base.num_hidden_layers - config.initial_layers;
    if (count != config.num_hidden_layers) {
        reader.fail_unsupported("dit_num_hidden_layers", "is " + std::to_string(config.num_hidden_layers) + " beside " + std::to_string(count) +
                                                             " shared text layers; this version runs models where they agree");
    }
    if (!reader.has("shared_attention_layers")) return;
    const auto& shared = reader.raw("shared_attention_layers");
    if (shared.is_string()) {
        reader.one_of("shared_attention_layers", {"all"});
        return;
    }
    const auto layers = reader.integers("shared_attention_layers", 0, max_layers, max_layers);
    bool contiguous = static_cast<std::int64_t>(layers.size()) == count;
    for (std::size_t i = 0; contiguous && i < layers.size(); ++i) contiguous = layers[i] == config.initial_layers + static_cast<std::int64_t>(i);
    if (!contiguous) reader.fail_unsupported("shared_attention_layers", "must be the run from initial_layers to the last text layer");
}

TransformerConfig read_transformer_config(const std::string& path) {
    const auto reader = ConfigReader::from_file(path);
    reader.one_of("model_type", {"FuseDiT"}, "FuseDiT");
    reader.one_of("attention", {"self"}, "self");
    reader.one_of("pos_embed", {"2d-rope"}, "1d-rope");
    reader.require("qk_norm", true, false);
    reader.require("sandwich_norm", true, false);
    if (!reader.contains("timestep_conditioning")) {  // absent and null are different things for this field
        reader.fail_unsupported("timestep_conditioning", "is absent, which means adaln-zero; this version runs null");
    }
    if (reader.has("timestep_conditioning")) {
        reader.fail_unsupported("timestep_conditioning", "is " + reader.raw("timestep_conditioning").dump() + "; this version runs null");
    }
    if (reader.has("text_modulation_embeds_dim")) reader.fail_unsupported("text_modulation_embeds_dim", "is set; this version runs null");

    TransformerConfig config;
    config.base = read_text_config(reader.object("base_config"));
    config.external_text_model = reader.one_of("llm_weights", {"external", "embedded"}, "embedded") == "external";
    config.hidden_size = reader.integer("dit_hidden_size", 1, max_width, config.base.hidden_size);
    config.intermediate_size = reader.integer("dit_intermediate_size", 1, max_width, config.base.intermediate_size);
    config.num_hidden_layers = reader.integer("dit_num_hidden_layers", 1, max_layers, 18);
    config.initial_layers = reader.integer("initial_layers", 0, max_layers, 0);
    config.in_channels = reader.integer("in_channels", 1, 1024, 16);
    config.patch_size = reader.integer("patch_size", 1, 64, 2);
    config.sample_size = reader.integer("sample_size", 1, 4096, 32);
    config.image_rope_theta = reader.number("image_rope_theta", 1, max_theta, 10'000.0);
    if (reader.integer("out_channels", 1, 1024, config.in_channels) != config.in_channels) {
        reader.fail_unsupported("out_channels", "must equal in_channels");
    }
    if (config.sample_size % config.patch_size != 0) reader.fail_corrupt("sample_size", "must be a multiple of patch_size");
    check_shared_layers(reader, config);
    return config;
}

/// Fuselight's own additions to model_index.json; a published pipeline has none, then the size follows from the transformer.
void read_studio_hints(const ConfigReader& index, PipelineConfig& config) {
    const auto native = static_cast<int>(config.transformer.sample_size * config.autoencoder.factor());
    config.native_sizes = {{native, native}};
    config.name = std::filesystem::path(config.path).filename().string();
    if (!index.has("fuselight")) return;
    const auto hints = index.object("fuselight");
    config.name = hints.text("name", config.name);
    config.default_steps = static_cast<int>(hints.integer("default_steps", 1, RequestLimits::max_steps, config.default_steps));
    config.default_guidance_scale = hints.number("default_guidance_scale", 0, RequestLimits::max_guidance, config.default_guidance_scale);
    config.trained_prompt_tokens = static_cast<int>(hints.integer("trained_prompt_tokens", 1, 1 << 20, config.trained_prompt_tokens));
    if (!hints.has("native_sizes")) return;
    const auto& sizes = hints.raw("native_sizes");
    if (!sizes.is_array() || sizes.empty() || sizes.size() > 64) hints.fail_corrupt("native_sizes", "must be a list of [width, height]");
    config.native_sizes.clear();
    for (const auto& size : sizes) {
        const bool pair = size.is_array() && size.size() == 2 && size[0].is_number_integer() && size[1].is_number_integer();
        if (!pair) hints.fail_corrupt("native_sizes", "must be a list of [width, height]");
        const auto width = size[0].get<std::int64_t>(), height = size[1].get<std::int64_t>();
        const auto fits = [&](std::int64_t side) { return side > 0 && side <= RequestLimits::max_side && side % config.size_multiple() == 0; };
        if (!fits(width) || !fits(height)) hints.fail_corrupt("native_sizes", "holds a size this model cannot make");
        config.native_sizes.push_back({static_cast<int>(width), static_cast<int>(height)});
    }
}

}  // namespace

PipelineConfig read_pipeline_config(const std::string& folder) {
    PipelineConfig config;
    config.path = folder;
    const auto index_path = folder + "/model_index.json", transformer_path = folder + "/transformer/config.json",
               autoencoder_path = folder + "/vae/config.json", scheduler_path = folder + "/scheduler/scheduler_config.json";
    config.config_paths = {index_path, transformer_path, autoencoder_path, scheduler_path};
    const auto index = ConfigReader::from_file(index_path);
    index.one_of("_class_name", {"FuseDiTPipeline"});
    config.transformer = read_transformer_config(transformer_path);
    config.autoencoder = parse_autoencoder_config(ConfigReader::from_file(autoencoder_path));
    if (config.transformer.in_channels != config.autoencoder.latent_channels) {
        fail(ErrorCode::corrupt_file, folder + ": the transformer's in_channels (" + std::to_string(config.transformer.in_channels) +
                                          ") and the autoencoder's latent_channels (" + std::to_string(config.autoencoder.latent_channels) + ") differ");
    }
    const auto scheduler = ConfigReader::from_file(scheduler_path);
    scheduler.one_of("_class_name", {"FlowMatchEulerDiscreteScheduler"}, "FlowMatchEulerDiscreteScheduler");
    for (const auto* flag : {"use_dynamic_shifting", "invert_sigmas", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"}) {
        scheduler.require(flag, false, false);
    }
    if (scheduler.has("shift_terminal")) scheduler.fail_unsupported("shift_terminal", "is set; this version runs null");
    if (scheduler.integer("num_train_timesteps", 1, 1'000'000, 1000) != 1000) scheduler.fail_unsupported("num_train_timesteps", "must be 1000");
    config.scheduler_shift = scheduler.number("shift", 1e-3, 1e3, 1.0);
    read_studio_hints(index, config);
    return config;
}

}  // namespace inference
