// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/loaded_model.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "inference/core/exception.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/file_hash.h"

namespace inference {
namespace {

std::unique_ptr<SentencePieceTokenizer> open_tokenizer(const PipelineConfig& config, const std::string& text_model_path) {
    const std::string path =
        config.transformer.external_text_model ? text_model_path + "/tokenizer.model" : config.path + "/tokenizer/tokenizer.model";
    auto tokenizer = SentencePieceTokenizer::open(path);
    if (!tokenizer) throw Exception(tokenizer.error().code, tokenizer.error().detail);
    if ((*tokenizer)->vocabulary_size() > config.transformer.base.vocab_size) {
        fail(ErrorCode::corrupt_file, path + ": has more pieces than the text model (" + std::to_string(config.transformer.base.vocab_size) + ")");
    }
    return *std::move(tokenizer);
}

std::vector<std::string> weight_files(const std::string& folder, const std::string& stem) { return Checkpoint(folder, stem).paths(); }

}  // namespace

LoadedModel load_model(const PipelineConfig& config, const std::string& text_model_path, const Placement& placement,
                       const std::function<void(double)>& on_fraction, const std::stop_token& stop) {
    const auto reached = [&](double fraction) {
        throw_if_stopped(stop);
        if (on_fraction) on_fraction(fraction);
    };
    LoadedModel model;
    model.config = config;
    model.placement = placement;
    reached(0.0);
    const Checkpoint transformer(config.path + "/transformer", "model");
    const Checkpoint autoencoder(config.path + "/vae", "diffusion_pytorch_model");
    model.tokenizer = open_tokenizer(config, text_model_path);
    reached(0.3);
    const auto first_shared = config.transformer.initial_layers;
    if (config.transformer.external_text_model) {
        const Checkpoint text(text_model_path, "model");
        model.text = std::make_unique<TextModel>(config.transformer.base, first_shared, text, "model.", placement);
    } else {
        model.text = std::make_unique<TextModel>(config.transformer.base, first_shared, transformer, "llm.", placement);
    }
    reached(0.6);
    model.transformer = std::make_unique<FusedTransformer>(config.transformer, transformer, placement);
    reached(0.9);
    model.autoencoder = std::make_unique<AutoencoderKl>(config.autoencoder, autoencoder, placement);
    reached(1.0);
    return model;
}

std::string model_identity(const PipelineConfig& config, const std::string& text_model_path, const std::string& cache_path,
                           const std::stop_token& stop) {
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
        add("text", text_model_path, text_model_path + "/tokenizer.model");
    } else {
        add("pipeline", config.path, config.path + "/tokenizer/tokenizer.model");
    }
    FileHashCache cache(cache_path);
    std::string listing;
    for (const auto& [name, path] : files) listing += name + " " + cache.sha256(path, stop) + "\n";
    cache.save();
    return sha256_of_text(listing);
}

}  // namespace inference
