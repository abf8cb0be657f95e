// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inference/api/model_info.h"
#include "inference/model/autoencoder_config.h"
#include "inference/model/clip_config.h"
#include "inference/model/text_config.h"
#include "inference/model/transformer_config.h"

namespace inference {

/// Everything a pipeline directory says about itself.
struct PipelineConfig {
    std::string path;
    std::string name;
    std::vector<ImageSize> native_sizes;
    int default_steps = 28;  ///< the reference pipeline's, as is the next
    double default_guidance_scale = 7.0;
    int trained_prompt_tokens = 256;
    double scheduler_shift = 3.0;
    TransformerConfig transformer;
    std::optional<TextModelConfig> text_model;  ///< of `llm/`, beside a transformer of class DiT
    std::optional<ClipTextConfig> clip;         ///< of `clip/`, where the transformer listens to it
    AutoencoderConfig autoencoder;
    std::vector<std::string> config_paths;  ///< the JSON files read, for the model's identity

    /// Width and height are multiples of this many pixels.
    int size_multiple() const { return static_cast<int>(transformer.patch_size * autoencoder.factor()); }
};

/// Reads and checks model_index.json and the configs it needs: pipelines of the classes FuseDiTPipeline, FuseDiTPipelineWithCLIP and
/// DiTPipeline. Absent fields take the reference's defaults, unknown ones are ignored.
/// Throws model_not_found, corrupt_file (wrong type or out of bounds), unsupported_model; each names file and field.
PipelineConfig read_pipeline_config(const std::string& folder);

}  // namespace inference
