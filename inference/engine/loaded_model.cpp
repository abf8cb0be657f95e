// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/loaded_model.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "inference/core/exception.h"
#include "inference/model/context_encoder.h"
#include "inference/model/text_model.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/file_hash.h"

namespace inference {
namespace {

constexpr int clip_tokens = 77;

template <typename T> T value_of(Result<T> result) {
    if (!result) throw Exception(result.error().code, result.error().detail);
    return *std::move(result);
}

/// Of a share of the work, so a file that cannot be asked counts nothing.
double size_of(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? 0.0 : static_cast<double>(size);
}

bool is_there(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

std::unique_ptr<SentencePieceTokenizer> open_tokenizer(const PipelineConfig& config, const std::string& text_model_path) {
    const auto path = tokenizer_folder(config, text_model_path) + "/tokenizer.model";
    auto tokenizer = value_of(SentencePieceTokenizer::open(path));
    const auto vocabulary = (config.text_model ? *config.text_model : config.transformer.base).vocab_size;
    if (tokenizer->vocabulary_size() > vocabulary) {
        fail(ErrorCode::corrupt_file, path + ": has more pieces than the text model (" + std::to_string(vocabulary) + ")");
    }
    return tokenizer;
}

std::unique_ptr<PromptEncoder> load_text(const PipelineConfig& config, const std::string& text_model_path, const Checkpoint& transformer,
                                         const Placement& placement, const LayerLoading& loading) {
    if (config.text_model) {
        const Checkpoint weights(config.path + "/llm", "model");
        // Saved as a bare model the names have no prefix, saved with its language head they have one.
        const std::string prefix = weights.has("embed_tokens.weight") ? "" : "model.";
        return std::make_unique<ContextEncoder>(config.transformer, *config.text_model, TextWeights{weights, prefix}, transformer, placement,
                                                loading);
    }
    if (!config.transformer.external_text_model) {
        return std::make_unique<TextModel>(config.transformer, TextWeights{transformer, "llm."}, placement, loading);
    }
    const Checkpoint weights(text_model_path, "model");
    return std::make_unique<TextModel>(config.transformer, TextWeights{weights, "model.", true}, placement, loading);
}

LoadedClip load_clip(const PipelineConfig& config, const Placement& placement) {
    LoadedClip clip;
    clip.tokenizer = value_of(ClipTokenizer::open(config.path + "/clip_tokenizer"));
    clip.model = std::make_unique<ClipTextModel>(*config.clip, Checkpoint(config.path + "/clip", "model"), placement);
    clip.max_tokens = static_cast<int>(std::min<std::int64_t>(clip_tokens, config.clip->max_position_embeddings));
    return clip;
}

std::vector<std::string> weight_files(const std::string& folder, const std::string& stem) { return Checkpoint(folder, stem).paths(); }

}  // namespace

std::string tokenizer_folder(const PipelineConfig& config, const std::string& text_model_path) {
    const auto own = config.path + "/tokenizer";
    return config.transformer.external_text_model && !is_there(own + "/tokenizer.model") ? text_model_path : own;
}

LoadedModel load_model(const PipelineConfig& config, const std::string& text_model_path, const Placement& placement, const Residency& residency,
                       const std::function<void(double)>& on_fraction, const std::stop_token& stop) {
    const auto reached = [&](double fraction) {
        throw_if_stopped(stop);
        if (on_fraction) on_fraction(fraction);
    };
    const auto within = [&](double first, double last) { return [=, &reached](double fraction) { reached(first + fraction * (last - first)); }; };
    LoadedModel model;
    model.config = config;
    model.placement = placement;
    reached(0.0);
    const Checkpoint transformer(config.path + "/transformer", "model");
    const Checkpoint autoencoder(config.path + "/vae", "diffusion_pytorch_model");
    model.tokenizer = open_tokenizer(config, text_model_path);
    reached(0.1);
    model.text = load_text(config, text_model_path, transformer, placement, {residency.text_layers, within(0.1, 0.5)});
    if (config.clip) model.clip = load_clip(config, placement);
    reached(0.5);
    model.transformer =
        std::make_unique<FusedTransformer>(config.transformer, transformer, placement, LayerLoading{residency.transformer_layers, within(0.5, 0.95)});
    reached(0.95);
    model.autoencoder = std::make_unique<AutoencoderKl>(config.autoencoder, autoencoder, placement);
    reached(1.0);
    return model;
}

std::string model_identity(const PipelineConfig& config, const std::string& text_model_path, const std::string& cache_path,
                           const std::stop_token& stop, const std::function<void(double)>& on_fraction) {
    namespace fs = std::filesystem;
    std::vector<std::pair<std::string, std::string>> files;  // name for the hash, path
    const auto add = [&](const std::string& label, const std::string& folder, const std::string& path) {
        files.emplace_back(label + "/" + fs::path(path).lexically_relative(folder).generic_string(), path);
    };
    for (const auto& path : config.config_paths) add("pipeline", config.path, path);
    for (const auto& path : weight_files(config.path + "/transformer", "model")) add("pipeline", config.path, path);
    for (const auto& path : weight_files(config.path + "/vae", "diffusion_pytorch_model")) add("pipeline", config.path, path);
    if (config.transformer.external_text_model) {
        for (const auto& path : weight_files(text_model_path, "model")) add("text", text_model_path, path);
    }
    if (config.text_model) {
        for (const auto& path : weight_files(config.path + "/llm", "model")) add("pipeline", config.path, path);
    }
    if (config.clip) {
        for (const auto& path : weight_files(config.path + "/clip", "model")) add("pipeline", config.path, path);
        for (const auto* name : {"/clip_tokenizer/vocab.json", "/clip_tokenizer/merges.txt"}) add("pipeline", config.path, config.path + name);
    }
    const auto tokenizer = tokenizer_folder(config, text_model_path);
    const bool own = tokenizer != text_model_path;
    add(own ? "pipeline" : "text", own ? config.path : text_model_path, tokenizer + "/tokenizer.model");
    if (const auto added = tokenizer + "/tokenizer_config.json"; is_there(added))
        add(own ? "pipeline" : "text", own ? config.path : text_model_path, added);
    FileHashCache cache(cache_path);
    double total = 1.0, done = 0.0;
    for (const auto& [name, path] : files) total += size_of(path);
    std::string listing;
    for (const auto& [name, path] : files) {
        const auto report = [&](std::size_t bytes) {
            if (on_fraction) on_fraction((done + static_cast<double>(bytes)) / total);
        };
        listing += name + " " + cache.sha256(path, stop, report) + "\n";
        done += size_of(path);
        report(0);
    }
    cache.save();
    return sha256_of_text(listing);
}

}  // namespace inference
