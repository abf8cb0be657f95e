// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// The tensors of one layer by their names behind the layer's prefix ("self_attn.q_proj.weight").
using LayerWeights = std::map<std::string, torch::Tensor>;

/// Weights that do not fit into memory, layer by layer: a layer is read when it is asked for and forgotten with the value that holds it.
/// What is read again comes from the kernel's page cache as far as that reaches.
class WeightSource {
public:
    WeightSource(std::shared_ptr<const Checkpoint> weights, const Placement& placement) : weights_(std::move(weights)), placement_(placement) {}

    /// All tensors whose names start with `prefix` ("dit.layers.3."), cast and checked as Checkpoint::load() does.
    /// Throws corrupt_file when there is none.
    LayerWeights load(std::string_view prefix) const;
    /// Bytes that load() will hold.
    std::int64_t bytes(std::string_view prefix) const;
    /// Starts reading the layer ahead while the one before it computes: a hint.
    void prefetch(std::string_view prefix) const;

private:
    std::shared_ptr<const Checkpoint> weights_;
    Placement placement_;
};

}  // namespace inference
