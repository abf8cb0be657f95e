// SPDX-License-Identifier: Apache-2.0
#include "inference/kernels/fused_backward.h"

#include <ATen/Parallel.h>

#include "inference/kernels/backward_kernels.h"
#include "inference/kernels/kernel_launch.h"

namespace inference {
namespace {

using namespace kernels;

const BackwardKernels& active() {
#ifdef __x86_64__
    static const auto& chosen = choose_set(backward_kernels_avx512_bf16, backward_kernels_avx512, backward_kernels_avx2, backward_kernels_baseline);
#else
    static const auto& chosen = backward_kernels_baseline();  // the portable set is the only one
#endif
    return chosen;
}

template <typename Args> void run(void (*kernel)(const Args&, std::int64_t, std::int64_t), const Args& args, std::int64_t rows, std::int64_t width) {
    at::parallel_for(0, rows, grain_for(width), [&](std::int64_t first, std::int64_t last) { kernel(args, first, last); });
}

}  // namespace

torch::Tensor rms_norm_backward(const torch::Tensor& d_out, const torch::Tensor& x, const InputNorm& norm, double eps) {
    if (!has_kernel(d_out) || !has_kernel(x)) return plain::rms_norm_backward(d_out, x, norm, eps);
    TORCH_CHECK(x.scalar_type() == torch::kFloat32 && x.sizes() == d_out.sizes(), "rms_norm_backward: expected a float32 stream of d_out's shape");
    auto d_x = torch::empty_like(x);
    const auto width = x.size(-1), rows = x.numel() / width;
    const RmsNormBackwardArgs args{
        x.const_data_ptr<float>(), norm.scale.const_data_ptr<float>(),           d_out.const_data_ptr(), d_x.mutable_data_ptr<float>(), width,
        static_cast<float>(eps),   modulation_args(norm.modulation, rows, width)};
    run(active().rms_norm[index_of(d_out.scalar_type())], args, rows, width);
    return d_x;
}

torch::Tensor add_norm_backward(const torch::Tensor& d_x, const torch::Tensor& y, const OutputNorm& post, double eps) {
    if (!has_kernel(d_x) || !has_kernel(y)) return plain::add_norm_backward(d_x, y, post, eps);
    TORCH_CHECK(d_x.scalar_type() == torch::kFloat32 && d_x.sizes() == y.sizes(), "add_norm_backward: expected a float32 derivative of y's shape");
    auto d_y = torch::empty_like(y);
    const auto width = y.size(-1), rows = y.numel() / width;
    const AddNormBackwardArgs args{
        d_x.const_data_ptr<float>(), y.const_data_ptr(),      data_or_null(post.scale),          d_y.mutable_data_ptr(), width,
        static_cast<float>(eps),     data_or_null(post.gate), group_rows(post.gate, rows, width)};
    run(active().add_norm[index_of(y.scalar_type())], args, rows, width);
    return d_y;
}

torch::Tensor gelu_mul_backward(const torch::Tensor& d_out, const torch::Tensor& gate_up) {
    if (!has_kernel(d_out) || !has_kernel(gate_up)) return plain::gelu_mul_backward(d_out, gate_up);
    TORCH_CHECK(d_out.scalar_type() == gate_up.scalar_type() && 2 * d_out.numel() == gate_up.numel(),
                "gelu_mul_backward: d_out and gate_up disagree");
    auto d_gate_up = torch::empty_like(gate_up);
    const auto rows = d_out.size(0), width = d_out.size(1);
    const GeluMulBackwardArgs args{gate_up.const_data_ptr(), d_out.const_data_ptr(), d_gate_up.mutable_data_ptr(), width};
    run(active().gelu_mul[index_of(gate_up.scalar_type())], args, rows, 2 * width);
    return d_gate_up;
}

torch::Tensor norm_rotate_backward(const torch::Tensor& d_queries, const torch::Tensor& d_keys, const torch::Tensor& d_values,
                                   const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary,
                                   std::int64_t heads, double eps) {
    const auto batch = d_keys.size(0), kv_heads = d_keys.size(1), capacity = d_keys.size(2), d = d_keys.size(3), tokens = qkv.size(0) / batch;
    TORCH_CHECK(qkv.size(1) == (heads + 2 * kv_heads) * d && tokens <= capacity && d_values.sizes() == d_keys.sizes(),
                "norm_rotate_backward: qkv is ", qkv.sizes(), ", d_keys ", d_keys.sizes());
    const bool kernel = has_kernel(qkv) && has_kernel(d_queries) && has_kernel(d_keys) && has_kernel(d_values) && d % 32 == 0;
    if (!kernel || d > max_attention_head_dim) {
        return plain::norm_rotate_backward(d_queries, d_keys, d_values, qkv, q_scale, k_scale, rotary, heads, eps);
    }
    auto d_qkv = torch::empty_like(qkv);
    const NormRotateBackwardArgs args{qkv.const_data_ptr(),
                                      data_or_null(q_scale),
                                      data_or_null(k_scale),
                                      rotary.cosine.const_data_ptr<float>(),
                                      rotary.sine.const_data_ptr<float>(),
                                      d_queries.const_data_ptr(),
                                      d_keys.const_data_ptr(),
                                      d_values.const_data_ptr(),
                                      d_qkv.mutable_data_ptr(),
                                      tokens,
                                      heads,
                                      kv_heads,
                                      d,
                                      capacity,
                                      rotary.cosine.size(0) == 1 ? 0 : tokens * d / 2,
                                      static_cast<float>(eps)};
    run(active().norm_rotate[index_of(qkv.scalar_type())], args, qkv.size(0), qkv.size(1));
    return d_qkv;
}

}  // namespace inference
