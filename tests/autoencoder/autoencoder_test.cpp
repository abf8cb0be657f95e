// SPDX-License-Identifier: Apache-2.0
// The autoencoder against diffusers 0.32 (the fixtures and make_fixtures.py beside this file).
#include "inference/model/autoencoder.h"

#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "tests/autoencoder/fixture.h"

namespace {

using tests::AutoencoderFixture;
using tests::largest_difference;

class AutoencoderParity : public testing::TestWithParam<const char*> {
protected:
    const at::NoGradGuard no_grad_;
};

TEST_P(AutoencoderParity, decodesAsDiffusersDoes) {
    const AutoencoderFixture fixture(GetParam());
    const auto expected = fixture.tensor("decoded");
    EXPECT_LT(largest_difference(fixture.model.decode(fixture.tensor("latents")), expected),
              1e-4 * std::max(1.0, expected.abs().max().item<double>()));
}

TEST_P(AutoencoderParity, encodesAsDiffusersDoes) {
    const AutoencoderFixture fixture(GetParam());
    const auto pixels = fixture.tensor("pixels"), mean = fixture.tensor("mean"), log_variance = fixture.tensor("logvar");
    const auto posterior = fixture.model.posterior(pixels);
    EXPECT_LT(largest_difference(posterior.mean, mean), 1e-4 * std::max(1.0, mean.abs().max().item<double>()));
    EXPECT_LT(largest_difference(posterior.log_variance, log_variance), 1e-4 * std::max(1.0, log_variance.abs().max().item<double>()));
    const auto expected = (mean - fixture.config.shift_factor) * fixture.config.scaling_factor;
    EXPECT_LT(largest_difference(fixture.model.encode(pixels), expected), 2e-4 * std::max(1.0, expected.abs().max().item<double>()));
}

INSTANTIATE_TEST_SUITE_P(Models, AutoencoderParity,
                         testing::Values("quant_convs", "no_quant_convs", "one_quant_conv", "no_attention", "three_levels", "one_level"),
                         [](const auto& each) { return std::string(each.param); });

/// Puts a fixture's weights into a folder as a pipeline has them.
class AutoencoderFolder : public testing::Test {
protected:
    AutoencoderFolder() { std::filesystem::create_directories(folder_); }
    ~AutoencoderFolder() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& fixture, const std::string& without = "") {
        const inference::SafetensorsFile file(std::string(FUSELIGHT_FIXTURES) + "/" + fixture + ".safetensors");
        std::map<std::string, torch::Tensor> weights;
        for (const auto& [name, entry] : file.entries()) {
            if (name.rfind("w.", 0) == 0 && name.substr(2) != without) weights[name.substr(2)] = file.read(name);
        }
        inference::write_safetensors(folder_ + "/diffusion_pytorch_model.safetensors", weights);
    }
    inference::AutoencoderKl load(const inference::AutoencoderConfig& config) const {
        return inference::AutoencoderKl(config, inference::Checkpoint(folder_, "diffusion_pytorch_model"), inference::Placement{});
    }

    const at::NoGradGuard no_grad_;
    const std::string folder_ = testing::TempDir() + "fuselight-vae-" + std::to_string(getpid());
};

TEST_F(AutoencoderFolder, readsTheAttentionsOlderNames) {
    write("older_names");
    const inference::SafetensorsFile file(std::string(FUSELIGHT_FIXTURES) + "/older_names.safetensors");
    ASSERT_TRUE(file.entries().contains("w.decoder.mid_block.attentions.0.proj_attn.weight"));
    const auto config = AutoencoderFixture("quant_convs").config;
    const auto expected = file.read("decoded");
    EXPECT_LT(largest_difference(load(config).decode(file.read("latents")), expected), 1e-4 * expected.abs().max().item<double>());
}

TEST_F(AutoencoderFolder, missingTensorIsNamed) {
    write("quant_convs", "decoder.mid_block.attentions.0.to_q.weight");
    try {
        load(AutoencoderFixture("quant_convs").config);
        FAIL() << "it loaded";
    } catch (const inference::Exception& error) {
        EXPECT_EQ(error.error().code, inference::ErrorCode::corrupt_file);
        EXPECT_NE(error.error().detail.find("decoder.mid_block.attentions.0.to_q.weight"), std::string::npos) << error.what();
    }
}

TEST_F(AutoencoderFolder, otherWidthsThanTheConfigsAreNamed) {
    write("quant_convs");
    auto config = AutoencoderFixture("quant_convs").config;
    config.block_out_channels = {4, 16};
    try {
        load(config);
        FAIL() << "it loaded";
    } catch (const inference::Exception& error) {
        EXPECT_NE(error.error().detail.find("where the config asks for"), std::string::npos) << error.what();
    }
}

TEST(Autoencoder, sampleOfThePosteriorIsMeanPlusDeviationTimesNoise) {
    const AutoencoderFixture fixture("quant_convs");
    const auto posterior = fixture.model.posterior(fixture.tensor("pixels"));
    const auto noise = torch::randn(posterior.mean.sizes());
    const auto expected = posterior.mean + at::exp(0.5 * posterior.log_variance) * noise;
    EXPECT_LT(largest_difference(posterior.sample(noise), expected), 1e-6);
    EXPECT_TRUE(at::equal(posterior.sample(torch::zeros_like(noise)), posterior.mean));
}

TEST(Autoencoder, stableDiffusion3HasItsPublishedTensorsAndParameters) {
    inference::AutoencoderConfig config;
    config.latent_channels = 16;
    config.block_out_channels = {128, 256, 512, 512};
    config.layers_per_block = 2;
    config.norm_num_groups = 32;
    std::map<std::string, std::int64_t> halves;
    int tensors = 0;
    const inference::AutoencoderKl model(
        config,
        [&](const std::string& name, at::IntArrayRef shape) {  // shapes without memory
            auto tensor = torch::empty(shape, torch::TensorOptions().device(torch::kMeta));
            ++tensors;
            halves[name.substr(0, name.find('.'))] += tensor.numel();
            return tensor;
        },
        inference::Placement{});
    EXPECT_EQ(tensors, 244);
    EXPECT_EQ(model.parameters(), 83'819'683);
    EXPECT_EQ(halves["encoder"], 34'274'208);
    EXPECT_EQ(halves["decoder"], 49'545'475);
}

TEST(Autoencoder, foldsPixelsAroundEncoderAndDecoder) {
    inference::AutoencoderConfig config;
    config.image_channels = 4;
    config.patch_size = 4;
    config.latent_channels = 8;
    config.block_out_channels = {8, 16};
    config.layers_per_block = 1;
    config.norm_num_groups = 4;
    const at::NoGradGuard no_grad;
    const auto model = tests::random_autoencoder(config, 1);
    EXPECT_EQ(config.factor(), 8);
    EXPECT_EQ(model.decode(torch::randn({2, 8, 3, 5})).sizes(), at::IntArrayRef({2, 4, 24, 40}));
    EXPECT_EQ(model.encode(torch::rand({2, 4, 24, 40})).sizes(), at::IntArrayRef({2, 8, 3, 5}));
}

}  // namespace
