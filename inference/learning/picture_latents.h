// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include <torch/types.h>

#include "inference/api/model_info.h"
#include "inference/api/pixel_buffer.h"
#include "inference/learning/frozen_model.h"

namespace inference {

/// Throws invalid_request unless the picture has pixels, as many as its sides say, and 3 or 4 channels.
void require_picture(const PixelBuffer& pixels);

/// The native size of the model whose shape is nearest to that of a picture of `size`.
ImageSize native_size_for(ImageSize size, const PipelineConfig& config);
inline ImageSize native_size_for(const PixelBuffer& pixels, const PipelineConfig& config) {
    return native_size_for(ImageSize{pixels.width, pixels.height}, config);
}

/// The size at which a picture is learnt from: its own shape, no side beyond `max_side` or the largest native one, multiples of what the
/// model can make.
ImageSize training_size_for(const PixelBuffer& pixels, const PipelineConfig& config, int max_side);

/// Pixels as the model was trained on them: resized in premultiplied colours with antialiasing, in the model's pixel space; what is
/// transparent lies on white where the model has no alpha. @return (channels, height, width) float32 in [-1, 1].
torch::Tensor model_pixels(const PixelBuffer& pixels, const PipelineConfig& config, ImageSize size);

/// Latents of pictures at one size, the posterior's mean. @return (B, C, h, w) float32 on the model's device.
torch::Tensor encode_pictures(const std::vector<const PixelBuffer*>& pictures, const FrozenModel& model, ImageSize size, const std::stop_token& stop);

}  // namespace inference
