// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "inference/core/placement.h"
#include "inference/engine/residency.h"
#include "inference/model/autoencoder.h"
#include "inference/model/clip_text_model.h"
#include "inference/model/fused_transformer.h"
#include "inference/model/model_config.h"
#include "inference/model/prompt_encoder.h"
#include "inference/tokenizer/clip_tokenizer.h"
#include "inference/tokenizer/prompt_tokenizer.h"

namespace inference {

inline constexpr int max_prompt_tokens = 256;  ///< the reference's limit, with BOS

/// The CLIP text encoder of a FuseDiTPipelineWithCLIP.
struct LoadedClip {
    std::shared_ptr<ClipTokenizer> tokenizer;
    std::shared_ptr<ClipTextModel> model;
    int max_tokens = 77;
};

/// A pipeline and its text model in one number format on one device. Copies share the parts, so a training session keeps those it began with
/// when a request of another format makes the engine load them anew.
struct LoadedModel {
    PipelineConfig config;
    Placement placement;
    std::shared_ptr<SentencePieceTokenizer> tokenizer;
    std::shared_ptr<PromptEncoder> text;
    std::optional<LoadedClip> clip;
    std::shared_ptr<FusedTransformer> transformer;
    std::shared_ptr<AutoencoderKl> autoencoder;

    std::int64_t parameters() const {
        return text->parameters() + (clip ? clip->model->parameters() : 0) + transformer->parameters() + autoencoder->parameters();
    }
};

/// Reads everything; reports a fraction from 0 to 1 and polls `stop` between the parts.
/// @param text_model_path  folder with config.json, model.safetensors and tokenizer.model; read only where the pipeline does not hold them.
/// Throws model_not_found, corrupt_file, unsupported_model, cancelled.
LoadedModel load_model(const PipelineConfig& config, const std::string& text_model_path, const Placement& placement, const Residency& residency,
                       const std::function<void(double)>& on_fraction, const std::stop_token& stop);

/// The model's identity: SHA-256 over the hashes of all its weight and config files under names that do not depend on where they lie.
/// @param cache_path  see FileHashCache. @param on_fraction  of the bytes, 0 to 1, about every megabyte; may be empty.
std::string model_identity(const PipelineConfig& config, const std::string& text_model_path, const std::string& cache_path,
                           const std::stop_token& stop, const std::function<void(double)>& on_fraction = {});

/// Where the vocabulary lies: a pipeline with an external text model may leave it to that.
std::string tokenizer_folder(const PipelineConfig& config, const std::string& text_model_path);

}  // namespace inference
