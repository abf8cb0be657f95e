// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/kernels/fused_ops.h"
#include "inference/model/conditioning.h"
#include "inference/model/linear.h"
#include "inference/model/parameter_reader.h"
#include "inference/model/prompt_encoder.h"
#include "inference/model/transformer_config.h"

namespace inference {

/// What attention is made of, for code that needs the same formulas with derivatives.
struct AttentionParts {
    struct Block {
        const Linear* input = nullptr;  ///< queries, keys and values; of `cross` queries alone
        torch::Tensor q_norm, k_norm;   ///< (head_dim) 1 + weight; undefined: none
        const Linear* output = nullptr;
        torch::Tensor output_norm;  ///< (D) 1 + weight; undefined: none
        std::int64_t heads = 0, kv_heads = 0;
    };
    Block self;
    Block cross;  ///< without matrices where image and prompt meet in one softmax
};

/// The first half of a layer of the image stream: attention and its way back into the residual stream (reference sections 3.5 and 3.9).
class ImageAttention {
public:
    virtual ~ImageAttention() = default;

    /// Lays out the keys and values of the prompts, and room for the image's, for all layers.
    /// @param prompts  one for each row of the batch. @param text  with batch, rows and columns set.
    virtual void lay_out(Conditioning& text, const std::vector<std::shared_ptr<const PromptState>>& prompts) const = 0;

    /// @param x     (B * N, D) float32 residual stream, updated.  @param n  its normed input.
    /// @param gate  on what attention adds; undefined: 1.         @param next  the norm in front of the MLP.
    /// @return the MLP's input.
    virtual torch::Tensor operator()(torch::Tensor& x, const torch::Tensor& n, Conditioning& text, std::size_t layer, const torch::Tensor& gate,
                                     const InputNorm& next) const = 0;

    /// Its matrices, in the order in which they are multiplied.
    virtual std::vector<const Linear*> linears() const = 0;

    /// Views of its parameters.
    virtual AttentionParts parts() const = 0;
};

/// @param layer_name  of the tensors, with the dot after it.
std::unique_ptr<ImageAttention> make_image_attention(const TransformerConfig& config, ParameterReader& read, const std::string& layer_name,
                                                     const Placement& placement);

}  // namespace inference
