// SPDX-License-Identifier: Apache-2.0
// Tiled runs of the autoencoder against untiled ones, and how much memory they take.
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/model/autoencoder.h"
#include "inference/model/autoencoder_run.h"
#include "tests/autoencoder/fixture.h"
#include "tests/support/peak_memory.h"

namespace {

using namespace inference;
using tests::largest_difference;

AutoencoderConfig small_config() {
    AutoencoderConfig config;
    config.latent_channels = 4;
    config.block_out_channels = {8, 16, 16};
    config.layers_per_block = 2;
    config.norm_num_groups = 4;
    return config;
}

/// The decoder or encoder of random weights as a program.
autoencoder::Program program(const AutoencoderConfig& config, bool decoder) {
    at::manual_seed(5);
    const autoencoder::TensorSource source = [](const std::string& name, at::IntArrayRef shape) {
        if (shape.size() == 1) return torch::randn(shape) * 0.2 + (name.find("norm") != std::string::npos && name.ends_with("weight") ? 1.0 : 0.0);
        return torch::randn(shape) * (1.0 / std::sqrt(static_cast<double>(shape[1] * (shape.size() == 4 ? shape[2] * shape[3] : 1))));
    };
    return decoder ? autoencoder::build_decoder(config, source) : autoencoder::build_encoder(config, source);
}

constexpr std::int64_t unlimited = std::int64_t{1} << 60;

class Tiling : public testing::Test {
protected:
    const at::NoGradGuard no_grad_;
};

TEST_F(Tiling, everyTileSizeGivesTheUntiledPictureButForRounding) {
    const auto config = small_config();
    for (const bool decoder : {true, false}) {
        const auto steps = program(config, decoder);
        const auto x = decoder ? torch::randn({1, 4, 20, 28}) : torch::rand({1, 3, 80, 112}) * 2 - 1;
        const auto whole = autoencoder::run(steps, x, unlimited, {});
        // The attention runs whole; everything behind or before it in one tiled segment, so each norm needs its own pass.
        std::size_t attend = 0;
        while (!std::holds_alternative<autoencoder::Attend>(steps.steps[attend])) ++attend;
        for (const std::int64_t cell : {7, 8, 16}) {
            autoencoder::Plan plan;
            if (decoder) plan.segments = {{0, attend + 1, 0}, {attend + 1, steps.steps.size(), cell}};
            else plan.segments = {{0, attend, cell}, {attend, steps.steps.size(), 0}};
            const auto tiled = autoencoder::run(steps, plan, x, {});
            const double error = largest_difference(tiled, whole) / whole.abs().max().item<double>();
            EXPECT_LT(error, 1e-5) << (decoder ? "decoder" : "encoder") << ", tiles of " << cell;
        }
    }
}

TEST_F(Tiling, planGetsCheaperWithMoreMemoryAndNeverTakesMoreThanAllowed) {
    const auto steps = program(small_config(), true);
    const autoencoder::Extent extent{64, 64, 4};
    const auto whole = autoencoder::make_plan(steps, extent, unlimited);
    ASSERT_EQ(whole.segments.size(), 1u);
    EXPECT_EQ(whole.segments[0].cell, 0);
    double cost = whole.multiplications;
    int tiled_plans = 0;
    for (auto allowed = whole.peak_bytes - 1; allowed > whole.peak_bytes / 4; allowed -= whole.peak_bytes / 16) {
        const auto plan = autoencoder::make_plan(steps, extent, allowed);
        EXPECT_LE(plan.peak_bytes, allowed);
        EXPECT_GE(plan.multiplications, cost);
        cost = plan.multiplications;
        for (const auto& segment : plan.segments) tiled_plans += segment.cell > 0;
        EXPECT_EQ(plan.segments.front().from, 0u);
        for (std::size_t i = 1; i < plan.segments.size(); ++i) EXPECT_EQ(plan.segments[i].from, plan.segments[i - 1].to);
        EXPECT_EQ(plan.segments.back().to, steps.steps.size());
    }
    EXPECT_GT(tiled_plans, 5);
}

TEST_F(Tiling, largePicturesOfStableDiffusion3HaveAPlanUnderEachLimit) {
    AutoencoderConfig config;
    config.latent_channels = 16;
    config.block_out_channels = {128, 256, 512, 512};
    config.layers_per_block = 2;
    config.norm_num_groups = 32;
    const auto steps = autoencoder::build_decoder(
        config, [](const std::string&, at::IntArrayRef shape) { return torch::empty(shape, torch::TensorOptions().device(torch::kMeta)); });
    for (const std::int64_t element : {2, 4}) {
        const autoencoder::Extent extent{256, 256, element};  // 2048 x 2048 pixels
        const auto whole = autoencoder::make_plan(steps, extent, unlimited);
        for (const std::int64_t gigabytes : {8, 4, 2}) {
            const auto limit = gigabytes << 30;
            const auto plan = autoencoder::make_plan(steps, extent, limit);
            EXPECT_LE(plan.peak_bytes, limit);
            std::printf("  2048 x 2048, %lld bytes a number: whole %.1f GB; within %lld GB %.1f GB in %zu segments at %.1f times the work\n",
                        static_cast<long long>(element), static_cast<double>(whole.peak_bytes) / 1e9, static_cast<long long>(gigabytes),
                        static_cast<double>(plan.peak_bytes) / 1e9, plan.segments.size(), plan.multiplications / whole.multiplications);
            EXPECT_LT(plan.multiplications, 8 * whole.multiplications);
        }
    }
}

TEST_F(Tiling, limitChoosesTilesAndThePictureStaysTheSame) {
    const auto model = tests::random_autoencoder(small_config(), 3);
    const auto latents = torch::randn({2, 4, 48, 40});
    const auto pixels = torch::rand({1, 3, 192, 160}) * 2 - 1;
    const auto whole = model.decode(latents), encoded = model.encode(pixels);
    const auto needed = model.decode_bytes(48, 40, unlimited);
    for (const std::int64_t part : {2, 3}) {
        EXPECT_LT(model.decode_bytes(48, 40, needed / part), needed);
        EXPECT_LT(largest_difference(model.decode(latents, {needed / part, {}}), whole) / whole.abs().max().item<double>(), 1e-5);
        EXPECT_LT(largest_difference(model.encode(pixels, {needed / part, {}}), encoded) / encoded.abs().max().item<double>(), 1e-5);
    }
}

TEST_F(Tiling, seamsAreNoLargerThanAnywhereElse) {
    const auto steps = program(small_config(), true);
    const auto x = torch::randn({1, 4, 32, 32});
    const auto whole = autoencoder::run(steps, x, unlimited, {});
    std::size_t attend = 0;
    while (!std::holds_alternative<autoencoder::Attend>(steps.steps[attend])) ++attend;
    const auto tiled = autoencoder::run(steps, autoencoder::Plan{{{0, attend + 1, 0}, {attend + 1, steps.steps.size(), 16}}, 0, 0}, x, {});
    const auto error = (tiled - whole).abs();
    const auto seam = error.narrow(3, 62, 4).max().item<double>();  // tiles of 16 latents meet at pixel 64
    EXPECT_LE(seam, 1e-5 * whole.abs().max().item<double>());
}

TEST_F(Tiling, limitTooSmallForAnyTileNamesWhatIsNeeded) {
    const auto model = tests::random_autoencoder(small_config(), 3);
    try {
        model.decode(torch::randn({1, 4, 256, 256}), {1 << 20, {}});
        FAIL() << "it ran";
    } catch (const Exception& error) {
        EXPECT_EQ(error.error().code, ErrorCode::out_of_memory);
        EXPECT_NE(error.error().detail.find("at least"), std::string::npos) << error.what();
    }
}

TEST_F(Tiling, stopEndsADecodeBetweenItsSteps) {
    const auto model = tests::random_autoencoder(small_config(), 3);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(model.decode(torch::randn({1, 4, 16, 16}), {unlimited, stop.get_token()}), Exception);
}

TEST_F(Tiling, measuredPeakStaysUnderTheLimit) {
    REQUIRE_MEASURABLE_MEMORY();
    AutoencoderConfig config = small_config();
    config.block_out_channels = {32, 64, 64};
    config.norm_num_groups = 16;
    const auto model = tests::random_autoencoder(config, 3);
    const std::int64_t limit = 56 << 20;
    const auto latents = torch::randn({1, 4, 128, 128});
    ASSERT_GT(model.decode_bytes(128, 128, unlimited), 2 * limit);
    model.decode(torch::randn({1, 4, 16, 16}), {limit, {}});  // oneDNN's primitives
    const tests::PeakMemory peak;
    const auto pixels = model.decode(latents, {limit, {}});
    EXPECT_EQ(pixels.size(2), 512);
    EXPECT_LT(peak.bytes(), limit + (48 << 20));
}

}  // namespace
