// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/weights/config_reader.h"

namespace inference {

/// What the channels of a picture are; four without a word about it are colour and alpha beside each other.
enum class PixelSpace { rgb, rgba, rgba_premultiplied };

/// The nonlinearity inside the residual blocks; the one before the last convolution is always silu.
enum class Activation { silu, gelu, mish, relu };

/// `vae/config.json` of an AutoencoderKL of the SD3 family; see the reference's section 7.
struct AutoencoderConfig {
    std::int64_t image_channels = 3;
    std::int64_t patch_size = 1;  ///< pixels are folded p x p into channels around encoder and decoder
    std::int64_t latent_channels = 0;
    std::vector<std::int64_t> block_out_channels;
    std::int64_t layers_per_block = 0;
    std::int64_t norm_num_groups = 0;
    Activation activation = Activation::silu;
    bool quant_conv = false;       ///< a 1 x 1 convolution of the moments behind the encoder
    bool post_quant_conv = false;  ///< and one of the latents before the decoder
    bool middle_attention = true;
    double scaling_factor = 1.0;
    double shift_factor = 0.0;
    PixelSpace pixel_space = PixelSpace::rgb;

    /// Pixels along a latent's side.
    std::int64_t factor() const { return patch_size << (block_out_channels.size() - 1); }
    bool operator==(const AutoencoderConfig&) const = default;
};

/// Absent fields take the defaults of diffusers 0.32.
/// Throws corrupt_file (wrong type or out of bounds), unsupported_model (well formed, but of another family); each names the field.
AutoencoderConfig parse_autoencoder_config(const ConfigReader& reader);

}  // namespace inference
