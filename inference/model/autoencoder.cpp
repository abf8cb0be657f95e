// SPDX-License-Identifier: Apache-2.0
#include "inference/model/autoencoder.h"

#include <string>
#include <utility>
#include <vector>

#include "inference/model/autoencoder_run.h"

namespace inference {
namespace {

/// The attention's names before diffusers 0.17 for those of today.
std::string older_name(std::string name) {
    constexpr std::pair<const char*, const char*> renamed[] = {
        {".to_q.", ".query."}, {".to_k.", ".key."}, {".to_v.", ".value."}, {".to_out.0.", ".proj_attn."}};
    for (const auto& [now, then] : renamed) {
        if (const auto at = name.find(now); at != std::string::npos) return name.replace(at, std::string(now).size(), then);
    }
    return name;
}

autoencoder::TensorSource from_checkpoint(const Checkpoint& weights, const Placement& placement) {
    return [&weights, placement](const std::string& name, at::IntArrayRef shape) {
        const auto older = older_name(name);
        return weights.load(weights.has(name) || !weights.has(older) ? name : older, shape, placement);
    };
}

}  // namespace

torch::Tensor LatentPosterior::sample(const torch::Tensor& noise) const { return mean + at::exp(log_variance * 0.5) * noise; }

AutoencoderKl::AutoencoderKl(const AutoencoderConfig& config, const Checkpoint& weights, const Placement& placement) :
    AutoencoderKl(config, from_checkpoint(weights, placement), placement) {}

AutoencoderKl::AutoencoderKl(const AutoencoderConfig& config, const autoencoder::TensorSource& weights, const Placement& placement) :
    config_(config), placement_(placement) {
    const autoencoder::TensorSource counted = [&](const std::string& name, at::IntArrayRef shape) {
        auto tensor = weights(name, shape);
        parameters_ += tensor.numel();
        return tensor;
    };
    encoder_ = autoencoder::build_encoder(config, counted);
    decoder_ = autoencoder::build_decoder(config, counted);
}

torch::Tensor AutoencoderKl::to_model(const torch::Tensor& x) const {
    return x.to(placement_.device, placement_.dtype).contiguous(at::MemoryFormat::ChannelsLast);
}

LatentPosterior AutoencoderKl::posterior(const torch::Tensor& pixels, const AutoencoderLimits& limits) const {
    const auto moments = autoencoder::run(encoder_, to_model(at::pixel_unshuffle(pixels, config_.patch_size)), limits.max_bytes, limits.stop);
    const auto halves = moments.to(torch::kFloat32).contiguous().chunk(2, 1);
    return {halves[0].contiguous(), halves[1].clamp(-30.0, 20.0)};
}

torch::Tensor AutoencoderKl::normalise(const torch::Tensor& latents) const { return (latents - config_.shift_factor) * config_.scaling_factor; }

torch::Tensor AutoencoderKl::encode(const torch::Tensor& pixels, const AutoencoderLimits& limits) const {
    return normalise(posterior(pixels, limits).mean);
}

torch::Tensor AutoencoderKl::decode(const torch::Tensor& latents, const AutoencoderLimits& limits) const {
    const auto folded = autoencoder::run(decoder_, to_model(latents / config_.scaling_factor + config_.shift_factor), limits.max_bytes, limits.stop);
    return at::pixel_shuffle(folded.to(torch::kFloat32), config_.patch_size).contiguous();
}

double AutoencoderKl::decode_flops(std::int64_t height, std::int64_t width) const {
    const auto heights = decoder_.sizes(height), widths = decoder_.sizes(width);
    double multiplications = 0.0;
    for (std::size_t k = 0; k < decoder_.steps.size(); ++k) {
        multiplications += decoder_.multiplications(k, static_cast<double>(heights[k]) * static_cast<double>(widths[k]));
    }
    return 2.0 * multiplications;
}

std::int64_t AutoencoderKl::decode_bytes(std::int64_t height, std::int64_t width, std::int64_t max_bytes) const {
    const autoencoder::Extent extent{height, width, static_cast<std::int64_t>(c10::elementSize(placement_.dtype))};
    const auto pixels = height * width * config_.factor() * config_.factor() * config_.image_channels;
    return autoencoder::make_plan(decoder_, extent, max_bytes).peak_bytes + 2 * pixels * 4;
}

}  // namespace inference
