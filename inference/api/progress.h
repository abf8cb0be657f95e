// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "inference/api/pixel_buffer.h"

namespace inference {

/// Sent after each sampler step, on the thread that called Engine::generate.
struct StepProgress {
    int first_image = 0;                ///< index of the first image of the batch under way
    int batch_size = 0;                 ///< images in this batch
    int step = 0;                       ///< steps done in this batch, 1 to num_steps
    int num_steps = 0;                  ///< steps of each batch
    int num_images = 0;                 ///< images of the whole request
    double fraction = 0.0;              ///< of the whole request, 0 to 1
    double elapsed_ms = 0.0;            ///< since generate began
    double remaining_ms = 0.0;          ///< estimate for the rest of the request
    std::vector<PixelBuffer> previews;  ///< clean-latents estimates decoded, one an image of the batch (its best candidate so far); usually empty

    bool operator==(const StepProgress&) const = default;
};

/// Sent while a model loads.
struct LoadProgress {
    double fraction = 0.0;  ///< 0 to 1
    bool operator==(const LoadProgress&) const = default;
};

}  // namespace inference
