// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/api/pixel_buffer.h"
#include "inference/model/autoencoder.h"
#include "inference/model/model_config.h"

namespace inference {

/// A linear stand-in for the decoder: each latent and its eight neighbours give a block of pixels. It shows layout and colour and costs about
/// a thousandth of a decode. Fitted by least squares on simple drawings that the autoencoder itself encodes.
class LatentPreview {
public:
    /// Fits, or reads the fit of an earlier start from `cache_path` (empty: none is kept).
    LatentPreview(const AutoencoderKl& autoencoder, const AutoencoderConfig& config, const std::string& model_id, const std::string& cache_path);

    /// @param latents (B, C, h, w) clean estimates. @return pixels (B, channels, h f, w f) about [-1, 1], float32.
    torch::Tensor decode(const torch::Tensor& latents) const;

private:
    std::int64_t factor_;
    torch::Tensor weight_;  ///< (channels f f, C, 3, 3)
    torch::Tensor bias_;
};

/// Says when a preview may be made: at most one in an interval, and all of them together under a share of the time.
class PreviewBudget {
public:
    static constexpr double max_share = 0.025;  ///< of the elapsed time; the promise is 3 %

    explicit PreviewBudget(double interval_ms) : interval_ms_(interval_ms) {}
    /// @param expected_ms  what the preview will cost.
    bool allows(double now_ms, double expected_ms) const;
    void spent(double now_ms, double cost_ms);
    double total_ms() const noexcept { return total_ms_; }

private:
    double interval_ms_;
    double last_ms_ = -1e18;
    double total_ms_ = 0.0;
};

}  // namespace inference
