// SPDX-License-Identifier: Apache-2.0
#include "inference/model/model_config.h"

#include <filesystem>

#include "inference/api/generation_request.h"
#include "inference/core/exception.h"
#include "inference/weights/config_reader.h"

namespace inference {
namespace {

/// The language model of `llm/` must be the one that the transformer was trained on.
void check_text_model(const ConfigReader& reader, const TextModelConfig& text, const TransformerConfig& transformer) {
    if (text.hidden_size != transformer.text_hidden_size) {
        reader.fail_corrupt("hidden_size",
                            "is " + std::to_string(text.hidden_size) + " where the transformer's text_hidden_size is " +
                                std::to_string(transformer.text_hidden_size));
    }
    const auto index = transformer.text_hidden_states_index, states = text.num_hidden_layers + 1;
    if (index >= states || index < -states) {
        reader.fail_corrupt("num_hidden_layers",
                            "gives " + std::to_string(states) + " hidden states; the transformer's text_hidden_states_index is " +
                                std::to_string(index));
    }
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
    const auto read_path = [&](const char* name) { return config.config_paths.emplace_back(folder + name); };
    const auto index = ConfigReader::from_file(read_path("/model_index.json"));
    const auto pipeline = index.one_of("_class_name", {"FuseDiTPipeline", "FuseDiTPipelineWithCLIP", "DiTPipeline"});
    const auto transformer_path = read_path("/transformer/config.json");
    config.transformer = read_transformer_config(transformer_path);
    if (config.transformer.fused == (pipeline == "DiTPipeline")) {
        fail(ErrorCode::corrupt_file, transformer_path + ": model_type does not belong into a " + pipeline);
    }
    if (!config.transformer.fused) {
        const auto reader = ConfigReader::from_file(read_path("/llm/config.json"));
        config.text_model = read_text_config(reader);
        check_text_model(reader, *config.text_model, config.transformer);
    }
    if (config.transformer.uses_clip()) {
        if (pipeline != "FuseDiTPipelineWithCLIP") {
            fail(ErrorCode::unsupported_model, transformer_path + ": text_modulation_embeds_dim is set, which asks for a FuseDiTPipelineWithCLIP");
        }
        const auto path = read_path("/clip/config.json");
        config.clip = read_clip_config(path);
        if (config.clip->projection_dim != config.transformer.text_modulation_embeds_dim) {
            fail(ErrorCode::corrupt_file,
                 path + ": projection_dim is " + std::to_string(config.clip->projection_dim) + " where the transformer's " +
                     "text_modulation_embeds_dim is " + std::to_string(config.transformer.text_modulation_embeds_dim));
        }
    }
    config.autoencoder = parse_autoencoder_config(ConfigReader::from_file(read_path("/vae/config.json")));
    if (config.transformer.in_channels != config.autoencoder.latent_channels) {
        fail(ErrorCode::corrupt_file,
             transformer_path + ": in_channels is " + std::to_string(config.transformer.in_channels) +
                 " where the autoencoder's latent_channels is " + std::to_string(config.autoencoder.latent_channels));
    }
    const auto scheduler = ConfigReader::from_file(read_path("/scheduler/scheduler_config.json"));
    scheduler.one_of("_class_name", {"FlowMatchEulerDiscreteScheduler"}, "FlowMatchEulerDiscreteScheduler");
    for (const auto* field : {"use_dynamic_shifting", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "invert_sigmas"}) {
        scheduler.require(field, false, false);
    }
    if (scheduler.has("shift_terminal")) scheduler.fail_unsupported("shift_terminal", "is set; this version runs null");
    if (scheduler.integer("num_train_timesteps", 1, 1'000'000, 1000) != 1000) scheduler.fail_unsupported("num_train_timesteps", "must be 1000");
    config.scheduler_shift = scheduler.number("shift", 1e-3, 1e3, 1.0);
    read_studio_hints(index, config);
    return config;
}

}  // namespace inference
