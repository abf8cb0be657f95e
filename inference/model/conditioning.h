// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "inference/kernels/fused_ops.h"
#include "inference/model/low_rank.h"

namespace inference {

/// The text side of one batch at one size, without padding, and what is needed beside it in every step; made once a batch.
struct Conditioning {
    /// Keys and values of each layer. With attention "self" the image's come first, in N rows that every step writes anew, and the prompt's
    /// after them; with attention "cross" they are the prompt's alone.
    std::vector<KeyValues> layers;
    torch::Tensor lengths;        ///< (B) int64 on the CPU: rows in use of `layers`
    KeyValues image;              ///< attention "cross": the image's keys and values of the layer at work
    torch::Tensor image_lengths;  ///< attention "cross": (B) int64 on the CPU, N each
    RotaryTable rotary;           ///< (B or 1, N, head_dim / 2)
    RotaryTable cached_rotary;    ///< the same as the reference's cached steps have it
    torch::Tensor pooled;         ///< (B, M) float32: CLIP embeddings of the prompts; undefined where the model does not listen to them
    ActiveAdapter adapter;        ///< one part for each layer, which adds nothing unless it is set
    std::int64_t batch = 0, rows = 0, columns = 0;  ///< patches

    std::int64_t image_tokens() const { return rows * columns; }
};

}  // namespace inference
