// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/learning/adapter_layout.h"
#include "inference/model/low_rank.h"

namespace inference {

/// A LoRA pair on one matrix: its product adds scale * up down. Undefined: the matrix stays as it is.
struct LowRankPair {
    torch::Tensor down;  ///< (rank, in) float32: `lora_A` in files
    torch::Tensor up;    ///< (out, rank) float32: `lora_B` in files
    double scale = 1.0;  ///< alpha / rank

    bool defined() const { return down.defined(); }
};

/// The matrices of an adapter, by layer.
struct AdapterWeights {
    std::vector<std::array<LowRankPair, num_adapted_matrices>> layers;

    std::int64_t bytes() const;
};

/// One part of a sum of adapters.
struct WeightedAdapter {
    const AdapterWeights* weights = nullptr;
    double strength = 1.0;
};

/// Their sum in the form in which the transformer multiplies: the ranks of all adapters, and of the matrices that the transformer stacks,
/// stand below each other, and strength and scale are folded into `up`.
std::vector<LayerLowRank> stack_adapters(const std::vector<WeightedAdapter>& adapters, const AdapterLayout& layout, const Placement& placement);

/// The stacked matrices, each a run of AdaptedMatrix: [first, last].
inline constexpr std::pair<AdaptedMatrix, AdaptedMatrix> stacked_matrices[] = {{AdaptedMatrix::q_proj, AdaptedMatrix::v_proj},
                                                                               {AdaptedMatrix::o_proj, AdaptedMatrix::o_proj},
                                                                               {AdaptedMatrix::gate_proj, AdaptedMatrix::up_proj},
                                                                               {AdaptedMatrix::down_proj, AdaptedMatrix::down_proj}};

}  // namespace inference
