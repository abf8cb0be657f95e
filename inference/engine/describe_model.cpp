// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/describe_model.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <functional>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

#include "inference/core/exception.h"
#include "inference/core/memory.h"
#include "inference/core/placement.h"
#include "inference/engine/loaded_model.h"
#include "inference/engine/memory_estimate.h"
#include "inference/engine/residency.h"
#include "inference/engine/weight_estimate.h"
#include "inference/model/autoencoder.h"
#include "inference/model/model_config.h"
#include "inference/sampling/sampler.h"
#include "inference/weights/checkpoint.h"

namespace inference {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t typical_prompt_tokens = 32;

std::int64_t elements_of(const TensorEntry& entry) {
    std::int64_t count = 1;
    for (const auto side : entry.shape) count *= side;
    return count;
}

bool starts_with(std::string_view name, std::string_view prefix) { return name.substr(0, prefix.size()) == prefix; }
bool ends_with(std::string_view name, std::string_view end) { return name.size() >= end.size() && name.substr(name.size() - end.size()) == end; }

std::int64_t file_bytes(const std::vector<std::string>& paths) {
    std::int64_t total = 0;
    for (const auto& path : paths) {
        std::error_code error;
        const auto size = fs::file_size(path, error);
        if (!error) total += static_cast<std::int64_t>(size);
    }
    return total;
}

using Chosen = std::function<bool(std::string_view name)>;

/// The tensors of `weights` that `chosen` names, as one part.
ModelPart part_of(ModelPart::Kind kind, const Checkpoint& weights, const Chosen& chosen) {
    ModelPart part;
    part.kind = kind;
    std::set<std::string> dtypes;
    for (const auto& name : weights.names()) {
        if (!chosen(name)) continue;
        const auto& entry = weights.entry(name);
        part.parameters += elements_of(entry);
        if (const auto* dtype = safetensors_dtype(entry.dtype)) dtypes.insert(dtype);
    }
    part.dtypes.assign(dtypes.begin(), dtypes.end());
    return part;
}

std::string shape_text(at::IntArrayRef shape) {
    std::ostringstream text;
    text << shape;
    return text.str();
}

/// The shape alone, as Checkpoint::load() would check it.
void require_shape(const Checkpoint& weights, const std::string& name, at::IntArrayRef shape) {
    const auto& stored = weights.entry(name).shape;
    if (at::IntArrayRef(stored) == shape) return;
    fail(ErrorCode::corrupt_file,
         weights.path_of(name) + ": tensor \"" + name + "\" is " + shape_text(stored) + " where the config asks for " + shape_text(shape));
}

/// Which of a text model's tensors run: `keys_only` layers give keys and values and nothing else.
struct TextUse {
    std::string prefix;
    std::int64_t layers = 0;
    bool last_keys_only = false;
    bool final_norm = false;

    bool operator()(std::string_view name) const {
        if (!starts_with(name, prefix)) return false;
        name.remove_prefix(prefix.size());
        if (name == "embed_tokens.weight") return true;
        if (name == "norm.weight") return final_norm;
        constexpr std::string_view layer_prefix = "layers.";
        if (!starts_with(name, layer_prefix)) return false;
        name.remove_prefix(layer_prefix.size());
        const auto dot = name.find('.');
        const auto number = name.substr(0, dot);
        if (dot == std::string_view::npos || number.empty() || number.size() > 4 ||
            !std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
            return false;
        }
        const auto layer = std::stoll(std::string(number));
        if (layer >= layers) return false;
        if (!last_keys_only || layer + 1 < layers) return true;
        const auto rest = name.substr(dot + 1);
        return rest == "input_layernorm.weight" || starts_with(rest, "self_attn.k_") || starts_with(rest, "self_attn.v_");
    }
};

void check_text_model(const Checkpoint& weights, const std::string& prefix, const TextModelConfig& text, std::int64_t layers) {
    require_shape(weights, prefix + "embed_tokens.weight", {text.vocab_size, text.hidden_size});
    if (layers < 1) return;
    const auto last = prefix + "layers." + std::to_string(layers - 1) + ".";
    require_shape(weights, last + "self_attn.k_proj.weight", {text.num_key_value_heads * text.head_dim, text.hidden_size});
}

void check_transformer(const Checkpoint& weights, const TransformerConfig& config) {
    const auto prefix = config.prefix();
    const auto D = config.hidden_size, I = config.intermediate_size, C = config.in_channels, p = config.patch_size;
    require_shape(weights, prefix + "patch_embed.proj.weight", {D, C, p, p});
    require_shape(weights, prefix + "proj_out.weight", {C * p * p, D});
    for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
        const auto layer = prefix + "layers." + std::to_string(i) + ".";
        require_shape(weights, layer + "self_attn.q_proj.weight", {config.base.num_attention_heads * config.base.head_dim, D});
        require_shape(weights, layer + "self_attn.k_proj.weight", {config.num_key_value_heads * config.base.head_dim, D});
        require_shape(weights, layer + "mlp.gate_proj.weight", {I, D});
        require_shape(weights, layer + "mlp.down_proj.weight", {D, I});
    }
}

