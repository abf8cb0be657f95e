// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "inference/api/pixel_buffer.h"

namespace tests {

/// One colour all over, opaque.
inline inference::PixelBuffer coloured_picture(int width, int height, int channels, int red, int green, int blue) {
    inference::PixelBuffer pixels{width, height, channels, {}};
    for (int i = 0; i < width * height; ++i) {
        const std::uint8_t colour[] = {static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green), static_cast<std::uint8_t>(blue), 255};
        pixels.bytes.insert(pixels.bytes.end(), colour, colour + channels);
    }
    return pixels;
}

}  // namespace tests
