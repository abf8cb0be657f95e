// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/kernels/fused_ops.h"
#include "inference/model/transformer_config.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// How image tokens know where they are (reference section 3.3).
class ImagePositions {
public:
    virtual ~ImagePositions() = default;

    /// How queries and keys of the image turn. @param prompt_tokens  of each row of the batch: where the image starts.
    /// @return (B or 1, rows * columns, head_dim / 2)
    virtual RotaryTable rotary(std::span<const std::int64_t> prompt_tokens, std::int64_t rows, std::int64_t columns) const = 0;
    /// The same as the reference's cached steps have it, which forget where the image starts (section 4).
    virtual RotaryTable cached_rotary(std::span<const std::int64_t> prompt_tokens, std::int64_t rows, std::int64_t columns) const {
        return rotary(prompt_tokens, rows, columns);
    }
    /// Adds to each token what it learns about its place. @param x (B * rows * columns, D) float32.
    virtual void add_to(torch::Tensor& x, std::int64_t rows, std::int64_t columns) const = 0;
};

/// Throws corrupt_file where a stored table is misshapen.
std::unique_ptr<ImagePositions> make_image_positions(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement);

/// The sine-cosine table of "ape" for a square of `side` patches: (side * side, width) float32, column before row. Patch i lies at
/// i * native_side / side.
torch::Tensor sin_cos_table(std::int64_t side, std::int64_t native_side, std::int64_t width);

}  // namespace inference
