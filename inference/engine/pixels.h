// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include "inference/api/pixel_buffer.h"
#include "inference/model/model_config.h"

namespace inference {

/// Model pixels to bytes: y = clamp((x + 1) / 2); premultiplied colour is divided by alpha where there is any, straight colour stays; round half to even of 255 y.
/// @param pixels (3 or 4, H, W) about [-1, 1].
PixelBuffer to_pixels(const torch::Tensor& pixels, PixelSpace space);

}  // namespace inference