/// Parameters of the matrices that every image token is multiplied by.
std::int64_t token_parameters(const Checkpoint& weights, const TransformerConfig& config) {
    std::int64_t total = 0;
    const auto layers = config.prefix() + "layers.";
    for (const auto& name : weights.names()) {
        if (!starts_with(name, layers)) continue;
        const bool attention =
            name.find("_attn.") != std::string::npos && ends_with(name, "_proj.weight") && name.find(".text_") == std::string::npos;
        const bool mlp = name.find(".mlp.") != std::string::npos && ends_with(name, "_proj.weight");
        if (attention || mlp) total += elements_of(weights.entry(name));
    }
    return total;
}

/// As FusedTransformer::flops() counts them.
double step_flops(const Checkpoint& weights, const TransformerConfig& config, std::int64_t rows, std::int64_t tokens, std::int64_t prompt_tokens) {
    const auto q = config.base.num_attention_heads * config.base.head_dim, patch = config.in_channels * config.patch_size * config.patch_size;
    const double token_rows = static_cast<double>(rows * tokens), keys = static_cast<double>(rows * (tokens + prompt_tokens));
    return 2.0 * token_rows * static_cast<double>(token_parameters(weights, config)) +
        4.0 * static_cast<double>(tokens) * keys * static_cast<double>(q * config.num_hidden_layers) +
        4.0 * token_rows * static_cast<double>(config.hidden_size * patch);
}

const char* name_of(AttentionKind kind) { return kind == AttentionKind::self ? "self" : "cross"; }

const char* name_of(PositionKind kind) {
    switch (kind) {
    case PositionKind::ape: return "ape";
    case PositionKind::rope_1d: return "1d-rope";
    case PositionKind::rope_2d: return "2d-rope";
    case PositionKind::m_rope: return "m-rope";
    }
    return "ape";
}

const char* name_of(TimestepKind kind) {
    switch (kind) {
    case TimestepKind::none: return "none";
    case TimestepKind::adaln_zero: return "adaln-zero";
    case TimestepKind::adaln_single: return "adaln-single";
    case TimestepKind::addition: return "addition";
    }
    return "none";
}

/// The families by their traits (text_config.h).
const char* family_of(const TextModelConfig& text) {
    if (text.qk_norm) return "Gemma 3";
    return text.sandwich_norm ? "Gemma 2" : "Gemma 1";
}

TextUse text_use(const PipelineConfig& pipeline, std::string prefix) {
    const auto& transformer = pipeline.transformer;
    if (!pipeline.text_model) return {std::move(prefix), transformer.base.num_hidden_layers, true, false};
    const auto layers = pipeline.text_model->num_hidden_layers, index = transformer.text_hidden_states_index;
    const auto run = index < 0 ? index + layers + 1 : index;
    return {std::move(prefix), run, false, run == layers};
}

