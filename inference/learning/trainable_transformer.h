// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include <torch/types.h>

#include "inference/learning/differentiable_ops.h"
#include "inference/model/conditioning.h"
#include "inference/model/fused_transformer.h"
#include "inference/model/low_rank.h"

namespace inference {

/// What a pass keeps until it is run backward, and what it makes again.
struct TrainingMemory {
    bool keep_activations = true;         ///< else each layer is run again on its way back, from its input
    bool keep_transposed_weights = true;  ///< else packed weights are unpacked at each use
};

/// The image stream with derivatives with respect to an adapter: FusedTransformer's formulas, on its weights.
class TrainableTransformer {
public:
    TrainableTransformer(std::shared_ptr<const FusedTransformer> transformer, TrainingMemory memory);

    class Pass;
    /// @param latents, text, timesteps  as in FusedTransformer::velocity; the adapter in `text` is not looked at.
    /// @param adapter  one for each layer, on all matrices, in the model's dtype; acts on all rows. Must outlive the pass.
    Pass forward(const torch::Tensor& latents, Conditioning text, const torch::Tensor& timesteps, const std::vector<LayerLowRank>& adapter,
                 const std::stop_token& stop) const;
    /// The frozen model's pass, for the derivative with respect to the latents.
    /// @param layers  how many run; with all of them there is a velocity.
    Pass look(const torch::Tensor& latents, Conditioning text, const torch::Tensor& timesteps, std::size_t layers, const std::stop_token& stop) const;
    std::size_t num_layers() const noexcept { return layers_.size(); }

    /// Memory beyond the engine's own weights.
    std::int64_t weight_bytes() const noexcept { return weight_bytes_; }
    /// Memory of a pass over `rows` pictures of `tokens` image tokens whose prompts have `prompt_tokens`.
    static std::int64_t pass_bytes(const TransformerConfig& config, const Placement& placement, TrainingMemory memory, std::int64_t rows,
                                   std::int64_t tokens, std::int64_t prompt_tokens);

private:
    struct Layer {
        std::shared_ptr<const FusedTransformer::Layer> from;  ///< whose matrices these are
        AttentionParts attention;
        differentiable::FrozenLinear qkv, o_proj, gate_up, down_proj, cross_q, cross_o;
    };
    /// @param adapter  empty: none.
    void run_layers(Pass& pass, torch::Tensor x, const std::vector<LayerLowRank>& adapter, std::size_t last, const std::stop_token& stop) const;
    torch::Tensor run_layer(std::size_t index, const torch::Tensor& x, const Conditioning& text, const StepModulation& step,
                            const LayerLowRank& adapter) const;
    torch::Tensor joint_attention(const Layer& layer, std::size_t index, const torch::Tensor& qkv, const Conditioning& text) const;
    torch::Tensor cross_attention(const Layer& layer, std::size_t index, const torch::Tensor& x, const Conditioning& text) const;

    std::shared_ptr<const FusedTransformer> transformer_;
    TrainingMemory memory_;
    std::vector<Layer> layers_;
    std::int64_t weight_bytes_ = 0;
};

/// A forward pass that can be run backward once.
class TrainableTransformer::Pass {
public:
    /// (B, C, h, w) float32, detached.
    const torch::Tensor& velocity() const noexcept { return velocity_; }

    /// @param d_velocity  the loss's gradient with respect to velocity().
    /// @return the gradients with respect to the adapter's matrices, in their dtype.
    std::vector<LayerLowRank> backward(const torch::Tensor& d_velocity, const std::stop_token& stop);

    /// The residual stream after so many layers, (rows, D) float32, detached. Only of look().
    const torch::Tensor& stream(std::size_t layers) const { return streams_.at(layers); }

    /// Of look().
    /// @param d_velocity  may be undefined. @param d_streams  the gradients with respect to stream(), by layers.
    /// @return the gradient with respect to the latents, (B, C, h, w) float32.
    torch::Tensor backward_to_latents(const torch::Tensor& d_velocity, const std::map<std::size_t, torch::Tensor>& d_streams,
                                      const std::stop_token& stop);

private:
    friend class TrainableTransformer;
    struct Kept {
        torch::Tensor input;   ///< leaf
        LayerLowRank adapter;  ///< leaves
        torch::Tensor output;  ///< with its graph; undefined where the layer is run again
    };

    const TrainableTransformer* owner_ = nullptr;
    Conditioning text_;
    StepModulation step_;
    std::vector<Kept> layers_;
    std::vector<torch::Tensor> streams_;
    torch::Tensor latents_, first_;  ///< of look(): leaf, and what the first layer gets, with its graph
    torch::Tensor last_input_, last_output_;
    torch::Tensor velocity_;
};

}  // namespace inference
