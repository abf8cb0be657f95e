// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "inference/learning/adapter.h"

namespace inference {

/// The numbers of an adapter on all matrices of one rank as one vector, so that an optimiser, an average and a checkpoint are each one
/// tensor. For each layer and matrix: `down`, then `up`.
class AdapterParameters {
public:
    AdapterParameters(AdapterLayout layout, std::int64_t rank, double alpha);

    const AdapterLayout& layout() const noexcept { return layout_; }
    std::int64_t size() const { return layout_.parameters(rank_); }

    /// `up` 0 and `down` normal with variance 1 / in: the adapter begins by adding nothing. (size()) float32.
    torch::Tensor initial(std::uint64_t seed) const;
    /// Views of a vector.
    AdapterWeights view(const torch::Tensor& vector) const;
    /// Adds the gradients of the stacked matrices, as stack_adapters() made them out of view(), to a gradient with respect to the vector.
    void add_gradients(const std::vector<LayerLowRank>& stacked, torch::Tensor& gradient) const;

private:
    AdapterLayout layout_;
    std::int64_t rank_;
    double scale_;
};

}  // namespace inference
