// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "inference/api/pixel_buffer.h"

namespace tests {

/// One colour all over, opaque.
inline inference::PixelBuffer coloured_picture(int width, int height, int channels, int red, int green, int blue) {
    inference::PixelBuffer pixels{width, height, channels, {}};
    const int colour[] = {red, green, blue, 255};
    for (int i = 0; i < width * height * channels; ++i) pixels.bytes.push_back(static_cast<std::uint8_t>(colour[i % channels]));
    return pixels;
}

}  // namespace tests
