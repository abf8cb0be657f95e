// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/kernels/fused_ops.h"
#include "inference/model/layer_stack.h"
#include "inference/model/linear.h"
#include "inference/model/text_attention.h"
#include "inference/model/text_config.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// Where the weights of a text model lie.
struct TextWeights {
    const Checkpoint& checkpoint;
    std::string prefix;     ///< of the tensor names: "llm." inside a transformer, "model." or "" in a folder of its own
    bool external = false;  ///< a language model as published, not a part of the pipeline
};

/// How much of a text model is built.
struct TextExtent {
    std::int64_t num_layers = 0;
    std::int64_t first_shared_layer = 0;  ///< layers before it run as the language model's own code has them
    bool last_layer_keys_only = false;    ///< of the last layer only keys and values are asked for
    bool final_norm = false;              ///< norms what the last layer leaves
};

/// The layers of a Gemma text model (reference sections 3.5 and 13); the residual stream is float32 whatever the weights are.
class TextLayers {
public:
    /// Sees one prompt in one layer: its rows of the projection (tokens, queries | keys | values) and its keys (rotated) and values.
    using Tap = std::function<void(std::int64_t layer, std::size_t prompt, const torch::Tensor& qkv, KeyValues rotated)>;

    /// @param loading  layers that do not stay in memory are read from their files for every prompt.
    /// Throws corrupt_file naming the tensor that is missing, misshapen or not finite.
    TextLayers(const TextModelConfig& config, const TextExtent& extent, const TextWeights& weights, const Placement& placement,
               const LayerLoading& loading = {});

    /// @return what the layers leave, (tokens of all prompts, hidden_size) float32; undefined when the last layer has keys only.
    torch::Tensor run(const std::vector<std::vector<int>>& prompts, const Tap& tap, const std::stop_token& stop) const;

    std::int64_t parameters() const noexcept { return parameters_; }
    double flops(const std::vector<std::int64_t>& tokens) const;
    std::int64_t resident_layers() const noexcept { return layers_.resident(); }
    void keep_only(std::int64_t resident_layers) { layers_.keep_only(resident_layers); }

private:
    struct Layer {
        torch::Tensor input_layernorm;
        Linear qkv;  ///< queries, keys, values below each other; keys and values only where nothing else is asked for
        torch::Tensor q_norm, k_norm;
        std::unique_ptr<TextAttention> attention;
        Linear o_proj;
        torch::Tensor attention_norm;  ///< on what attention produces; undefined without sandwich norms
        torch::Tensor mlp_input_norm;
        Linear gate_up, down_proj;
        torch::Tensor mlp_norm;  ///< on what the MLP produces; undefined without sandwich norms
        std::int64_t parameters = 0;
    };

    static Layer read_layer(const TextModelConfig& config, const TextExtent& extent, const Checkpoint& weights, const std::string& prefix,
                            const Placement& placement, std::int64_t index);

    torch::Tensor embed(const std::vector<std::vector<int>>& prompts) const;

    TextModelConfig config_;
    TextExtent extent_;
    Placement placement_;
    Checkpoint weights_;  ///< open: of the embedding table only the rows of a prompt's tokens are read
    std::string embedding_name_;
    double embedding_scale_;
    LayerStack<Layer> layers_;
    std::vector<torch::Tensor> input_layernorms_;  ///< of all layers: each is made at the end of the layer before
    torch::Tensor final_norm_;
    std::int64_t parameters_ = 0;
};

}  // namespace inference
