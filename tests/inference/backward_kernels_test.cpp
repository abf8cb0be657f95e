// SPDX-License-Identifier: Apache-2.0
// The way back of each fused operation of each instruction set that this processor has, against the formulas in plain_backward.cpp; those
// against what autograd makes of plain_ops.cpp's.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "inference/core/processor.h"
#include "inference/kernels/backward_kernels.h"
#include "inference/kernels/fused_backward.h"

namespace {

using inference::InputNorm;
using inference::KeyValues;
using inference::Modulation;
using inference::OutputNorm;
using inference::RotaryTable;
using inference::kernels::BackwardKernels;
using torch::Tensor;
namespace plain = inference::plain;
namespace kernels = inference::kernels;

constexpr double eps = 1e-6;
constexpr torch::ScalarType dtypes[] = {torch::kFloat32, torch::kBFloat16};

std::vector<const BackwardKernels*> available() {
    std::vector<const BackwardKernels*> sets = {&kernels::backward_kernels_baseline()};
#ifdef __x86_64__
    const auto& processor = inference::Processor::current();
    if (processor.has_avx2) sets.push_back(&kernels::backward_kernels_avx2());
    if (processor.has_avx512) sets.push_back(&kernels::backward_kernels_avx512());
    if (processor.has_avx512 && processor.has_avx512_bf16) sets.push_back(&kernels::backward_kernels_avx512_bf16());
#endif
    return sets;
}

std::size_t index_of(torch::ScalarType dtype) { return dtype == torch::kBFloat16 ? 1 : 0; }

void expect_close(const Tensor& actual, const Tensor& expected, double float_tolerance = 1e-4) {
    ASSERT_EQ(actual.sizes(), expected.sizes());
    ASSERT_EQ(actual.scalar_type(), expected.scalar_type());
    const auto a = actual.to(torch::kFloat64), b = expected.to(torch::kFloat64);
    const double tolerance = actual.scalar_type() == torch::kBFloat16 ? 1.0 / 64 : float_tolerance;
    EXPECT_TRUE(a.isfinite().all().item<bool>());
    EXPECT_LT(((a - b).abs() / (b.abs() + 0.1)).max().item<double>(), tolerance);
}

class KernelsBackward : public testing::Test {
protected:
    void SetUp() override { at::manual_seed(11); }

