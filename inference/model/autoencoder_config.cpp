// SPDX-License-Identifier: Apache-2.0
#include "inference/model/autoencoder_config.h"

#include <string>

namespace inference {
namespace {

// Far above any published model: they keep a hostile number from becoming an allocation or an overflow.
constexpr std::size_t max_levels = 8;
constexpr std::int64_t max_channels = 16384;

Activation parse_activation(const ConfigReader& reader) {
    const auto name = reader.one_of("act_fn", {"silu", "swish", "gelu", "mish", "relu"}, "silu");
    if (name == "gelu") return Activation::gelu;
    if (name == "mish") return Activation::mish;
    return name == "relu" ? Activation::relu : Activation::silu;
}

/// The list of block types, where it is there, names one plain convolutional block a level.
void check_block_types(const ConfigReader& reader, const std::string& field, const std::string& type, std::size_t levels) {
    if (!reader.has(field)) return;
    const auto& types = reader.raw(field);
    if (!types.is_array() || types.size() != levels)
        reader.fail_corrupt(field, "must name " + std::to_string(levels) + " blocks as block_out_channels does");
    for (const auto& each : types) {
        if (!each.is_string() || each.get_ref<const std::string&>() != type)
            reader.fail_unsupported(field, "holds " + each.dump().substr(0, 100) + "; this version runs " + type);
    }
}

void read_channels(const ConfigReader& reader, AutoencoderConfig& config) {
    config.image_channels = reader.integer("out_channels", 1, 16, 3);
    if (config.image_channels != 3 && config.image_channels != 4) reader.fail_unsupported("out_channels", "must be 3 or 4");
    if (reader.integer("in_channels", 1, 16, 3) != config.image_channels) reader.fail_unsupported("in_channels", "must equal out_channels");
    const bool alpha = config.image_channels == 4;
    const std::vector<std::string> spaces = alpha ? std::vector<std::string>{"rgba", "rgba_premultiplied"} : std::vector<std::string>{"rgb"};
    const auto space = reader.one_of("pixel_space", spaces, spaces.front());
    config.pixel_space = space == "rgb" ? PixelSpace::rgb : space == "rgba" ? PixelSpace::rgba : PixelSpace::rgba_premultiplied;
}

}  // namespace

AutoencoderConfig parse_autoencoder_config(const ConfigReader& reader) {
    reader.one_of("_class_name", {"AutoencoderKL"}, "AutoencoderKL");
    AutoencoderConfig config;
    read_channels(reader, config);
    config.activation = parse_activation(reader);
    config.quant_conv = reader.boolean("use_quant_conv", true);
    config.post_quant_conv = reader.boolean("use_post_quant_conv", true);
    config.middle_attention = reader.boolean("mid_block_add_attention", true);
    config.patch_size = reader.integer("patch_size", 1, 16, 1);
    config.latent_channels = reader.integer("latent_channels", 1, 1024, 4);
    config.block_out_channels = reader.integers("block_out_channels", 1, max_channels, max_levels);
    if (config.block_out_channels.empty()) reader.fail_corrupt("block_out_channels", "is empty");
    check_block_types(reader, "down_block_types", "DownEncoderBlock2D", config.block_out_channels.size());
    check_block_types(reader, "up_block_types", "UpDecoderBlock2D", config.block_out_channels.size());
    config.layers_per_block = reader.integer("layers_per_block", 1, 64, 1);
    config.norm_num_groups = reader.integer("norm_num_groups", 1, max_channels, 32);
    for (const auto channels : config.block_out_channels) {
        if (channels % config.norm_num_groups != 0) reader.fail_corrupt("block_out_channels", "must be multiples of norm_num_groups");
    }
    config.scaling_factor = reader.number("scaling_factor", 1e-6, 1e6, 0.18215);
    config.shift_factor = reader.number("shift_factor", -1e6, 1e6, 0.0);
    for (const auto* field : {"latents_mean", "latents_std"}) {
        if (reader.has(field)) reader.fail_unsupported(field, "is set; this version runs models with scaling_factor and shift_factor alone");
    }
    return config;
}

}  // namespace inference
