// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/model/model_config.h"
#include "inference/model/parameter_reader.h"

namespace inference {

/// AutoencoderKL of the SD3 family (reference section 7) from its own config; with patch_size p, pixels are folded p x p into channels around it.
class AutoencoderKl {
public:
    /// Throws corrupt_file naming the tensor that is missing or misshapen.
    AutoencoderKl(const AutoencoderConfig& config, const Checkpoint& weights, const Placement& placement);

    /// @param latents (B, C, h, w) normalised. @return pixels (B, channels, h f, w f) about [-1, 1], float32.
    torch::Tensor decode(const torch::Tensor& latents) const;
    /// @param pixels (B, channels, H, W) in [-1, 1]. @return the posterior's mean, normalised, (B, C, H / f, W / f), float32.
    torch::Tensor encode(const torch::Tensor& pixels) const;

    std::int64_t parameters() const noexcept { return parameters_; }
    /// Floating-point operations of decode() for one image with latents of this size.
    double decode_flops(std::int64_t height, std::int64_t width) const;

private:
    struct Conv {
        torch::Tensor weight, bias;
        std::int64_t stride = 1, padding = 1;
        torch::Tensor operator()(const torch::Tensor& x) const;
    };
    struct Norm {
        torch::Tensor weight, bias;
        std::int64_t groups = 1;
        torch::Tensor operator()(const torch::Tensor& x) const;
    };
    struct Resnet {
        Norm norm1, norm2;
        Conv conv1, conv2;
        std::optional<Conv> conv_shortcut;
        torch::Tensor operator()(const torch::Tensor& x) const;
    };
    struct Attention {
        Norm group_norm;
        torch::Tensor qkv_weight, qkv_bias, out_weight, out_bias;
        torch::Tensor operator()(const torch::Tensor& x) const;
    };
    struct Middle {
        Resnet first;
        Attention attention;
        Resnet second;
        torch::Tensor operator()(const torch::Tensor& x) const { return second(attention(first(x))); }
    };
    struct Block {
        std::vector<Resnet> resnets;
        std::optional<Conv> resample;  ///< downsampler or upsampler
    };
    struct Half {  ///< encoder or decoder
        Conv conv_in;
        Middle middle;
        std::vector<Block> blocks;
        Norm conv_norm_out;
        Conv conv_out;
    };
    class Builder;

    torch::Tensor to_model(const torch::Tensor& x) const;

    AutoencoderConfig config_;
    Placement placement_;
    Half encoder_, decoder_;
    std::int64_t parameters_ = 0;
};

}  // namespace inference
