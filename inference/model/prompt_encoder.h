// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include <torch/types.h>

#include "inference/kernels/fused_ops.h"

namespace inference {

/// What a prompt leaves for the image stream: keys and values for every layer of it, (1, kv_heads, tokens, head_dim). It depends on the text
/// only, not on image, noise, seed or timestep.
struct PromptState {
    std::vector<KeyValues> layers;
    std::int64_t tokens = 0;
    torch::Tensor pooled;  ///< (M) float32: the prompt's CLIP embedding; undefined where the model does not listen to one

    std::int64_t bytes() const;
};

/// Understands prompts for an image stream.
class PromptEncoder {
public:
    virtual ~PromptEncoder() = default;

    /// Runs the prompts as one batch without padding: their tokens stand in one matrix, attention stays within a prompt.
    /// @param prompts  token ids, each with 1 or more, each id < vocab_size.
    virtual std::vector<PromptState> encode(const std::vector<std::vector<int>>& prompts, const std::stop_token& stop) const = 0;

    virtual std::int64_t parameters() const noexcept = 0;
    /// Floating-point operations of encode() for prompts of these token counts.
    virtual double flops(const std::vector<std::int64_t>& tokens) const = 0;

    /// Layers that are in memory between two prompts.
    virtual std::int64_t resident_layers() const noexcept = 0;
    /// Gives the layers' memory back; from now on they are read for each call of encode().
    virtual void release_layers() = 0;
};

}  // namespace inference
