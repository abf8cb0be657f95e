// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/preview.h"

#include <algorithm>
#include <filesystem>
#include <random>

#include <ATen/Functions.h>

#include "inference/core/exception.h"
#include "inference/weights/safetensors.h"

namespace inference {
namespace {

constexpr std::int64_t num_drawings = 12;
constexpr std::int64_t latents_a_side = 16;
constexpr int shapes_a_drawing = 5;
/// A linear fit leaves solid parts a little transparent; this much more contrast makes them solid again.
constexpr double alpha_contrast = 1.25;

/// Random ellipses and boxes on plain or empty grounds: (num_drawings, channels, side, side) in [-1, 1], premultiplied where there is alpha.
torch::Tensor training_drawings(std::int64_t channels, std::int64_t side) {
    std::mt19937 random(20240607);
    const auto uniform = [&](double low, double high) { return low + (high - low) * static_cast<double>(random()) / 4294967296.0; };
    auto drawings = torch::zeros({num_drawings, 4, side, side});
    const auto axis = at::arange(side, torch::kFloat32);
    const auto y = axis.unsqueeze(1), x = axis.unsqueeze(0);
    const auto extent = static_cast<double>(side);
    const auto paint = [&](torch::Tensor canvas, const torch::Tensor& cover) {
        for (std::int64_t c = 0; c < 4; ++c) {
            const double value = c == 3 ? 1.0 : uniform(0, 1);
            canvas[c].copy_(canvas[c] * (1 - cover) + cover * value);
        }
    };
    for (std::int64_t i = 0; i < num_drawings; ++i) {
        if (channels == 3 || i % 3 == 0) paint(drawings[i], torch::ones({side, side}));
        for (int s = 0; s < shapes_a_drawing; ++s) {
            const double cx = uniform(0.2, 0.8) * extent, cy = uniform(0.2, 0.8) * extent, rx = uniform(0.06, 0.4) * extent,
                         ry = uniform(0.06, 0.4) * extent;
            const auto dx = ((x - cx) / rx).abs(), dy = ((y - cy) / ry).abs();
            const auto distance = s % 2 == 0 ? at::sqrt(dx * dx + dy * dy) : at::max(dx.expand({side, side}), dy.expand({side, side}));
            paint(drawings[i], ((1 - distance) * std::min(rx, ry) + 0.5).clamp(0, 1));
        }
    }
    return drawings.narrow(1, 0, channels) * 2 - 1;
}

}  // namespace

LatentPreview::LatentPreview(const AutoencoderKl& autoencoder, const AutoencoderConfig& config, const std::string& model_id,
                             const std::string& cache_path) :
    factor_(config.factor()) {
    const auto C = config.latent_channels, outputs = config.image_channels * factor_ * factor_;
    const std::string file = cache_path.empty() ? std::string() : cache_path + "/preview-" + model_id + ".safetensors";
    if (std::error_code ignored; !file.empty() && std::filesystem::exists(file, ignored)) {
        try {
            const SafetensorsFile cached(file);
            const auto weight = cached.read("weight"), bias = cached.read("bias");
            if (weight.sizes() == at::IntArrayRef({outputs, C, 3, 3}) && bias.sizes() == at::IntArrayRef({outputs})) {
                weight_ = weight.to(torch::kFloat32).clone();
                bias_ = bias.to(torch::kFloat32).clone();
                return;
            }
        } catch (const Exception&) {
            // A damaged cache is made anew.
        }
    }
    const auto drawings = training_drawings(config.image_channels, latents_a_side * factor_);
    std::vector<torch::Tensor> encoded;  // one at a time: the peak stays that of one small picture
    for (const auto& drawing : drawings.split(1)) encoded.push_back(autoencoder.encode(drawing).to(torch::kCPU));
    const auto latents = at::cat(encoded);
    const auto features = at::im2col(latents, {3, 3}, {1, 1}, {1, 1}, {1, 1}).transpose(1, 2).reshape({-1, C * 9});
    const auto inputs = at::cat({features, torch::ones({features.size(0), 1})}, 1).to(torch::kFloat64);
    const auto targets = at::pixel_unshuffle(drawings, factor_).permute({0, 2, 3, 1}).reshape({-1, outputs}).to(torch::kFloat64);
    // Ridge regression through the normal equations.
    auto normal = at::mm(inputs.t(), inputs);
    normal.diagonal().add_(1e-3 * normal.diagonal().mean().item<double>());
    const auto solution = at::linalg_solve(normal, at::mm(inputs.t(), targets)).to(torch::kFloat32);
    weight_ = solution.narrow(0, 0, C * 9).t().reshape({outputs, C, 3, 3}).contiguous();
    bias_ = solution[C * 9].contiguous();
    if (file.empty()) return;
    try {
        std::filesystem::create_directories(cache_path);
        write_safetensors(file, {{"weight", weight_}, {"bias", bias_}});
    } catch (const std::exception&) {
        // The next start fits again.
    }
}

torch::Tensor LatentPreview::decode(const torch::Tensor& latents) const {
    auto pixels = at::pixel_shuffle(at::conv2d(latents.to(torch::kCPU, torch::kFloat32), weight_, bias_, {1, 1}, {1, 1}), factor_);
    if (pixels.size(1) == 4) pixels.select(1, 3).mul_(alpha_contrast);
    return pixels;
}

bool PreviewBudget::allows(double now_ms, double expected_ms) const {
    return interval_ms_ > 0 && now_ms - last_ms_ >= interval_ms_ && total_ms_ + expected_ms <= max_share * now_ms;
}

void PreviewBudget::spent(double now_ms, double cost_ms) {
    last_ms_ = now_ms;
    total_ms_ += cost_ms;
}

}  // namespace inference
