// SPDX-License-Identifier: Apache-2.0
// The kernels of the norms that only some variants have agree with their formulas in ATen.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <torch/types.h>

#include "inference/kernels/fused_ops.h"

namespace {

using inference::InputNorm;
using inference::Modulation;
using inference::OutputNorm;
using torch::Tensor;

constexpr double eps = 1e-6;

class Norms : public testing::TestWithParam<torch::ScalarType> {
protected:
    Norms() { at::manual_seed(20); }

    /// A number's own rounding.
    static double tolerance() { return GetParam() == torch::kBFloat16 ? 2e-2 : 2e-5; }
    static void expect_close(const Tensor& actual, const Tensor& expected, const std::string& what) {
        ASSERT_EQ(actual.scalar_type(), expected.scalar_type());
        EXPECT_TRUE(at::allclose(actual.to(torch::kFloat32), expected.to(torch::kFloat32), tolerance(), tolerance())) << what;
    }

private:
    const at::NoGradGuard no_grad_;
};

TEST_P(Norms, adaptiveNormsAgreeForAnyNumberOfModulations) {
    for (const std::int64_t width : {64, 50}) {  // a multiple of the vector width, and not
        for (const std::int64_t groups : {1, 2, 6}) {
            const auto x = torch::randn({12, width}), scale = torch::randn({width});
            const InputNorm norm{scale, {torch::randn({groups, width}), torch::randn({groups, width})}};
            expect_close(inference::rms_norm(x, norm, eps, GetParam()), inference::plain::rms_norm(x, norm, eps, GetParam()),
                         std::to_string(width) + ", " + std::to_string(groups));
        }
    }
}

TEST_P(Norms, residualsAgreeWithAndWithoutNormGateAndModulation) {
    for (const std::int64_t width : {64, 50}) {
        for (int variant = 0; variant < 16; ++variant) {
            const auto y = torch::randn({12, width}).to(GetParam());
            const OutputNorm post{(variant & 1) != 0 ? torch::randn({width}) : Tensor(), (variant & 2) != 0 ? torch::randn({3, width}) : Tensor()};
            const auto modulation = (variant & 4) != 0 ? Modulation{torch::randn({3, width}), torch::randn({3, width})} : Modulation{};
            const InputNorm next{(variant & 8) != 0 ? torch::randn({width}) : Tensor(), modulation};
            auto x = torch::randn({12, width}), expected_x = x.clone();
            const auto n = inference::add_norm(x, y, post, next, eps), expected = inference::plain::add_norm(expected_x, y, post, next, eps);
            const auto what = std::to_string(width) + ", variant " + std::to_string(variant);
            EXPECT_TRUE(at::allclose(x, expected_x, 1e-4, 1e-4)) << what;
            ASSERT_EQ(n.defined(), expected.defined());
            if (n.defined()) expect_close(n, expected, what);
        }
    }
}

TEST_P(Norms, headsAgreeWithAndWithoutTheirNorms) {
    constexpr std::int64_t batch = 2, tokens = 5, heads = 4, kv_heads = 2, d = 64;
    const inference::RotaryTable rotary{torch::randn({batch, tokens, d / 2}), torch::randn({batch, tokens, d / 2})};
    for (int variant = 0; variant < 4; ++variant) {
        const auto q_scale = (variant & 1) != 0 ? torch::randn({d}) : Tensor(), k_scale = (variant & 2) != 0 ? torch::randn({d}) : Tensor();
        const auto qkv = torch::randn({batch * tokens, (heads + 2 * kv_heads) * d}).to(GetParam());
        const auto room = [&] { return torch::zeros({batch, kv_heads, tokens + 1, d}, qkv.options()); };
        inference::KeyValues kv{room(), room()}, expected{room(), room()};
        const auto what = "variant " + std::to_string(variant);
        expect_close(inference::norm_rotate(qkv, q_scale, k_scale, rotary, batch, heads, kv, eps),
                     inference::plain::norm_rotate(qkv, q_scale, k_scale, rotary, batch, heads, expected, eps), what);
        expect_close(kv.keys, expected.keys, what);
        expect_close(kv.values, expected.values, what);
    }
}

TEST_P(Norms, aModulationThatDoesNotDivideTheRowsIsRefused) {
    const auto x = torch::randn({12, 64});
    const InputNorm norm{torch::randn({64}), {torch::randn({5, 64}), torch::randn({5, 64})}};
    EXPECT_THROW(inference::rms_norm(x, norm, eps, GetParam()), c10::Error);
}

INSTANTIATE_TEST_SUITE_P(Dtypes, Norms, testing::Values(torch::kFloat32, torch::kBFloat16),
                         [](const auto& instance) { return std::string(c10::toString(instance.param)); });

}  // namespace
