// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/model/clip_config.h"
#include "inference/model/linear.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// The text half of a CLIP model: a causal transformer whose state at the end of the text, projected, stands for the prompt.
class ClipTextModel {
public:
    /// Throws corrupt_file naming the tensor that is missing, misshapen or not finite.
    ClipTextModel(const ClipTextConfig& config, const Checkpoint& weights, const Placement& placement);

    /// @param ids  of one prompt, from the start token to the padding, at most max_position_embeddings.
    /// @return (projection_dim) float32
    torch::Tensor embed(const std::vector<int>& ids) const;

    std::int64_t parameters() const noexcept { return parameters_; }

private:
    struct Norm {
        torch::Tensor weight, bias;
    };
    struct Layer {
        Norm layer_norm1;
        Linear qkv, out_proj;
        Norm layer_norm2;
        Linear fc1, fc2;
    };
    using ActivationFn = torch::Tensor (*)(const torch::Tensor&);
    using EndOfTextFn = std::size_t (*)(const std::vector<int>& ids, std::int64_t eos_token_id);

    /// Layer norm of the float32 stream, in the weights' dtype.
    torch::Tensor normed(const torch::Tensor& x, const Norm& norm) const;

    ClipTextConfig config_;
    Placement placement_;
    ActivationFn activation_;
    EndOfTextFn end_of_text_;
    torch::Tensor token_embedding_, position_embedding_;
    std::vector<Layer> layers_;
    Norm final_layer_norm_;
    Linear text_projection_;
    std::int64_t parameters_ = 0;
};

}  // namespace inference
