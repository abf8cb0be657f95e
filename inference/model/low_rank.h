// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace inference {

/// What adapters (LoRA, Hu et al. 2021, arXiv:2106.09685) add to a linear layer: y += (x down^T) up^T. Factors, alpha / rank and strength,
/// lie in `up`; several adapters, and the parts of a stacked matrix, are one product of larger rank. Without matrices it adds nothing.
class LowRank {
public:
    LowRank() = default;
    /// @param down (rank, in) @param up (out, rank), both in the layer's dtype.
    LowRank(torch::Tensor down, torch::Tensor up);

    /// @param y (rows, out), changed in its first `rows` rows. @param x (rows, in): what y was made of.
    void add_to(torch::Tensor& y, const torch::Tensor& x, std::int64_t rows) const;

    bool empty() const { return !down_.defined(); }
    const torch::Tensor& down() const { return down_; }
    const torch::Tensor& up() const { return up_; }

private:
    torch::Tensor down_, up_;
};

/// Of one layer of the image stream, by its matrices as they are stacked.
struct LayerLowRank {
    LowRank qkv, o_proj, gate_up, down_proj;
};

/// What acts on a batch: on the rows of the conditional branch, which come first.
struct ActiveAdapter {
    std::vector<LayerLowRank> layers;
    std::int64_t rows = 0;  ///< token rows
};

}  // namespace inference
