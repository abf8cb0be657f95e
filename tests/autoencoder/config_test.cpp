// SPDX-License-Identifier: Apache-2.0
// The autoencoder's config: defaults, bounds, and what is refused.
#include "inference/model/autoencoder_config.h"

#include <string>

#include <gtest/gtest.h>

#include "inference/core/exception.h"

namespace {

using inference::ConfigReader;
using inference::ErrorCode;
using inference::parse_autoencoder_config;

inference::AutoencoderConfig parse(const std::string& fields) {
    return parse_autoencoder_config(ConfigReader::from_text("vae/config.json", "{\"block_out_channels\": [32, 64]" + fields + "}"));
}

/// Expects `fields` to be refused with a sentence that names file and field.
void expect_refused(const std::string& fields, ErrorCode code, const std::string& field) {
    try {
        parse(fields);
        FAIL() << fields << " was taken";
    } catch (const inference::Exception& error) {
        EXPECT_EQ(error.error().code, code) << error.what();
        EXPECT_NE(error.error().detail.find("vae/config.json: " + field), std::string::npos) << error.what();
    }
}

TEST(AutoencoderConfig, absentFieldsTakeDiffusersDefaults) {
    const auto config = parse("");
    EXPECT_TRUE(config.quant_conv);
    EXPECT_TRUE(config.post_quant_conv);
    EXPECT_TRUE(config.middle_attention);
    EXPECT_EQ(config.image_channels, 3);
    EXPECT_EQ(config.latent_channels, 4);
    EXPECT_EQ(config.layers_per_block, 1);
    EXPECT_EQ(config.norm_num_groups, 32);
    EXPECT_EQ(config.activation, inference::Activation::silu);
    EXPECT_DOUBLE_EQ(config.scaling_factor, 0.18215);
    EXPECT_DOUBLE_EQ(config.shift_factor, 0.0);
    EXPECT_EQ(config.factor(), 2);
}

TEST(AutoencoderConfig, nullShiftIsNoShiftAndUnknownFieldsAreIgnored) {
    EXPECT_DOUBLE_EQ(parse(R"(, "shift_factor": null, "latents_mean": null, "force_upcast": true, "sample_size": 1024)").shift_factor, 0.0);
}

TEST(AutoencoderConfig, fourChannelsAreColourAndAlphaUnlessTheConfigSaysMore) {
    EXPECT_EQ(parse("").pixel_space, inference::PixelSpace::rgb);
    EXPECT_EQ(parse(R"(, "in_channels": 4, "out_channels": 4)").pixel_space, inference::PixelSpace::rgba);
    EXPECT_EQ(parse(R"(, "in_channels": 4, "out_channels": 4, "pixel_space": "rgba_premultiplied")").pixel_space,
              inference::PixelSpace::rgba_premultiplied);
}

TEST(AutoencoderConfig, factorGrowsWithTheLevels) {
    EXPECT_EQ(parse(R"(, "patch_size": 4)").factor(), 8);
    const auto four = parse_autoencoder_config(ConfigReader::from_text("c", R"({"block_out_channels": [32, 64, 64, 32]})"));
    EXPECT_EQ(four.factor(), 8);
}

TEST(AutoencoderConfig, otherFamiliesAreUnsupportedByField) {
    expect_refused(R"(, "_class_name": "VQModel")", ErrorCode::unsupported_model, "_class_name");
    expect_refused(R"(, "act_fn": "tanh")", ErrorCode::unsupported_model, "act_fn");
    expect_refused(R"(, "down_block_types": ["DownEncoderBlock2D", "AttnDownEncoderBlock2D"])", ErrorCode::unsupported_model, "down_block_types");
    expect_refused(R"(, "out_channels": 2)", ErrorCode::unsupported_model, "out_channels");
    expect_refused(R"(, "out_channels": 4)", ErrorCode::unsupported_model, "in_channels");
    expect_refused(R"(, "latents_mean": [0.5])", ErrorCode::unsupported_model, "latents_mean");
    expect_refused(R"(, "out_channels": 4, "in_channels": 4, "pixel_space": "cmyk")", ErrorCode::unsupported_model, "pixel_space");
}

TEST(AutoencoderConfig, contradictionsAreCorruptByField) {
    expect_refused(R"(, "norm_num_groups": 5)", ErrorCode::corrupt_file, "block_out_channels");
    expect_refused(R"(, "up_block_types": ["UpDecoderBlock2D"])", ErrorCode::corrupt_file, "up_block_types");
    expect_refused(R"(, "layers_per_block": 0)", ErrorCode::corrupt_file, "layers_per_block");
    expect_refused(R"(, "latent_channels": 99999999999)", ErrorCode::corrupt_file, "latent_channels");
    expect_refused(R"(, "scaling_factor": 0)", ErrorCode::corrupt_file, "scaling_factor");
    expect_refused(R"(, "use_quant_conv": 1)", ErrorCode::corrupt_file, "use_quant_conv");
    expect_refused(R"(, "latent_channels": 4, "latent_channels": 8)", ErrorCode::corrupt_file, "\"latent_channels\" is there twice");
}

}  // namespace
