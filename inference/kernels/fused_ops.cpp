// SPDX-License-Identifier: Apache-2.0
#include "inference/kernels/fused_ops.h"

#include <cmath>

#include <ATen/Parallel.h>

#include "inference/kernels/cpu_kernels.h"
#include "inference/kernels/kernel_launch.h"

namespace inference {
namespace {

using namespace kernels;

const CpuKernels& active() {
#ifdef __x86_64__
    static const auto& chosen = choose_set(cpu_kernels_avx512_bf16, cpu_kernels_avx512, cpu_kernels_avx2, cpu_kernels_baseline);
#else
    static const auto& chosen = cpu_kernels_baseline();  // the portable set is the only one
#endif
    return chosen;
}

}  // namespace

const char* cpu_kernel_name() { return active().name; }

torch::Tensor rms_norm(const torch::Tensor& x, const InputNorm& norm, double eps, torch::ScalarType dtype) {
    if (!has_kernel(x) || x.scalar_type() != torch::kFloat32) return plain::rms_norm(x, norm, eps, dtype);
    auto out = torch::empty(x.sizes(), x.options().dtype(dtype));
    const auto width = x.size(-1), rows = x.numel() / width;
    const kernels::RmsNormArgs args{x.const_data_ptr<float>(), norm.scale.const_data_ptr<float>(),           out.mutable_data_ptr(), width,
                                    static_cast<float>(eps),   modulation_args(norm.modulation, rows, width)};
    const auto kernel = active().rms_norm[index_of(dtype)];
    at::parallel_for(0, rows, grain_for(width), [&](std::int64_t first, std::int64_t last) { kernel(args, first, last); });
    return out;
}

torch::Tensor add_norm(torch::Tensor& x, const torch::Tensor& y, const OutputNorm& post, const InputNorm& next, double eps) {
    if (!has_kernel(y) || !has_kernel(x)) return plain::add_norm(x, y, post, next, eps);
    TORCH_CHECK(x.scalar_type() == torch::kFloat32 && x.sizes() == y.sizes(), "add_norm: expected a float32 stream of y's shape");
    const auto width = y.size(-1), rows = y.numel() / width;
    auto out = next.scale.defined() ? torch::empty_like(y) : torch::Tensor();
    const kernels::AddNormArgs args{x.mutable_data_ptr<float>(),
                                    y.const_data_ptr(),
                                    data_or_null(post.scale),
                                    data_or_null(next.scale),
                                    out.defined() ? out.mutable_data_ptr() : nullptr,
                                    width,
                                    static_cast<float>(eps),
                                    modulation_args(next.modulation, rows, width),
                                    data_or_null(post.gate),
                                    group_rows(post.gate, rows, width)};
    const auto kernel = active().add_norm[index_of(y.scalar_type())];
    at::parallel_for(0, rows, grain_for(width), [&](std::int64_t first, std::int64_t last) { kernel(args, first, last); });
    return out;
}

torch::Tensor rms_norm(const torch::Tensor& x, const torch::Tensor& scale, double eps, torch::ScalarType dtype) {
    return rms_norm(x, InputNorm{scale, {}}, eps, dtype);
}

torch::Tensor add_norm(torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& post_scale, const torch::Tensor& next_scale, double eps) {
    return add_norm(x, y, OutputNorm{post_scale, {}}, InputNorm{next_scale, {}}, eps);
}

torch::Tensor gelu_mul(const torch::Tensor& gate_up) {
    if (!has_kernel(gate_up)) return plain::gelu_mul(gate_up);
    const auto rows = gate_up.size(0), width = gate_up.size(1) / 2;
    auto out = torch::empty({rows, width}, gate_up.options());
    const kernels::GeluMulArgs args{gate_up.const_data_ptr(), out.mutable_data_ptr(), width};
    const auto kernel = active().gelu_mul[index_of(gate_up.scalar_type())];
    at::parallel_for(0, rows, grain_for(2 * width), [&](std::int64_t first, std::int64_t last) { kernel(args, first, last); });
    return out;
}

torch::Tensor norm_rotate(const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary,
                          std::int64_t batch, std::int64_t heads, KeyValues& out, double eps) {
    const auto kv_heads = out.keys.size(1), capacity = out.keys.size(2), d = out.keys.size(3), tokens = qkv.size(0) / batch;
    TORCH_CHECK(qkv.dim() == 2 && qkv.size(1) == (heads + 2 * kv_heads) * d && tokens <= capacity,
                "norm_rotate: expected (B * tokens, (heads + 2 kv_heads) head_dim), got ", qkv.sizes());
    if (!has_kernel(qkv) || !has_kernel(out.keys) || !has_kernel(out.values) || d % 32 != 0) {
        return plain::norm_rotate(qkv, q_scale, k_scale, rotary, batch, heads, out, eps);
    }
    auto queries = torch::empty({batch, kv_heads, heads / kv_heads * tokens, d}, qkv.options());
    const kernels::NormRotateArgs args{qkv.const_data_ptr(),
                                       data_or_null(q_scale),
                                       data_or_null(k_scale),
                                       rotary.cosine.const_data_ptr<float>(),
                                       rotary.sine.const_data_ptr<float>(),
                                       queries.mutable_data_ptr(),
                                       out.keys.mutable_data_ptr(),
                                       out.values.mutable_data_ptr(),
                                       tokens,
                                       heads,
                                       kv_heads,
                                       d,
                                       capacity,
                                       rotary.cosine.size(0) == 1 ? 0 : tokens * d / 2,
                                       static_cast<float>(eps)};
    const auto kernel = active().norm_rotate[index_of(qkv.scalar_type())];
    at::parallel_for(0, qkv.size(0), grain_for(qkv.size(1)), [&](std::int64_t first, std::int64_t last) { kernel(args, first, last); });
    return queries;
}

torch::Tensor attention(const torch::Tensor& queries, const KeyValues& kv, const torch::Tensor& lengths, std::int64_t tokens) {
    const auto batch = queries.size(0), kv_heads = queries.size(1), rows = queries.size(2), d = queries.size(3), capacity = kv.keys.size(2);
    if (!has_kernel(queries) || d % 32 != 0 || d > kernels::max_attention_head_dim) return plain::attention(queries, kv, lengths, tokens);
    const auto element = index_of(queries.scalar_type());
    const auto pairs = batch * kv_heads;
    auto out = torch::empty({batch * tokens, kv_heads * (rows / tokens) * d}, queries.options());
    const auto packed = torch::empty({2, pairs * active().packed_bytes[element](capacity, d)}, torch::kUInt8);
    const kernels::AttentionArgs args{queries.const_data_ptr(),
                                      kv.keys.const_data_ptr(),
                                      kv.values.const_data_ptr(),
                                      out.mutable_data_ptr(),
                                      lengths.const_data_ptr<std::int64_t>(),
                                      packed[0].mutable_data_ptr(),
                                      packed[1].mutable_data_ptr(),
                                      tokens,
                                      rows / tokens,
                                      kv_heads,
                                      d,
                                      capacity,
                                      1.0f / std::sqrt(static_cast<float>(d))};
    const auto& kernels = active();
    at::parallel_for(0, pairs, 1, [&](std::int64_t first, std::int64_t last) { kernels.pack[element](args, first, last); });
    const auto blocks = (rows + kernels::attention_block_rows - 1) / kernels::attention_block_rows;
    at::parallel_for(0, pairs * blocks, 1, [&](std::int64_t first, std::int64_t last) { kernels.attention[element](args, first, last); });
    return out;
}

}  // namespace inference
