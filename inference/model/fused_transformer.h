// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/kernels/fused_ops.h"
#include "inference/model/linear.h"
#include "inference/model/model_config.h"
#include "inference/model/text_model.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// The text side of one batch at one size: for each layer a buffer whose first N rows the image's keys and values take in every step, with
/// the prompt's after them, and the image's rotary tables. Made once a batch; without padding, so nothing is masked.
struct Conditioning {
    std::vector<KeyValues> layers;
    torch::Tensor lengths;                          ///< (B) int64 on the CPU: N + tokens of the prompt
    RotaryTable rotary;                             ///< (B, N, head_dim / 2)
    std::int64_t batch = 0, rows = 0, columns = 0;  ///< patches
};

/// The image stream of FuseDiT: attention "self" over [image ; text], positions "2d-rope" with the trained offset, qk-norm, sandwich norms, no
/// timestep input (reference sections 3.5 and 3.7). The residual stream is float32 whatever the weights are.
class FusedTransformer {
public:
    /// Throws corrupt_file naming the tensor that is missing or misshapen.
    FusedTransformer(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement);

    /// @param prompts  one for each row of the batch. @param height, width  of the latents.
    Conditioning prepare(const std::vector<std::shared_ptr<const PromptState>>& prompts, std::int64_t height, std::int64_t width) const;

    /// @param latents (B, C, h, w) float32. @return predicted velocity (noise - data), same shape, float32.
    torch::Tensor velocity(const torch::Tensor& latents, Conditioning& text) const;

    std::int64_t parameters() const noexcept { return parameters_; }

    /// Floating-point operations of velocity(): multiplications and additions of all matrix products, attention's included.
    /// @param rows  of the batch. @param tokens  image tokens. @param keys  image and prompt tokens summed over the batch.
    double flops(std::int64_t rows, std::int64_t tokens, std::int64_t keys) const;

    /// Multiplies `rows` rows (0: the usual number) by the matrices of the first layers, nothing else: what the processor can do with this
    /// model's shapes. @return floating-point operations done.
    double run_matrix_products(std::int64_t num_layers, std::int64_t rows = 0) const;

private:
    struct Layer {
        torch::Tensor input_layernorm;
        Linear qkv;
        torch::Tensor q_norm, k_norm;
        Linear o_proj;
        torch::Tensor post_attention_layernorm, pre_feedforward_layernorm;
        Linear gate_up, down_proj;
        torch::Tensor post_feedforward_layernorm;
    };

    torch::Tensor patch_embed(const torch::Tensor& latents) const;
    torch::Tensor unpatchify(const torch::Tensor& tokens, const Conditioning& text) const;

    TransformerConfig config_;
    Placement placement_;
    torch::Tensor patch_weight_, patch_bias_;  ///< float32: latents enter and velocities leave unrounded
    std::vector<Layer> layers_;
    torch::Tensor norm_out_;
    torch::Tensor proj_weight_, proj_bias_;
    std::int64_t parameters_ = 0;
};

}  // namespace inference
