// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/CPUGeneratorImpl.h>

#include "inference/sampling/guidance.h"
#include "inference/sampling/noise.h"
#include "inference/sampling/sampler.h"
#include "inference/sampling/schedule.h"
#include "tests/inference/refusal.h"

namespace {

using inference::ErrorCode;
using torch::Tensor;

void expect_sigmas(int steps, const std::vector<double>& expected) {
    const auto schedule = inference::make_flow_match_schedule(steps, 3.0);
    ASSERT_EQ(schedule.sigmas.size(), expected.size());
    EXPECT_EQ(schedule.steps(), steps);
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(schedule.sigmas[i], expected[i], 1e-7) << i;
}

// The reference's section 6.2.
TEST(Sampling, schedulesTwentyFiveStepsLikeTheReference) {
    expect_sigmas(25, {1,         .9857583,  .97068143, .95469385, .93771046, .91963512, .90035909, .8797586,  .8576923,
                       .83399802, .80848861, .78094727, .7511211,  .71871346, .68337411, .64468628, .60215056, .55516267,
                       .50298506, .44470775, .37919462, .30500895, .22030652, .12268041, .00892857, 0});
}
TEST(Sampling, schedulesFourStepsLikeTheReference) { expect_sigmas(4, {1, .8576923, .60215056, .00892857, 0}); }
TEST(Sampling, schedulesOneStepFromNoiseToImage) { expect_sigmas(1, {1, 0}); }

TEST(Sampling, schedulesFallFromOneToZeroForAnyCount) {
    for (const int steps : {2, 3, 10, 50, 1000}) {
        for (const double shift : {0.5, 1.0, 3.0, 12.0}) {
            const auto sigmas = inference::make_flow_match_schedule(steps, shift).sigmas;
            ASSERT_EQ(sigmas.size(), static_cast<std::size_t>(steps) + 1);
            EXPECT_EQ(sigmas.front(), 1.0f);
            EXPECT_EQ(sigmas.back(), 0.0f);
            for (std::size_t i = 1; i < sigmas.size(); ++i) EXPECT_LT(sigmas[i], sigmas[i - 1]) << steps << " " << shift << " " << i;
        }
    }
}

TEST(Sampling, drawsTheNoiseOfTorchsGenerator) {
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{1} << 40, std::numeric_limits<std::uint64_t>::max()}) {
        const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
        const auto expected = at::randn({8, 16, 16}, generator, torch::kFloat32);
        const std::vector<std::uint64_t> seeds = {seed};
        EXPECT_TRUE(at::equal(inference::draw_noise(seeds, 8, 16, 16)[0], expected)) << seed;
    }
}

TEST(Sampling, drawsTheNoiseOfPythonsTorch) {
    // torch.manual_seed(0); torch.randn(16) as Python prints it.
    const std::vector<std::uint64_t> seeds = {0};
    const auto expected = torch::tensor({-1.1258f, -1.1524f, -0.2506f, -0.4339f, 0.8487f, 0.6920f, -0.3160f, -2.1152f, 0.3223f, -1.2633f, 0.3500f,
                                         0.3081f, 0.1198f, 1.2377f, 1.1168f, -0.2473f});
    EXPECT_LT((inference::draw_noise(seeds, 4, 2, 2).flatten() - expected).abs().max().item<float>(), 1e-4f);
}

TEST(Sampling, drawsEachImagesNoiseAsIfItWereAlone) {
    const std::vector<std::uint64_t> seeds = {3, 4, 5}, one = {4};
    const auto together = inference::draw_noise(seeds, 4, 6, 10);
    EXPECT_EQ(together.sizes(), (std::vector<std::int64_t>{3, 4, 6, 10}));
    EXPECT_TRUE(at::equal(together[1], inference::draw_noise(one, 4, 6, 10)[0]));
    EXPECT_FALSE(at::equal(together[0], together[1]));
    EXPECT_NEAR(together.std().item<float>(), 1.0f, 0.1f);
}

TEST(Sampling, leavesTorchsOwnGeneratorAlone) {
    at::manual_seed(1);
    const auto expected = at::randn({4});
    at::manual_seed(1);
    const std::vector<std::uint64_t> seeds = {9};
    inference::draw_noise(seeds, 4, 4, 4);
    EXPECT_TRUE(at::equal(at::randn({4}), expected));
}

TEST(Sampling, followsAConstantVelocityToItsEnd) {
    const auto noise = at::randn({2, 4, 3, 3}), velocity = at::randn({2, 4, 3, 3});
    for (const int steps : {1, 4, 25}) {
        const auto schedule = inference::make_flow_match_schedule(steps, 3.0);
        const auto end = inference::sample_euler([&](const Tensor&, float) { return velocity; }, {noise}, steps, schedule, {}, {}).latents;
        EXPECT_LT((end - (noise - velocity)).abs().max().item<float>(), 1e-5f) << steps;
    }
}

TEST(Sampling, leavesItsInputAlone) {
    const auto noise = at::randn({1, 2, 2, 2}), copy = noise.clone();
    inference::sample_euler([](const Tensor& z, float) { return z; }, {noise}, 3, inference::make_flow_match_schedule(3, 3.0), {}, {});
    EXPECT_TRUE(at::equal(noise, copy));
}

TEST(Sampling, tellsEachStepWithACleanEstimate) {
    const auto noise = at::randn({1, 2, 2, 2}), velocity = at::randn({1, 2, 2, 2});
    const auto schedule = inference::make_flow_match_schedule(4, 3.0);
    std::vector<float> asked;
    int steps = 0;
    inference::sample_euler(
        [&](const Tensor&, float sigma) {
            asked.push_back(sigma);
            return velocity;
        },
        {noise}, 4, schedule,
        [&](const inference::SamplerStep& step) {
            EXPECT_EQ(step.step, ++steps);
            EXPECT_EQ(step.sigma, schedule.sigmas[static_cast<std::size_t>(steps) - 1]);
            // On a straight path every estimate is the end.
            EXPECT_LT((step.clean_estimate() - (noise - velocity)).abs().max().item<float>(), 1e-5f);
        },
        {});
    EXPECT_EQ(steps, 4);
    EXPECT_EQ(asked, (std::vector<float>(schedule.sigmas.begin(), schedule.sigmas.end() - 1)));
}

TEST(Sampling, stopsBeforeTheNextStep) {
    for (int stop_after = 0; stop_after < 4; ++stop_after) {
        std::stop_source source;
        int evaluations = 0;
        if (stop_after == 0) source.request_stop();
        tests::expect_refusal(ErrorCode::cancelled, [&] {
            inference::sample_euler(
                [&](const Tensor& z, float) {
                    if (++evaluations == stop_after) source.request_stop();
                    return z;
                },
                {at::randn({1, 2, 2, 2})}, 5, inference::make_flow_match_schedule(5, 3.0), {}, source.get_token());
        });
        EXPECT_EQ(evaluations, stop_after);
    }
}

TEST(Sampling, guidesAwayFromTheUnconditionalHalf) {
    const auto conditional = at::randn({2, 3}), unconditional = at::randn({2, 3});
    const auto both = at::cat({conditional, unconditional});
    EXPECT_LT((inference::apply_guidance(both, 1.0) - conditional).abs().max().item<float>(), 1e-6f);
    EXPECT_LT((inference::apply_guidance(both, 0.0) - unconditional).abs().max().item<float>(), 1e-6f);
    EXPECT_LT((inference::apply_guidance(both, 3.0) - (unconditional + 3 * (conditional - unconditional))).abs().max().item<float>(), 1e-5f);
}

}  // namespace
