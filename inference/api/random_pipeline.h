// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "inference/api/result.h"

namespace inference {

/// The configs that a random pipeline starts from.
enum class PipelinePreset {
    full,     ///< the published FuseDiT: 2.0 billion parameters beside Gemma 2 2B, Stable Diffusion 3's autoencoder
    midsize,  ///< width 1024, 12 layers beside Gemma 3 270M, 256 x 256, a small autoencoder
    tiny,     ///< draws in milliseconds
};

/// The number format of weights in a file.
enum class StorageFormat { float32, bfloat16, float16 };

struct RandomPipelineOptions {
    std::string folder;          ///< absent or empty; what was written is removed again when it cannot be finished
    std::string tokenizer_path;  ///< tokenizer.model, copied; may have fewer pieces than the text model has rows
    PipelinePreset preset = PipelinePreset::midsize;
    StorageFormat format = StorageFormat::bfloat16;
    std::uint64_t seed = 0;
    std::int64_t max_shard_bytes = 5'000'000'000;  ///< as transformers cuts them
    /// Fields of the preset's configs and their JSON values: {"transformer.base_config.num_hidden_layers", "4"}, {"vae.latent_channels", "8"}.
    std::vector<std::pair<std::string, std::string>> fields;
};

struct RandomPipelineSummary {
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;          ///< of weights
    std::vector<std::string> files;  ///< of weights, paths

    bool operator==(const RandomPipelineSummary&) const = default;
};

const char* to_string(PipelinePreset preset) noexcept;
Result<PipelinePreset> parse_pipeline_preset(const std::string& text);
const char* to_string(StorageFormat format) noexcept;
Result<StorageFormat> parse_storage_format(const std::string& text);

}  // namespace inference
