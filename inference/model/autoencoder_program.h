// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/model/autoencoder_config.h"
#include "inference/model/autoencoder_steps.h"

namespace inference::autoencoder {

/// Hands out a parameter by the reference's name, in the shape that the config gives it, where and as it is to be used.
using TensorSource = std::function<torch::Tensor(const std::string& name, at::IntArrayRef shape)>;

/// Encoder or decoder as steps over (B, C, H, W), with what a plan needs to know of each.
struct Program {
    std::vector<Step> steps;
    std::vector<std::int64_t> channels;  ///< of the input of step i; one more for the output
    std::vector<std::int64_t> skipped;   ///< channels of the residual that lies aside during step i, 0: none; one more for the end

    /// Sides of the input of step i when the first has `size`; one more for the output.
    std::vector<std::int64_t> sizes(std::int64_t size) const;
    /// Multiplications of step i for an input of this many pixels.
    double multiplications(std::size_t step, double input_area) const;
};

/// Moments (2 latent_channels) of folded pixels.
Program build_encoder(const AutoencoderConfig& config, const TensorSource& tensor);
/// Folded pixels of latents.
Program build_decoder(const AutoencoderConfig& config, const TensorSource& tensor);

}  // namespace inference::autoencoder
