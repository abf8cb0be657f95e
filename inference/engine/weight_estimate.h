// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "inference/core/placement.h"
#include "inference/model/model_config.h"

namespace inference {

/// Bytes that the weights of a pipeline take in memory, from its configs alone: nothing of them needs to be read. The text model's vocabulary
/// is not among them, since only the rows of a prompt's tokens are read.
struct WeightEstimate {
    std::vector<std::int64_t> text_layers, transformer_layers;
    std::int64_t rest = 0;  ///< autoencoder, CLIP, and what of text model and transformer belongs to no layer

    std::int64_t text_bytes() const;         ///< of its layers
    std::int64_t transformer_bytes() const;  ///< of its layers
    std::int64_t total() const { return rest + text_bytes() + transformer_bytes(); }
};

WeightEstimate estimate_weights(const PipelineConfig& config, const Placement& placement);

}  // namespace inference
