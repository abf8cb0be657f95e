// SPDX-License-Identifier: Apache-2.0
#include "inference/model/text_model.h"

#include <utility>

namespace inference {
namespace {

KeyValues keep_rotated(const torch::Tensor&, KeyValues rotated) { return rotated; }

/// Keys as the projection gives them, before norm and rotation. @param qkv (tokens, queries | keys | values)
KeyValues keep_projected(const torch::Tensor& qkv, KeyValues rotated) {
    const auto kv_heads = rotated.keys.size(1), tokens = rotated.keys.size(2), d = rotated.keys.size(3), width = kv_heads * d;
    const auto keys = qkv.narrow(1, qkv.size(1) - 2 * width, width).reshape({1, tokens, kv_heads, d}).transpose(1, 2).contiguous();
    return {keys, std::move(rotated.values)};
}

TextExtent shared_extent(const TransformerConfig& config) { return {config.base.num_hidden_layers, config.initial_layers, true, false}; }

}  // namespace

std::int64_t PromptState::bytes() const {
    auto total = pooled.defined() ? static_cast<std::int64_t>(pooled.nbytes()) : 0;
    for (const auto& layer : layers) total += static_cast<std::int64_t>(layer.keys.nbytes() + layer.values.nbytes());
    return total;
}

TextModel::TextModel(const TransformerConfig& config, const TextWeights& weights, const Placement& placement, const LayerLoading& loading) :
    first_shared_layer_(config.initial_layers), layers_(config.base, shared_extent(config), weights, placement, loading),
    keep_(config.attention == AttentionKind::cross ? keep_projected : keep_rotated) {}

std::vector<PromptState> TextModel::encode(const std::vector<std::vector<int>>& prompts, const std::stop_token& stop) const {
    std::vector<PromptState> states(prompts.size());
    for (std::size_t p = 0; p < prompts.size(); ++p) states[p].tokens = static_cast<std::int64_t>(prompts[p].size());
    const auto collect = [&](std::int64_t layer, std::size_t prompt, const torch::Tensor& qkv, KeyValues rotated) {
        if (layer >= first_shared_layer_) states[prompt].layers.push_back(keep_(qkv, std::move(rotated)));
    };
    layers_.run(prompts, collect, stop);
    return states;
}

}  // namespace inference
