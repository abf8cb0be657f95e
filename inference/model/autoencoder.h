// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/model/autoencoder_config.h"
#include "inference/model/autoencoder_program.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// What a run of the autoencoder may take.
struct AutoencoderLimits {
    /// Feature maps and temporaries together; beyond it the picture is made in tiles, with the same numbers but for rounding.
    std::int64_t max_bytes = std::int64_t{4} << 30;
    std::stop_token stop = {};
};

/// The encoder's answer, not yet normalised, float32 (B, C, h, w).
struct LatentPosterior {
    torch::Tensor mean, log_variance;  ///< the latter within [-30, 20]

    /// @param noise  standard normal, of the mean's shape.
    torch::Tensor sample(const torch::Tensor& noise) const;
};

/// AutoencoderKL of the SD3 family (reference section 7) from its own config: any widths and depth, with or without quant convolutions and
/// attention; with patch_size p, pixels are folded p x p into channels around it.
class AutoencoderKl {
public:
    /// Throws corrupt_file naming the tensor that is missing or misshapen.
    AutoencoderKl(const AutoencoderConfig& config, const Checkpoint& weights, const Placement& placement);
    /// With parameters from elsewhere.
    AutoencoderKl(const AutoencoderConfig& config, const autoencoder::TensorSource& weights, const Placement& placement);

    /// @param latents (B, C, h, w) normalised. @return pixels (B, channels, h f, w f) about [-1, 1], float32.
    /// Throws out_of_memory when the limit is too small for any tile, cancelled.
    torch::Tensor decode(const torch::Tensor& latents, const AutoencoderLimits& limits = {}) const;
    /// @param pixels (B, channels, H, W) in [-1, 1]. @return the posterior's mean, normalised, (B, C, H / f, W / f), float32.
    torch::Tensor encode(const torch::Tensor& pixels, const AutoencoderLimits& limits = {}) const;
    LatentPosterior posterior(const torch::Tensor& pixels, const AutoencoderLimits& limits = {}) const;
    /// The model's latents of the autoencoder's: (x - shift) * scale.
    torch::Tensor normalise(const torch::Tensor& latents) const;

    std::int64_t parameters() const noexcept { return parameters_; }
    /// Floating-point operations of decode() for one image with latents of this size, when it runs whole.
    double decode_flops(std::int64_t height, std::int64_t width) const;
    /// Bytes that decode() takes at its peak for one image with latents of this size.
    std::int64_t decode_bytes(std::int64_t height, std::int64_t width, std::int64_t max_bytes) const;

private:
    torch::Tensor to_model(const torch::Tensor& x) const;

    AutoencoderConfig config_;
    Placement placement_;
    autoencoder::Program encoder_, decoder_;
    std::int64_t parameters_ = 0;
};

}  // namespace inference