    template <typename Check> static void for_each_set(Check&& check) {
        for (const auto* set : available()) {
            for (const auto dtype : dtypes) {
                SCOPED_TRACE(std::string(set->name) + " " + c10::toString(dtype));
                check(*set, dtype);
            }
        }
    }
    /// What autograd finds for d(sum(out * d_out)) / d(input).
    static Tensor derivative(const Tensor& out, const Tensor& d_out, const Tensor& input) {
        return torch::autograd::grad({out}, {input}, {d_out})[0];
    }
    static RotaryTable rotary(std::int64_t batch, std::int64_t tokens, std::int64_t head_dim) {
        const auto angles = at::randn({batch, tokens, head_dim / 2}) * 3;
        return {angles.cos(), angles.sin()};
    }
};

TEST_F(KernelsBackward, ofTheNormAgree) {
    for_each_set([](const BackwardKernels& set, torch::ScalarType dtype) {
        for (const std::int64_t width : {1, 15, 16, 33, 384}) {
            for (const bool modulated : {false, true}) {
                const auto x = at::randn({6, width}), d_out = at::randn({6, width}).to(dtype), scale = at::randn({width}) * 0.2 + 1;
                const Modulation modulation = modulated ? Modulation{at::randn({2, width}), at::randn({2, width}) * 0.3} : Modulation{};
                auto d_x = torch::empty({6, width});
                kernels::RmsNormBackwardArgs args{
                    x.const_data_ptr<float>(), scale.const_data_ptr<float>(), d_out.const_data_ptr(), d_x.mutable_data_ptr<float>(), width, 1e-6f};
                if (modulated) args.modulation = {modulation.shift.const_data_ptr<float>(), modulation.scale.const_data_ptr<float>(), 3};
                set.rms_norm[index_of(dtype)](args, 0, 2);
                set.rms_norm[index_of(dtype)](args, 2, 6);
                expect_close(d_x, plain::rms_norm_backward(d_out, x, InputNorm{scale, modulation}, eps));
            }
        }
    });
}

TEST_F(KernelsBackward, ofTheSumAgree) {
    for_each_set([](const BackwardKernels& set, torch::ScalarType dtype) {
        for (const std::int64_t width : {1, 15, 16, 33, 384}) {
            for (const bool normed : {false, true}) {
                for (const bool gated : {false, true}) {
                    const auto y = at::randn({6, width}).to(dtype), d_x = at::randn({6, width});
                    const OutputNorm post{normed ? at::randn({width}) * 0.2 + 1 : Tensor(), gated ? at::randn({2, width}) : Tensor()};
                    auto d_y = torch::empty({6, width}, dtype);
                    const kernels::AddNormBackwardArgs args{d_x.const_data_ptr<float>(),
                                                            y.const_data_ptr(),
                                                            normed ? post.scale.const_data_ptr<float>() : nullptr,
                                                            d_y.mutable_data_ptr(),
                                                            width,
                                                            1e-6f,
                                                            gated ? post.gate.const_data_ptr<float>() : nullptr,
                                                            3};
                    set.add_norm[index_of(dtype)](args, 0, 6);
                    expect_close(d_y, plain::add_norm_backward(d_x, y, post, eps));
                }
            }
        }
    });
}

TEST_F(KernelsBackward, ofTheActivationAgree) {
    for_each_set([](const BackwardKernels& set, torch::ScalarType dtype) {
        for (const std::int64_t width : {1, 15, 16, 33, 256}) {
            const auto gate_up = (at::randn({4, 2 * width}) * 3).to(dtype), d_out = at::randn({4, width}).to(dtype);
            auto d_gate_up = torch::empty({4, 2 * width}, dtype);
            const kernels::GeluMulBackwardArgs args{gate_up.const_data_ptr(), d_out.const_data_ptr(), d_gate_up.mutable_data_ptr(), width};
            set.gelu_mul[index_of(dtype)](args, 0, 4);
            expect_close(d_gate_up, plain::gelu_mul_backward(d_out, gate_up));
        }
    });
}

TEST_F(KernelsBackward, ofTheHeadsAgree) {
    constexpr std::int64_t batch = 2, tokens = 3, heads = 4, kv_heads = 2, d = 64, capacity = 5;
    for_each_set([](const BackwardKernels& set, torch::ScalarType dtype) {
        for (const bool normed : {false, true}) {
            for (const std::int64_t tables : {1, 2}) {
                const auto qkv = at::randn({batch * tokens, (heads + 2 * kv_heads) * d}).to(dtype);
                const auto q_scale = normed ? at::randn({d}) * 0.2 + 1 : Tensor(), k_scale = normed ? at::randn({d}) * 0.2 + 1 : Tensor();
                const auto table = rotary(tables, tokens, d);
                const auto d_q = at::randn({batch, kv_heads, heads / kv_heads * tokens, d}).to(dtype);
                const auto d_k = at::randn({batch, kv_heads, capacity, d}).to(dtype), d_v = at::randn({batch, kv_heads, capacity, d}).to(dtype);
                auto d_qkv = torch::empty_like(qkv);
                const kernels::NormRotateBackwardArgs args{qkv.const_data_ptr(),
                                                           normed ? q_scale.const_data_ptr<float>() : nullptr,
                                                           normed ? k_scale.const_data_ptr<float>() : nullptr,
                                                           table.cosine.const_data_ptr<float>(),
                                                           table.sine.const_data_ptr<float>(),
                                                           d_q.const_data_ptr(),
                                                           d_k.const_data_ptr(),
                                                           d_v.const_data_ptr(),
                                                           d_qkv.mutable_data_ptr(),
                                                           tokens,
                                                           heads,
                                                           kv_heads,
                                                           d,
                                                           capacity,
                                                           tables == 1 ? 0 : tokens * d / 2,
                                                           1e-6f};
                set.norm_rotate[index_of(dtype)](args, 0, 4);
                set.norm_rotate[index_of(dtype)](args, 4, batch * tokens);
                expect_close(d_qkv, plain::norm_rotate_backward(d_q, d_k, d_v, qkv, q_scale, k_scale, table, heads, eps));
            }
        }
    });
}

TEST_F(KernelsBackward, formulasAreThoseThatAutogradFinds) {
    const at::AutoGradMode with_graph(true);
    const auto x = at::randn({6, 32}).requires_grad_(true), d = at::randn({6, 32}), scale = at::randn({32}) * 0.2 + 1;
    const InputNorm norm{scale, {at::randn({2, 32}), at::randn({2, 32}) * 0.3}};
    expect_close(plain::rms_norm_backward(d, x.detach(), norm, eps), derivative(plain::rms_norm(x, norm, eps, torch::kFloat32), d, x));

    const OutputNorm post{scale, at::randn({2, 32})};
    auto stream = at::randn({6, 32});
    plain::add_norm(stream, x, post, InputNorm{}, eps);
    expect_close(plain::add_norm_backward(d, x.detach(), post, eps), derivative(stream, d, x));

    const auto gate_up = (at::randn({6, 64}) * 2).requires_grad_(true);
    expect_close(plain::gelu_mul_backward(d, gate_up.detach()), derivative(plain::gelu_mul(gate_up), d, gate_up));

    constexpr std::int64_t batch = 2, tokens = 3, heads = 4, kv_heads = 2, head = 32;
    const auto qkv = at::randn({batch * tokens, (heads + 2 * kv_heads) * head}).requires_grad_(true);
    const auto q_scale = at::randn({head}) * 0.2 + 1, k_scale = at::randn({head}) * 0.2 + 1;
    const auto table = rotary(batch, tokens, head);
    KeyValues kv{torch::zeros({batch, kv_heads, 5, head}), torch::zeros({batch, kv_heads, 5, head})};
    const auto q = plain::norm_rotate(qkv, q_scale, k_scale, table, batch, heads, kv, eps);
    const auto d_q = at::randn_like(q), d_k = at::randn_like(kv.keys), d_v = at::randn_like(kv.values);
    const auto found = torch::autograd::grad({q, kv.keys, kv.values}, {qkv}, {d_q, d_k, d_v})[0];
    expect_close(plain::norm_rotate_backward(d_q, d_k, d_v, qkv.detach(), q_scale, k_scale, table, heads, eps), found);
}

TEST_F(KernelsBackward, theBestSetRunsAndOtherLayoutsTakeTheFormulas) {
    EXPECT_STREQ(inference::cpu_kernel_name(), available().back()->name);
    const auto x = at::randn({6, 33}), d = at::randn({6, 33}), scale = at::randn({33});
    expect_close(inference::rms_norm_backward(d, x, InputNorm{scale, {}}, eps), plain::rms_norm_backward(d, x, InputNorm{scale, {}}, eps));
    const auto spread = at::randn({33, 6}).t();
    expect_close(inference::rms_norm_backward(spread, x, InputNorm{scale, {}}, eps), plain::rms_norm_backward(spread, x, InputNorm{scale, {}}, eps));
}

}  // namespace
