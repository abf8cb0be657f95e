// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inference {

/// An image as bytes: (height, width, channels) row-major without padding, uint8, sRGB, straight (unassociated) alpha.
/// `channels` is 3 (RGB) or 4 (RGBA).
struct PixelBuffer {
    int width = 0;
    int height = 0;
    int channels = 0;
    std::vector<std::uint8_t> bytes;

    bool empty() const noexcept { return bytes.empty(); }
    bool operator==(const PixelBuffer&) const = default;
};

}  // namespace inference
