// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/pixels.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace inference {
namespace {

float unit(float x) { return std::isnan(x) ? 0.0f : (std::clamp(x, -1.0f, 1.0f) + 1.0f) / 2.0f; }

std::uint8_t to_byte(float y) { return static_cast<std::uint8_t>(std::nearbyintf(std::clamp(y, 0.0f, 1.0f) * 255.0f)); }

}  // namespace

PixelBuffer to_pixels(const torch::Tensor& pixels, PixelSpace space) {
    TORCH_CHECK(pixels.dim() == 3 && pixels.size(0) == (space == PixelSpace::rgb ? 3 : 4), "to_pixels: expected (channels, H, W), got ",
                pixels.sizes());
    const auto source = pixels.to(torch::kCPU, torch::kFloat32).contiguous();
    PixelBuffer result;
    result.channels = static_cast<int>(source.size(0));
    result.height = static_cast<int>(source.size(1));
    result.width = static_cast<int>(source.size(2));
    const auto area = static_cast<std::size_t>(source.size(1) * source.size(2));
    const auto channels = static_cast<std::size_t>(result.channels);
    result.bytes.resize(area * channels);
    const float* const x = source.const_data_ptr<float>();
    for (std::size_t i = 0; i < area; ++i) {
        auto* const out = result.bytes.data() + i * channels;
        const float alpha = channels == 4 ? unit(x[3 * area + i]) : 1.0f;
        for (std::size_t c = 0; c < 3; ++c) {
            const float y = unit(x[c * area + i]);
            if (space == PixelSpace::rgba_premultiplied) out[c] = alpha > 0.0f ? to_byte(y / std::max(alpha, 1e-6f)) : std::uint8_t{0};
            else out[c] = to_byte(y);
        }
        if (channels == 4) out[3] = to_byte(alpha);
    }
    return result;
}

}  // namespace inference
