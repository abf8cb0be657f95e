// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace inference {

struct ImageSize {
    int width = 0;   ///< pixels
    int height = 0;  ///< pixels

    bool operator==(const ImageSize&) const = default;
};

/// What a front end needs to know about a loaded model. Immutable once the model is loaded.
struct ModelInfo {
    std::string id;                       ///< SHA-256 (hex) over the weights and configs of pipeline and text model: the model's identity
    std::string name;                     ///< shown to the user
    std::string path;                     ///< pipeline directory
    std::vector<ImageSize> native_sizes;  ///< at least one; the first is the default
    int size_multiple = 1;                ///< width and height must be multiples of this many pixels
    int image_channels = 3;               ///< 3, or 4 when the model draws alpha
    int latent_channels = 0;
    int default_steps = 25;
    double default_guidance_scale = 3.0;
    int max_prompt_tokens = 256;      ///< tokens with BOS; text beyond is cut
    int trained_prompt_tokens = 256;  ///< tokens with BOS the model saw in training; beyond, it obeys less
    std::int64_t parameters = 0;      ///< of transformer, text model (as used) and autoencoder together
    std::int64_t weights_bytes = 0;   ///< of weights that stay in memory
    std::string device;               ///< "cpu" or "cuda:0"
    std::string dtype;                ///< what `automatic` means here: "float32" or "bfloat16"; "..., int8 weights" where they are narrower

    bool operator==(const ModelInfo&) const = default;
};

}  // namespace inference
