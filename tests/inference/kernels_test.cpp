// SPDX-License-Identifier: Apache-2.0
// Each fused operation of each instruction set that this processor has against the formulas in plain_ops.cpp.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inference/core/processor.h"
#include "inference/kernels/cpu_kernels.h"
#include "inference/kernels/fused_ops.h"

namespace {

using inference::KeyValues;
using inference::RotaryTable;
using inference::kernels::CpuKernels;
using torch::Tensor;
namespace plain = inference::plain;
namespace kernels = inference::kernels;

constexpr double eps = 1e-6;
constexpr torch::ScalarType dtypes[] = {torch::kFloat32, torch::kBFloat16};

std::vector<const CpuKernels*> available() {
    std::vector<const CpuKernels*> sets = {&kernels::cpu_kernels_baseline()};
#ifdef __x86_64__
    const auto& processor = inference::Processor::current();
    if (processor.has_avx2) sets.push_back(&kernels::cpu_kernels_avx2());
    if (processor.has_avx512) sets.push_back(&kernels::cpu_kernels_avx512());
    if (processor.has_avx512 && processor.has_avx512_bf16) sets.push_back(&kernels::cpu_kernels_avx512_bf16());
#endif
    return sets;
}

std::size_t index_of(torch::ScalarType dtype) { return dtype == torch::kBFloat16 ? 1 : 0; }

/// Both round the same float32 value; a last-bit difference before rounding may flip one bfloat16 step, of 2^-8 relative.
void expect_close(const Tensor& actual, const Tensor& expected, double float_tolerance = 2e-5) {
    ASSERT_EQ(actual.sizes(), expected.sizes());
    ASSERT_EQ(actual.scalar_type(), expected.scalar_type());
    const auto a = actual.to(torch::kFloat64), b = expected.to(torch::kFloat64);
    const double tolerance = actual.scalar_type() == torch::kBFloat16 ? 1.0 / 128 : float_tolerance;
    const auto error = (a - b).abs() / (b.abs() + 0.1);
    EXPECT_TRUE(a.isfinite().all().item<bool>());
    EXPECT_LT(error.max().item<double>(), tolerance);
}

Tensor scale_of(std::int64_t width) { return at::randn({width}) * 0.2 + 1; }

RotaryTable rotary(std::int64_t batch, std::int64_t tokens, std::int64_t head_dim) {
    const auto angles = at::randn({batch, tokens, head_dim / 2}) * 3;
    return {angles.cos(), angles.sin()};
}

class Kernels : public testing::Test {
protected:
    void SetUp() override { at::manual_seed(11); }

