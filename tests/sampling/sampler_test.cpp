// SPDX-License-Identifier: Apache-2.0
// Each sampler on differential equations whose solutions are known.
#include "inference/sampling/sampler.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/Functions.h>

#include "inference/core/exception.h"
#include "inference/sampling/guidance.h"

namespace {

using inference::Sampler;
using inference::Schedule;
using torch::Tensor;

/// sigma from 1 to 0 in n steps; `bend` other than 1 makes the steps uneven.
Schedule grid(int n, double bend) {
    Schedule schedule;
    for (int i = 0; i <= n; ++i) schedule.sigmas.push_back(static_cast<float>(std::pow(1.0 - static_cast<double>(i) / n, bend)));
    return schedule;
}

/// dx/ds = x cos 3s + s, from x(1) = 1: no closed form is needed, x(s) = exp(sin(3s)/3) (c + integral of s exp(-sin(3s)/3)).
double exact_end() {
    constexpr int n = 20000;  // Simpson's rule, far below the samplers' errors
    const auto f = [](double s) { return s * std::exp(-std::sin(3 * s) / 3); };
    double integral = f(0) + f(1);
    for (int i = 1; i < n; ++i) integral += (i % 2 == 1 ? 4 : 2) * f(static_cast<double>(i) / n);
    integral /= 3.0 * n;
    const double c1 = std::exp(-std::sin(3.0) / 3);  // x(1) exp(-sin 3 / 3)
    return c1 - integral;
}

double error_of(Sampler sampler, const Schedule& schedule) {
    const auto v = [](const Tensor& x, float sigma) { return x * std::cos(3.0 * sigma) + static_cast<double>(sigma); };
    const auto x = inference::integrator_of(sampler)(v, {torch::ones({1, 1, 1, 1}, torch::kFloat64)}, schedule.steps(), schedule, {}, {}).latents;
    return std::abs(x.item<double>() - exact_end());
}

struct Case {
    Sampler sampler;
    double order;
};

class SamplerTest : public testing::TestWithParam<Case> {};

TEST_P(SamplerTest, convergesWithItsOrderOnEvenAndUnevenSteps) {
    const auto [sampler, order] = GetParam();
    for (const double bend : {1.0, 2.0}) {
        const double coarse = error_of(sampler, grid(80, bend)), fine = error_of(sampler, grid(160, bend));
        const double observed = std::log2(coarse / fine);
        RecordProperty(std::string("order_") + std::to_string(bend), std::to_string(observed));
        EXPECT_NEAR(observed, order, 0.25) << inference::to_string(sampler) << ", bend " << bend << ": " << coarse << " then " << fine;
    }
}

TEST_P(SamplerTest, constantVelocityIsIntegratedExactly) {
    const auto noise = torch::randn({2, 3, 4, 4}), v = torch::randn({2, 3, 4, 4});
    for (const int steps : {1, 2, 7}) {
        const auto end = inference::integrator_of(GetParam().sampler)([&](const Tensor&, float) { return v; }, {noise}, steps,
                                                                      inference::make_flow_match_schedule(steps, 3.0), {}, {})
                             .latents;
        EXPECT_LT((end - (noise - v)).abs().max().item<double>(), 1e-5);
    }
}

TEST_P(SamplerTest, reportsEachStepWithItsInputAndVelocityAndCallsTheModelAsOftenAsItSays) {
    const auto schedule = inference::make_flow_match_schedule(5, 3.0);
    int calls = 0, reports = 0;
    const auto v = [&](const Tensor& x, float) {
        ++calls;
        return x * 2.0;
    };
    const auto on_step = [&](const inference::SamplerStep& step) {
        EXPECT_EQ(step.step, ++reports);
        EXPECT_EQ(step.sigma, schedule.sigma(step.step - 1));
        EXPECT_TRUE(at::equal(step.velocity, step.latents * 2.0));
    };
    inference::integrator_of(GetParam().sampler)(v, {torch::ones({1, 1, 2, 2})}, 5, schedule, on_step, {});
    EXPECT_EQ(reports, 5);
    EXPECT_EQ(calls, inference::model_evaluations(GetParam().sampler, 5));
}

TEST_P(SamplerTest, stopsBeforeTheNextEvaluation) {
    std::stop_source stop;
    int calls = 0;
    const auto v = [&](const Tensor& x, float) {
        if (++calls == 3) stop.request_stop();
        return x;
    };
    try {
        inference::integrator_of(GetParam().sampler)(v, {torch::ones({1, 1, 2, 2})}, 10, grid(10, 1.0), {}, stop.get_token());
        FAIL() << "the run went on";
    } catch (const inference::Exception& error) {
        EXPECT_EQ(error.error().code, inference::ErrorCode::cancelled);
    }
    EXPECT_EQ(calls, 3);
}

TEST_P(SamplerTest, goesOnWithSomeOfThePicturesAsIfTheyHadBeenDrawnAlone) {
    const auto integrate = inference::integrator_of(GetParam().sampler);
    const auto schedule = inference::make_flow_match_schedule(7, 3.0);
    const auto noise = torch::randn({4, 3, 2, 2}), rows = torch::tensor({1, 3}, torch::kInt64);
    int calls = 0;
    const auto v = [&](const Tensor& x, float sigma) {
        ++calls;
        return at::sin(x * 3.0) + static_cast<double>(sigma);
    };
    const auto whole = integrate(v, {noise}, 7, schedule, {}, {}).latents;
    for (int middle = 0; middle <= 7; ++middle) {
        calls = 0;
        std::vector<int> steps;
        const auto on_step = [&](const inference::SamplerStep& step) { steps.push_back(step.step); };
        const auto half = integrate(v, {noise}, middle, schedule, on_step, {});
        EXPECT_EQ(half.step, middle);
        const auto end = integrate(v, half.only(rows), 7, schedule, on_step, {});
        EXPECT_TRUE(at::equal(end.latents, whole.index_select(0, rows))) << "broken after step " << middle;
        EXPECT_EQ(steps, (std::vector<int>{1, 2, 3, 4, 5, 6, 7}));
        EXPECT_EQ(calls, inference::model_evaluations(GetParam().sampler, 7));
    }
}

INSTANTIATE_TEST_SUITE_P(All, SamplerTest, testing::Values(Case{Sampler::euler, 1}, Case{Sampler::heun, 2}, Case{Sampler::multistep2, 2}),
                         [](const auto& each) { return std::string(inference::to_string(each.param.sampler)); });

TEST(Samplers, singleStepIsEulersForAll) {
    const auto v = [](const Tensor& x, float sigma) { return x * static_cast<double>(sigma); };
    const inference::SamplerState x{torch::ones({1, 1, 1, 1})};
    const auto schedule = inference::make_flow_match_schedule(1, 3.0);
    const auto euler = inference::sample_euler(v, x, 1, schedule, {}, {}).latents;
    EXPECT_TRUE(at::equal(inference::sample_multistep2(v, x, 1, schedule, {}, {}).latents, euler));
    EXPECT_TRUE(at::equal(inference::sample_heun(v, x, 1, schedule, {}, {}).latents, euler));  // one step: there is no velocity at sigma 0
}

TEST(Guidance, movesFromTheUnconditionalTowardsTheConditionalVelocity) {
    const auto both = at::cat({torch::full({1, 1, 1, 1}, 3.0), torch::full({1, 1, 1, 1}, 1.0)});
    EXPECT_EQ(inference::apply_guidance(both, 1.0).item<float>(), 3.0f);
    EXPECT_EQ(inference::apply_guidance(both, 0.0).item<float>(), 1.0f);
    EXPECT_EQ(inference::apply_guidance(both, 3.0).item<float>(), 7.0f);
}

}  // namespace