ModelArchitecture architecture_of(const PipelineConfig& pipeline) {
    const auto& transformer = pipeline.transformer;
    const auto& text = pipeline.text_model ? *pipeline.text_model : transformer.base;
    ModelArchitecture architecture;
    architecture.pipeline = !transformer.fused ? "DiTPipeline" : pipeline.clip ? "FuseDiTPipelineWithCLIP" : "FuseDiTPipeline";
    architecture.attention = name_of(transformer.attention);
    architecture.positions = name_of(transformer.positions);
    architecture.timestep = name_of(transformer.timestep);
    architecture.layers = static_cast<int>(transformer.num_hidden_layers);
    architecture.width = static_cast<int>(transformer.hidden_size);
    architecture.text_family = family_of(text);
    architecture.text_layers = static_cast<int>(text_use(pipeline, {}).layers);
    architecture.text_width = static_cast<int>(text.hidden_size);
    return architecture;
}

/// "LICENSE", "LICENCE.md", "license.txt", "COPYING", or a folder "LICENSES".
std::string licence_in(const std::string& folder) {
    std::string found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        auto name = entry->path().filename().string();
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const bool licence = starts_with(name, "license") || starts_with(name, "licence") || starts_with(name, "copying");
        if (licence && (found.empty() || entry->path().string() < found)) found = entry->path().string();
    }
    return found;
}

/// Checks the decoder and encoder against the headers, tensor by tensor, on tensors without memory.
AutoencoderKl outline_of(const AutoencoderConfig& config, const Checkpoint& weights) {
    const Placement nowhere{torch::kMeta, torch::kFloat32};
    return AutoencoderKl(
        config,
        [&weights](const std::string& name, at::IntArrayRef shape) {
            if (weights.has(name)) require_shape(weights, name, shape);  // names before diffusers 0.17 are looked for on loading
            return torch::empty(shape, torch::TensorOptions().device(torch::kMeta));
        },
        nowhere);
}

/// What is there of the text model; `problem` where it is not a model that this pipeline can use.
ModelPart describe_text_model(const PipelineConfig& pipeline, const EngineConfig& config, const Checkpoint& transformer,
                              ModelDescription& description) {
    ModelPart part;
    part.kind = ModelPart::Kind::text_model;
    if (pipeline.text_model) {
        const Checkpoint weights(pipeline.path + "/llm", "model");
        const auto use = text_use(pipeline, weights.has("embed_tokens.weight") ? "" : "model.");
        check_text_model(weights, use.prefix, *pipeline.text_model, use.layers);
        part = part_of(ModelPart::Kind::text_model, weights, use);
        part.bytes_on_disk = file_bytes(weights.paths());
        return part;
    }
    if (!pipeline.transformer.external_text_model) {
        const auto use = text_use(pipeline, "llm.");
        check_text_model(transformer, use.prefix, pipeline.transformer.base, use.layers);
        return part_of(ModelPart::Kind::text_model, transformer, use);
    }
    description.text_model_path = config.text_model_path;
    try {
        const Checkpoint weights(config.text_model_path, "model");
        const auto use = text_use(pipeline, "model.");
        check_text_model(weights, use.prefix, pipeline.transformer.base, use.layers);
        part = part_of(ModelPart::Kind::text_model, weights, use);
        part.bytes_on_disk = file_bytes(weights.paths());
    } catch (const Exception& error) {
        description.problem = error.error();
    }
    return part;
}

void check_vocabulary(const PipelineConfig& pipeline, const EngineConfig& config, ModelDescription& description) {
    const auto path = tokenizer_folder(pipeline, config.text_model_path) + "/tokenizer.model";
    std::error_code ignored;
    if (description.problem || fs::exists(path, ignored)) return;
    description.problem = Error{ErrorCode::model_not_found, path + ": there is no such file"};
}

/// Operations of one picture of the first native size with the defaults: prompt, steps, decode.
double picture_flops(const PipelineConfig& pipeline, const Checkpoint& transformer, const AutoencoderKl& autoencoder,
                     const ModelDescription& description, std::int64_t text_parameters) {
    const auto& size = pipeline.native_sizes.front();
    const auto factor = pipeline.autoencoder.factor(), height = size.height / factor, width = size.width / factor;
    const auto patch = pipeline.transformer.patch_size, tokens = height * width / (patch * patch);
    const std::int64_t rows = description.default_guidance_scale > 1.0 ? 2 : 1;
    const double prompt = 2.0 * static_cast<double>(rows * typical_prompt_tokens) * static_cast<double>(text_parameters);
    return prompt +
        model_evaluations(Sampler::euler, description.default_steps) *
        step_flops(transformer, pipeline.transformer, rows, tokens, typical_prompt_tokens) +
        autoencoder.decode_flops(height, width);
}

