// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include <torch/types.h>

namespace inference {

/// How the frozen transformer is asked what it sees in a picture: its residual stream at two noise levels, pooled over image tokens.
namespace state_recipe {

inline constexpr double noise_levels[] = {0.4, 0.15};
inline constexpr std::uint64_t noise_seeds[] = {1, 2};

/// Layers after which the stream is looked at; `image` and `judge` index `all`.
struct Taps {
    std::vector<std::int64_t> all, image, judge;
};
Taps taps_of(std::int64_t num_layers);

/// @param stream  (B * N, D). @return mean and deviation over the N tokens, (B, 2 D).
torch::Tensor pool(const torch::Tensor& stream, std::int64_t batch);
/// The derivative of pool: @param d_pooled  (B, 2 D). @return (B * N, D).
torch::Tensor pool_backward(const torch::Tensor& stream, std::int64_t batch, const torch::Tensor& d_pooled);

}  // namespace state_recipe
}  // namespace inference
