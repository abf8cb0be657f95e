// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include <torch/types.h>

#include "inference/model/autoencoder_config.h"

namespace inference::autoencoder {

/// Pixels [begin, end) of one side of a feature map.
struct Span {
    std::int64_t begin = 0, end = 0;
    std::int64_t size() const { return end - begin; }
    bool operator==(const Span&) const = default;
};

/// A rectangle of a feature map.
struct Region {
    Span rows, columns;
    std::int64_t area() const { return rows.size() * columns.size(); }
    bool operator==(const Region&) const = default;
};

/// The part `inner` of a tensor (1, C, h, w) that holds `outer`. A view.
torch::Tensor crop(const torch::Tensor& x, const Region& outer, const Region& inner);

// Encoder and decoder are lists of these steps. Each says which input its output needs, so that a list can run on a whole picture
// or on any part of it with the same numbers: a tile gets the neighbourhood that its pixels see, and zeros only beyond the picture's edge.

/// 3 x 3 or 1 x 1; stride 2 halves the sides and pads right and bottom only, as the downsampler does.
struct Convolve {
    torch::Tensor weight, bias;
    std::int64_t kernel = 3, stride = 1;

    std::int64_t output_size(std::int64_t size) const { return size / stride; }
    Span input_span(Span out, std::int64_t input_size) const;
    torch::Tensor operator()(const torch::Tensor& x) const;
    /// Output `out` of a whole input of size (height, width), from its part `in`.
    torch::Tensor operator()(const torch::Tensor& x, const Region& in, const Region& out, std::int64_t height, std::int64_t width) const;
};

/// Group normalisation over the whole picture, then the nonlinearity if there is one.
struct Normalise {
    torch::Tensor weight, bias;
    std::int64_t groups = 1;
    std::optional<Activation> activation;

    torch::Tensor operator()(const torch::Tensor& x) const;
    /// With statistics of the whole picture: `scale` and `offset` are float32 (1, C, 1, 1).
    torch::Tensor operator()(const torch::Tensor& x, const torch::Tensor& scale, const torch::Tensor& offset) const;
};

/// Nearest neighbour, twice the sides.
struct Upsample {
    static Span input_span(Span out) { return {out.begin / 2, (out.end + 1) / 2}; }
    torch::Tensor operator()(const torch::Tensor& x) const;
    torch::Tensor operator()(const torch::Tensor& x, const Region& in, const Region& out) const;
};

/// Sets the residual aside, through a 1 x 1 convolution where the width changes.
struct Branch {
    std::optional<Convolve> shortcut;
};

/// Adds what the last Branch set aside.
struct Merge {};

/// Self-attention over all pixels with one head, its norm and its residual.
struct Attend {
    torch::Tensor norm_weight, norm_bias;
    std::int64_t groups = 1;
    torch::Tensor qkv_weight, qkv_bias, out_weight, out_bias;

    torch::Tensor operator()(const torch::Tensor& x) const;
};

using Step = std::variant<Convolve, Normalise, Upsample, Branch, Merge, Attend>;

constexpr double group_norm_eps = 1e-6;

}  // namespace inference::autoencoder
