// SPDX-License-Identifier: Apache-2.0
#include "inference/model/autoencoder_steps.h"

#include <algorithm>

namespace inference::autoencoder {
namespace {

torch::Tensor activate(torch::Tensor x, const std::optional<Activation>& activation) {
    if (!activation) return x;
    switch (*activation) {
    case Activation::silu: return at::silu_(x);
    case Activation::gelu: return at::gelu_(x);
    case Activation::mish: return at::mish_(x);
    case Activation::relu: return at::relu_(x);
    }
    return x;
}

/// Zeros that a 3 x 3 convolution adds to a span: one pixel beyond each edge of the picture that the output touches.
std::pair<std::int64_t, std::int64_t> padding(Span out, std::int64_t size, const Convolve& conv) {
    if (conv.kernel == 1) return {0, 0};
    if (conv.stride == 2) return {0, 2 * out.end + 1 > size ? 1 : 0};
    return {out.begin == 0 ? 1 : 0, out.end == size ? 1 : 0};
}

}  // namespace

torch::Tensor crop(const torch::Tensor& x, const Region& outer, const Region& inner) {
    return x.narrow(2, inner.rows.begin - outer.rows.begin, inner.rows.size())
        .narrow(3, inner.columns.begin - outer.columns.begin, inner.columns.size());
}

Span Convolve::input_span(Span out, std::int64_t input_size) const {
    if (kernel == 1) return out;
    if (stride == 2) return {2 * out.begin, std::min(2 * out.end + 1, input_size)};
    return {std::max<std::int64_t>(out.begin - 1, 0), std::min(out.end + 1, input_size)};
}

torch::Tensor Convolve::operator()(const torch::Tensor& x) const {
    if (stride == 2) return at::conv2d(at::constant_pad_nd(x, {0, 1, 0, 1}), weight, bias, stride);
    return at::conv2d(x, weight, bias, 1, kernel / 2);
}

torch::Tensor Convolve::operator()(const torch::Tensor& x, const Region& in, const Region& out, std::int64_t height, std::int64_t width) const {
    const auto needed = crop(x, in, {input_span(out.rows, height), input_span(out.columns, width)});
    const auto [top, bottom] = padding(out.rows, height, *this);
    const auto [left, right] = padding(out.columns, width, *this);
    if (top == 1 && bottom == 1 && left == 1 && right == 1) return at::conv2d(needed, weight, bias, 1, 1);
    if (top + bottom + left + right == 0) return at::conv2d(needed, weight, bias, stride);
    return at::conv2d(at::constant_pad_nd(needed, {left, right, top, bottom}), weight, bias, stride);
}

torch::Tensor Normalise::operator()(const torch::Tensor& x) const {
    return activate(at::group_norm(x, groups, weight, bias, group_norm_eps), activation);
}

torch::Tensor Normalise::operator()(const torch::Tensor& x, const torch::Tensor& scale, const torch::Tensor& offset) const {
    return activate(at::addcmul(offset, x.to(torch::kFloat32), scale), activation).to(x.scalar_type());
}

torch::Tensor Upsample::operator()(const torch::Tensor& x) const { return at::upsample_nearest2d(x, {x.size(2) * 2, x.size(3) * 2}); }

torch::Tensor Upsample::operator()(const torch::Tensor& x, const Region& in, const Region& out) const {
    const Region needed{input_span(out.rows), input_span(out.columns)};
    const auto twice = (*this)(crop(x, in, needed));
    return crop(twice, {{2 * needed.rows.begin, 2 * needed.rows.end}, {2 * needed.columns.begin, 2 * needed.columns.end}}, out);
}

torch::Tensor Attend::operator()(const torch::Tensor& x) const {
    const auto B = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3);
    const auto t = at::group_norm(x, groups, norm_weight, norm_bias, group_norm_eps).permute({0, 2, 3, 1}).reshape({B, H * W, C});
    const auto qkv = at::linear(t, qkv_weight, qkv_bias).unsqueeze(1).chunk(3, -1);
    const auto o = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]).squeeze(1);
    return x + at::linear(o, out_weight, out_bias).view({B, H, W, C}).permute({0, 3, 1, 2});
}

}  // namespace inference::autoencoder