/// As EngineCore will plan it when it loads the model.
void describe_memory(const PipelineConfig& pipeline, const EngineConfig& config, const Placement& placement, ModelDescription& description) {
    const auto weights = estimate_weights(pipeline, placement);
    description.load_bytes = config.stream_layers ? resident_bytes(weights, stream_every_layer()) : weights.total();
    description.picture_bytes = estimate_job_bytes(pipeline, placement, native_job(pipeline));
    description.least_bytes = least_bytes(weights, description.picture_bytes);
    if (!placement.on_cpu()) return;
    const auto machine = available_memory_bytes(), limit = config.memory_limit_bytes;
    description.available_bytes = limit > 0 ? std::min(machine, limit) : std::max<std::int64_t>(1, machine - load_reserve_bytes);
}

}  // namespace

ModelDescription describe_model(const EngineConfig& config, const std::stop_token& stop) {
    const auto pipeline = read_pipeline_config(config.pipeline_path);
    throw_if_stopped(stop);
    auto placement = choose_placement(config.device, config.dtype);
    placement.int8_weights = config.weights == WeightFormat::int8;
    const Checkpoint transformer(pipeline.path + "/transformer", "model");
    const Checkpoint autoencoder(pipeline.path + "/vae", "diffusion_pytorch_model");
    throw_if_stopped(stop);

    ModelDescription description;
    description.name = pipeline.name;
    description.path = pipeline.path;
    description.architecture = architecture_of(pipeline);
    description.native_sizes = pipeline.native_sizes;
    description.size_multiple = pipeline.size_multiple();
    description.image_channels = static_cast<int>(pipeline.autoencoder.image_channels);
    description.default_steps = pipeline.default_steps;
    description.default_guidance_scale = pipeline.default_guidance_scale;
    description.max_prompt_tokens = max_prompt_tokens;
    description.trained_prompt_tokens = std::min(pipeline.trained_prompt_tokens, max_prompt_tokens);
    description.licence_path = licence_in(pipeline.path);
    description.device = placement.device.str();
    description.dtype = dtype_name(placement.dtype) + std::string(placement.int8_weights ? ", int8 weights" : "");

    check_transformer(transformer, pipeline.transformer);
    const auto outline = outline_of(pipeline.autoencoder, autoencoder);
    const auto text = describe_text_model(pipeline, config, transformer, description);
    check_vocabulary(pipeline, config, description);
    description.parts.push_back(text);
    if (pipeline.clip) {
        const Checkpoint clip(pipeline.path + "/clip", "model");
        auto part = part_of(ModelPart::Kind::clip, clip, [](std::string_view name) { return !ends_with(name, "position_ids"); });
        part.bytes_on_disk = file_bytes(clip.paths());
        description.parts.push_back(part);
    }
    auto image = part_of(ModelPart::Kind::transformer, transformer, [](std::string_view name) { return !starts_with(name, "llm."); });
    image.bytes_on_disk = file_bytes(transformer.paths());
    description.parts.push_back(image);
    auto pixels = part_of(ModelPart::Kind::autoencoder, autoencoder, [](std::string_view) { return true; });
    pixels.bytes_on_disk = file_bytes(autoencoder.paths());
    description.parts.push_back(pixels);
    throw_if_stopped(stop);

    const auto& text_config = pipeline.text_model ? *pipeline.text_model : pipeline.transformer.base;
    // Of the text model's table only the rows of a prompt's tokens are ever read.
    const auto table = text.parameters > 0 ? text_config.vocab_size * text_config.hidden_size : 0;
    describe_memory(pipeline, config, placement, description);
    description.picture_flops = picture_flops(pipeline, transformer, outline, description, text.parameters - table);
    return description;
}

}  // namespace inference