    /// Runs `check` for each instruction set and number format.
    template <typename Check> static void for_each_set(Check&& check) {
        for (const auto* set : available()) {
            for (const auto dtype : dtypes) {
                SCOPED_TRACE(std::string(set->name) + " " + c10::toString(dtype));
                check(*set, dtype);
            }
        }
    }
};

TEST_F(Kernels, theBestSetOfThisProcessorRuns) { EXPECT_STREQ(inference::cpu_kernel_name(), available().back()->name); }

TEST_F(Kernels, normaliseRows) {
    for_each_set([](const CpuKernels& set, torch::ScalarType dtype) {
        for (const std::int64_t width : {1, 7, 15, 16, 17, 31, 33, 384, 641}) {
            const auto x = at::randn({5, width}), scale = scale_of(width);
            auto out = torch::empty({5, width}, dtype);
            const kernels::RmsNormArgs args{x.const_data_ptr<float>(), scale.const_data_ptr<float>(), out.mutable_data_ptr(), width,
                                            static_cast<float>(eps)};
            set.rms_norm[index_of(dtype)](args, 0, 2);
            set.rms_norm[index_of(dtype)](args, 2, 5);
            expect_close(out, plain::rms_norm(x, scale, eps, dtype));
        }
    });
}

TEST_F(Kernels, normaliseZerosAndLargeNumbersWithoutOverflow) {
    for_each_set([](const CpuKernels& set, torch::ScalarType dtype) {
        const auto x = at::cat({torch::zeros({1, 24}), torch::full({1, 24}, 1e15), torch::full({1, 24}, 1e-15)});
        const auto scale = torch::ones({24});
        auto out = torch::empty({3, 24}, dtype);
        set.rms_norm[index_of(dtype)]({x.const_data_ptr<float>(), scale.const_data_ptr<float>(), out.mutable_data_ptr(), 24, static_cast<float>(eps)},
                                      0, 3);
        expect_close(out, plain::rms_norm(x, scale, eps, dtype));
    });
}

TEST_F(Kernels, addAndNormalise) {
    for_each_set([](const CpuKernels& set, torch::ScalarType dtype) {
        for (const std::int64_t width : {1, 15, 16, 40, 384, 641}) {
            const auto y = at::randn({4, width}).to(dtype), post = scale_of(width), next = scale_of(width), start = at::randn({4, width});
            for (const bool has_next : {true, false}) {
                auto x = start.clone(), expected_x = start.clone(), out = torch::zeros({4, width}, dtype);
                const auto expected = plain::add_norm(expected_x, y, post, has_next ? next : Tensor(), eps);
                const kernels::AddNormArgs args{x.mutable_data_ptr<float>(),
                                                y.const_data_ptr(),
                                                post.const_data_ptr<float>(),
                                                has_next ? next.const_data_ptr<float>() : nullptr,
                                                has_next ? out.mutable_data_ptr() : nullptr,
                                                width,
                                                static_cast<float>(eps)};
                set.add_norm[index_of(dtype)](args, 0, 4);
                expect_close(x, expected_x);
                if (has_next) expect_close(out, expected);
            }
        }
    });
}

TEST_F(Kernels, multiplyByGelu) {
    for_each_set([](const CpuKernels& set, torch::ScalarType dtype) {
        for (const std::int64_t width : {1, 15, 16, 17, 1024, 1027}) {
            const auto gate_up = (at::randn({3, 2 * width}) * 3).to(dtype);
            auto out = torch::empty({3, width}, dtype);
            set.gelu_mul[index_of(dtype)]({gate_up.const_data_ptr(), out.mutable_data_ptr(), width}, 0, 3);
            expect_close(out, plain::gelu_mul(gate_up));
        }
    });
}

TEST_F(Kernels, multiplyByGeluFarFromZero) {
    for_each_set([](const CpuKernels& set, torch::ScalarType dtype) {
        const auto gate =
            torch::tensor({-1e4f, -100.0f, -30.0f, -10.0f, -1e-8f, 0.0f, 1e-8f, 10.0f, 30.0f, 100.0f, 1e4f, -5.0f, 5.0f, -1.0f, 1.0f, 2.0f, 0.5f});
        const auto gate_up = at::cat({gate, torch::ones_like(gate)}).unsqueeze(0).to(dtype).contiguous();
        auto out = torch::empty({1, gate.numel()}, dtype);
        set.gelu_mul[index_of(dtype)]({gate_up.const_data_ptr(), out.mutable_data_ptr(), gate.numel()}, 0, 1);
        expect_close(out, plain::gelu_mul(gate_up));
    });
}

TEST_F(Kernels, normaliseRotateAndPlaceHeads) {
    for_each_set([](const CpuKernels& set, torch::ScalarType dtype) {
        for (const std::int64_t d : {32, 64, 256}) {
            for (const std::int64_t heads : {0, 1, 4}) {
                const std::int64_t kv_heads = heads == 4 ? 2 : 1, batch = 2, tokens = 5, capacity = 9;
                for (const std::int64_t table_batch : {1, 2}) {
                    const auto qkv = at::randn({batch * tokens, (heads + 2 * kv_heads) * d}).to(dtype);
                    const auto q_scale = scale_of(d), k_scale = scale_of(d);
                    const auto table = rotary(table_batch, tokens, d);
                    const auto shape = {batch, kv_heads, capacity, d};
                    KeyValues kv{torch::full(shape, 7.0, dtype), torch::full(shape, 7.0, dtype)}, expected{kv.keys.clone(), kv.values.clone()};
                    auto queries = torch::empty({batch, kv_heads, heads / kv_heads * tokens, d}, dtype);
                    const kernels::NormRotateArgs args{qkv.const_data_ptr(),
                                                       q_scale.const_data_ptr<float>(),
                                                       k_scale.const_data_ptr<float>(),
                                                       table.cosine.const_data_ptr<float>(),
                                                       table.sine.const_data_ptr<float>(),
                                                       queries.mutable_data_ptr(),
                                                       kv.keys.mutable_data_ptr(),
                                                       kv.values.mutable_data_ptr(),
                                                       tokens,
                                                       heads,
                                                       kv_heads,
                                                       d,
                                                       capacity,
                                                       table_batch == 1 ? 0 : tokens * d / 2,
                                                       static_cast<float>(eps)};
                    set.norm_rotate[index_of(dtype)](args, 0, 3);
                    set.norm_rotate[index_of(dtype)](args, 3, batch * tokens);
                    const auto expected_queries = plain::norm_rotate(qkv, q_scale, k_scale, table, batch, heads, expected, eps);
                    if (heads > 0) expect_close(queries, expected_queries);
                    expect_close(kv.keys, expected.keys);
                    EXPECT_TRUE(at::equal(kv.values, expected.values)) << "values are only moved";
                }
            }
        }
    });
}

TEST_F(Kernels, attendToTheKeysInUse) {
    for_each_set([](const CpuKernels& set, torch::ScalarType dtype) {
        for (const std::int64_t tokens : {1, 16, 37}) {
            for (const std::int64_t group : {1, 3}) {
                const std::int64_t batch = 2, kv_heads = 2, d = tokens == 37 ? 96 : 32, capacity = 3 * tokens + 65;
                const auto queries = at::randn({batch, kv_heads, group * tokens, d}).to(dtype);
                KeyValues kv{at::randn({batch, kv_heads, capacity, d}).to(dtype), at::randn({batch, kv_heads, capacity, d}).to(dtype)};
                for (const std::int64_t shorter : {std::int64_t{1}, capacity - 3}) {
                    const auto lengths = torch::tensor({capacity, shorter});
                    auto out = torch::empty({batch * tokens, kv_heads * group * d}, dtype);
                    const auto pairs = batch * kv_heads;
                    const auto packed = torch::empty({2, pairs * set.packed_bytes[index_of(dtype)](capacity, d)}, torch::kUInt8);
                    const kernels::AttentionArgs args{queries.const_data_ptr(),
                                                      kv.keys.const_data_ptr(),
                                                      kv.values.const_data_ptr(),
                                                      out.mutable_data_ptr(),
                                                      lengths.const_data_ptr<std::int64_t>(),
                                                      packed[0].mutable_data_ptr(),
                                                      packed[1].mutable_data_ptr(),
                                                      tokens,
                                                      group,
                                                      kv_heads,
                                                      d,
                                                      capacity,
                                                      1.0f / std::sqrt(static_cast<float>(d))};
                    set.pack[index_of(dtype)](args, 0, pairs);
                    const auto blocks = (group * tokens + kernels::attention_block_rows - 1) / kernels::attention_block_rows;
                    set.attention[index_of(dtype)](args, 0, pairs * blocks);
                    // The reference in float32 on the same stored numbers; its own bfloat16 path rounds in between.
                    const KeyValues exact{kv.keys.to(torch::kFloat32), kv.values.to(torch::kFloat32)};
                    const auto expected = plain::attention(queries.to(torch::kFloat32), exact, lengths, tokens);
                    expect_close(out, expected.to(dtype), 1e-4);
                }
            }
        }
    });
}

TEST_F(Kernels, attendWithScoresFarApart) {
    for_each_set([](const CpuKernels& set, torch::ScalarType dtype) {
        const std::int64_t d = 32, keys = 80;
        const auto queries = (at::randn({1, 1, 4, d}) * 100).to(dtype);
        const KeyValues kv{(at::randn({1, 1, keys, d}) * 100).to(dtype), at::randn({1, 1, keys, d}).to(dtype)};
        const auto lengths = torch::tensor({keys});
        auto out = torch::empty({4, d}, dtype);
        const auto packed = torch::empty({2, set.packed_bytes[index_of(dtype)](keys, d)}, torch::kUInt8);
        const kernels::AttentionArgs args{queries.const_data_ptr(),
                                          kv.keys.const_data_ptr(),
                                          kv.values.const_data_ptr(),
                                          out.mutable_data_ptr(),
                                          lengths.const_data_ptr<std::int64_t>(),
                                          packed[0].mutable_data_ptr(),
                                          packed[1].mutable_data_ptr(),
                                          4,
                                          1,
                                          1,
                                          d,
                                          keys,
                                          1.0f / std::sqrt(static_cast<float>(d))};
        set.pack[index_of(dtype)](args, 0, 1);
        set.attention[index_of(dtype)](args, 0, 1);
        const KeyValues exact{kv.keys.to(torch::kFloat32), kv.values.to(torch::kFloat32)};
        // Scores of about 1e5 hold a rounding of 1e-2 in float32, whoever adds them up.
        expect_close(out, plain::attention(queries.to(torch::kFloat32), exact, lengths, 4).to(dtype), 5e-2);
    });
}

TEST_F(Kernels, opsGiveTheFormulasForAnyHeadSize) {
    for (const auto dtype : dtypes) {
        for (const std::int64_t d : {4, 20, 32, 256, 544}) {  // our kernels take multiples of 32 up to 512; the rest goes another way
            SCOPED_TRACE(std::to_string(d) + " " + c10::toString(dtype));
            const std::int64_t batch = 2, heads = 2, tokens = 3, capacity = 8;
            const auto qkv = at::randn({batch * tokens, 4 * d}).to(dtype);
            const auto table = rotary(batch, tokens, d);
            const auto scale = scale_of(d);
            const auto zeros = [&] { return torch::zeros({batch, 1, capacity, d}, dtype); };
            KeyValues kv{zeros(), zeros()}, expected_kv{zeros(), zeros()};
            const auto q = inference::norm_rotate(qkv, scale, scale, table, batch, heads, kv, eps);
            const auto expected_q = plain::norm_rotate(qkv, scale, scale, table, batch, heads, expected_kv, eps);
            expect_close(q, expected_q);
            expect_close(kv.keys, expected_kv.keys);
            const auto lengths = torch::tensor({tokens, tokens - 1});
            // ATen's bfloat16 attention rounds in between; our kernels do not, so the formula in float32 is theirs.
            const bool ours = d % 32 == 0 && d <= kernels::max_attention_head_dim;
            const KeyValues exact{kv.keys.to(torch::kFloat32), kv.values.to(torch::kFloat32)};
            const auto expected =
                ours ? plain::attention(q.to(torch::kFloat32), exact, lengths, tokens).to(dtype) : plain::attention(q, kv, lengths, tokens);
            expect_close(inference::attention(q, kv, lengths, tokens), expected, 1e-4);
        }
    }
}

TEST_F(Kernels, opsRefuseShapesThatDoNotFit) {
    const auto table = rotary(1, 4, 32);
    const auto scale = scale_of(32);
    KeyValues small{torch::zeros({1, 1, 2, 32}), torch::zeros({1, 1, 2, 32})};
    EXPECT_THROW(inference::norm_rotate(at::randn({4, 96}), scale, scale, table, 1, 1, small, eps), c10::Error) << "four tokens into room for two";
    KeyValues kv{torch::zeros({1, 1, 4, 32}), torch::zeros({1, 1, 4, 32})};
    EXPECT_THROW(inference::norm_rotate(at::randn({4, 95}), scale, scale, table, 1, 1, kv, eps), c10::Error);
    auto x = at::randn({2, 8});
    EXPECT_THROW(inference::add_norm(x, at::randn({3, 8}), scale_of(8), {}, eps), c10::Error);
}

}  // namespace
