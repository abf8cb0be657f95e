// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/kernels/fused_ops.h"
#include "inference/model/conditioning.h"
#include "inference/model/image_attention.h"
#include "inference/model/layer_stack.h"
#include "inference/model/linear.h"
#include "inference/model/positions.h"
#include "inference/model/prompt_encoder.h"
#include "inference/model/timestep_conditioning.h"
#include "inference/model/transformer_config.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// The image stream of FuseDiT and of DiT (reference sections 3.2 to 3.10): what varies is in parts that are chosen when it is made. The
/// residual stream is float32 whatever the weights are.
class FusedTransformer {
public:
    /// @param loading  layers that do not stay in memory are read from their files in every pass.
    /// Throws corrupt_file naming the tensor that is missing, misshapen or not finite.
    FusedTransformer(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement, const LayerLoading& loading = {});

    /// @param prompts  one for each row of the batch. @param height, width  of the latents.
    /// Throws invalid_request when this model has no positions for a picture of that size.
    Conditioning prepare(const std::vector<std::shared_ptr<const PromptState>>& prompts, std::int64_t height, std::int64_t width) const;

    /// @param latents (B, C, h, w) float32. @param timesteps (1 or B) float32, 1000 sigma; models without timestep conditioning ignore them.
    /// @return predicted velocity (noise - data), same shape, float32.
    torch::Tensor velocity(const torch::Tensor& latents, Conditioning& text, const torch::Tensor& timesteps = {}) const;

    /// The residual stream (B * N, D) float32 after the first `layers[i]` layers, for each i; 0: as it enters the first. Runs no further than it
    /// must. @param layers  ascending, at most num_hidden_layers.
    std::vector<torch::Tensor> streams(const torch::Tensor& latents, Conditioning& text, const torch::Tensor& timesteps,
                                       std::span<const std::int64_t> layers) const;

    std::int64_t parameters() const noexcept { return parameters_; }
    const TransformerConfig& config() const noexcept { return config_; }
    const Placement& placement() const noexcept { return placement_; }
    std::int64_t resident_layers() const noexcept { return layers_.resident(); }
    /// Keeps so many layers at most in memory from now on.
    void keep_only(std::int64_t resident_layers) { layers_.keep_only(resident_layers); }

    struct Layer {
        torch::Tensor input_layernorm;
        std::unique_ptr<ImageAttention> attention;
        torch::Tensor mlp_input_norm;
        Linear gate_up, down_proj;
        torch::Tensor mlp_norm;  ///< on what the MLP produces; undefined without sandwich norms
        std::int64_t parameters = 0;

        std::vector<const Linear*> linears() const;
    };

    // For code that needs the same formulas with derivatives: enter(), layer(), norm_out(), leave().

    struct Entry {
        torch::Tensor x;  ///< (B * N, D) float32
        StepModulation step;
    };
    Entry enter(const torch::Tensor& latents, const Conditioning& text, const torch::Tensor& timesteps) const;
    std::size_t num_layers() const noexcept { return static_cast<std::size_t>(layers_.size()); }
    /// From memory or from its file; lives as long as it is held.
    std::shared_ptr<const Layer> layer(std::size_t index) const { return layers_[static_cast<std::int64_t>(index)]; }
    const torch::Tensor& norm_out() const noexcept { return norm_out_; }
    /// @param n (B * N, D) the normed stream. @return (B, C, h, w) float32.
    torch::Tensor leave(const torch::Tensor& n, const Conditioning& text) const;

    /// Floating-point operations of velocity(): multiplications and additions of all matrix products, attention's included.
    /// @param rows  of the batch. @param tokens  image tokens. @param keys  image and prompt tokens summed over the batch.
    double flops(std::int64_t rows, std::int64_t tokens, std::int64_t keys) const;

    /// Multiplies `rows` rows (0: the usual number) by the matrices of the first layers, nothing else: what the processor can do with this
    /// model's shapes. @return floating-point operations done.
    double run_matrix_products(std::int64_t num_layers, std::int64_t rows = 0) const;

private:
    static Layer read_layer(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement, std::int64_t index);

    torch::Tensor patch_embed(const torch::Tensor& latents) const;
    /// Layers [first, last) on x. @param n  the normed input of the first, and on return that of the one after the last.
    void run(Entry& entry, torch::Tensor& n, Conditioning& text, std::size_t first, std::size_t last) const;
    InputNorm norm_before(std::size_t layer, const StepModulation& step) const;
    torch::Tensor unpatchify(const torch::Tensor& tokens, const Conditioning& text) const;

    TransformerConfig config_;
    Placement placement_;
    torch::Tensor patch_weight_, patch_bias_;  ///< float32: latents enter and velocities leave unrounded
    std::unique_ptr<ImagePositions> positions_;
    std::unique_ptr<TimestepConditioning> timestep_;
    LayerStack<Layer> layers_;
    std::vector<torch::Tensor> input_layernorms_;                  ///< of all layers: each is made at the end of the layer before
    std::vector<std::pair<std::int64_t, std::int64_t>> matrices_;  ///< of a layer: in, out
    torch::Tensor norm_out_;
    torch::Tensor proj_weight_, proj_bias_;
    std::int64_t parameters_ = 0;
};

}  // namespace inference
