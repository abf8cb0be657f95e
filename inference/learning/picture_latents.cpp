// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/picture_latents.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "inference/core/exception.h"
#include "inference/core/memory.h"

namespace inference {
namespace {

constexpr int max_picture_side = 16384;

/// How far two shapes are from each other, whichever is the wider.
double shape_distance(double a, double b) { return std::abs(std::log(a) - std::log(b)); }

}  // namespace

void require_picture(const PixelBuffer& pixels) {
    const bool sides = pixels.width > 0 && pixels.height > 0 && pixels.width <= max_picture_side && pixels.height <= max_picture_side;
    const bool channels = pixels.channels == 3 || pixels.channels == 4;
    const auto expected = static_cast<std::size_t>(std::max(pixels.width, 0)) * static_cast<std::size_t>(std::max(pixels.height, 0)) *
        static_cast<std::size_t>(std::max(pixels.channels, 0));
    if (sides && channels && pixels.bytes.size() == expected) return;
    fail(ErrorCode::invalid_request,
         "a picture of " + std::to_string(pixels.width) + " x " + std::to_string(pixels.height) + " with " + std::to_string(pixels.channels) +
             " channels and " + std::to_string(pixels.bytes.size()) + " bytes cannot be read");
}

ImageSize native_size_for(ImageSize size, const PipelineConfig& config) {
    const double shape = static_cast<double>(size.width) / size.height;
    return *std::min_element(config.native_sizes.begin(), config.native_sizes.end(), [&](const ImageSize& a, const ImageSize& b) {
        return shape_distance(static_cast<double>(a.width) / a.height, shape) < shape_distance(static_cast<double>(b.width) / b.height, shape);
    });
}

ImageSize training_size_for(const PixelBuffer& pixels, const PipelineConfig& config, int max_side) {
    int native = 0;
    for (const auto& size : config.native_sizes) native = std::max({native, size.width, size.height});
    const int multiple = config.size_multiple();
    const int limit = std::max(multiple, std::min(max_side, native) / multiple * multiple);
    const double scale = std::min(1.0, static_cast<double>(limit) / std::max(pixels.width, pixels.height));
    const auto fit = [&](int side) { return std::clamp(static_cast<int>(std::lround(side * scale / multiple)) * multiple, multiple, limit); };
    return {fit(pixels.width), fit(pixels.height)};
}

torch::Tensor model_pixels(const PixelBuffer& pixels, const PipelineConfig& config, ImageSize size) {
    require_picture(pixels);
    // from_blob reads only; the copy that follows is the tensor's own.
    auto* const bytes = const_cast<std::uint8_t*>(pixels.bytes.data());
    auto x = at::from_blob(bytes, {pixels.height, pixels.width, pixels.channels}, torch::kUInt8).permute({2, 0, 1}).to(torch::kFloat32) / 255.0;
    auto alpha = pixels.channels == 4 ? x.narrow(0, 3, 1) : torch::ones({1, pixels.height, pixels.width}, torch::kFloat32);
    x = at::cat({x.narrow(0, 0, 3) * alpha, alpha});
    if (pixels.width != size.width || pixels.height != size.height) {
        x = at::_upsample_bilinear2d_aa(x.unsqueeze(0), {size.height, size.width}, false)[0].clamp(0.0, 1.0);
    }
    const auto colour = x.narrow(0, 0, 3);
    alpha = x.narrow(0, 3, 1);
    switch (config.autoencoder.pixel_space) {
    case PixelSpace::rgb: x = colour + (1.0 - alpha); break;
    case PixelSpace::rgba: x = at::cat({(colour / alpha.clamp_min(1e-6)).clamp(0.0, 1.0), alpha}); break;
    case PixelSpace::rgba_premultiplied: break;
    }
    return x * 2.0 - 1.0;
}

torch::Tensor encode_pictures(const std::vector<const PixelBuffer*>& pictures, const FrozenModel& model, ImageSize size,
                              const std::stop_token& stop) {
    std::vector<torch::Tensor> pixels;
    for (const auto* picture : pictures) pixels.push_back(model_pixels(*picture, *model.config, size));
    const auto limit = std::min(AutoencoderLimits{}.max_bytes, available_memory_bytes() / 2);
    return model.autoencoder->encode(at::stack(pixels), {limit, stop});
}

}  // namespace inference
