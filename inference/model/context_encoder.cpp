// SPDX-License-Identifier: Apache-2.0
#include "inference/model/context_encoder.h"

#include <utility>

#include "inference/model/parameter_reader.h"
#include "inference/model/rotary.h"

namespace inference {
namespace {

/// Hidden state i is the input of layer i; the one after the last layer is normed. No layer is shared.
TextExtent extent_of(const TransformerConfig& config, const TextModelConfig& text_model) {
    const auto layers = text_model.num_hidden_layers;
    const auto index = config.text_hidden_states_index < 0 ? config.text_hidden_states_index + layers + 1 : config.text_hidden_states_index;
    return {index, index, false, index == layers};
}

}  // namespace

ContextProjection::ContextProjection(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement) :
    config_(config), placement_(placement) {
    ParameterReader read(weights, placement);
    const auto D = config.hidden_size, T = config.text_hidden_size, d = config.base.head_dim, kv = config.num_key_value_heads * d;
    norm_ = read.norm("context_embedder.0.weight", T);
    embedder_ = read.linear({{"context_embedder.1.weight", D}}, T, Bias::present);
    const std::string block = config.attention == AttentionKind::self ? ".self_attn." : ".cross_attn.";
    for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
        const auto n = "layers." + std::to_string(i) + block;
        const bool biased = config.base.attention_bias && read.has(n + "text_k_proj.bias");
        Layer layer;
        layer.kv = read.linear({{n + "text_k_proj.weight", kv}, {n + "text_v_proj.weight", kv}}, D, biased ? Bias::present : Bias::none);
        layer.k_norm = read.norm_if(config.qk_norm, n + "k_norm.weight", d);
        layers_.push_back(std::move(layer));
    }
    parameters_ = read.parameters();
}

PromptState ContextProjection::operator()(const torch::Tensor& features) const {
    const auto eps = config_.base.rms_norm_eps;
    const auto tokens = features.size(0), kv_heads = config_.num_key_value_heads, d = config_.base.head_dim;
    const auto unrotated = identity_rotary(tokens, d, placement_.device);
    const auto context = embedder_(rms_norm(features, norm_, eps, placement_.dtype));
    PromptState state;
    state.tokens = tokens;
    for (const auto& layer : layers_) {
        KeyValues kv{torch::empty({1, kv_heads, tokens, d}, context.options()), torch::empty({1, kv_heads, tokens, d}, context.options())};
        norm_rotate(layer.kv(context), {}, layer.k_norm, unrotated, 1, 0, kv, eps);
        state.layers.push_back(std::move(kv));
    }
    return state;
}

double ContextProjection::flops(std::int64_t tokens) const {
    const double n = static_cast<double>(tokens), D = static_cast<double>(config_.hidden_size), T = static_cast<double>(config_.text_hidden_size);
    const double kv = static_cast<double>(config_.num_key_value_heads * config_.base.head_dim);
    return 2 * n * (T * D + static_cast<double>(config_.num_hidden_layers) * D * 2 * kv);
}

ContextEncoder::ContextEncoder(const TransformerConfig& config, const TextModelConfig& text_model, const TextWeights& weights,
                               const Checkpoint& transformer, const Placement& placement, const LayerLoading& loading) :
    layers_(text_model, extent_of(config, text_model), weights, placement, loading),
    projection_(config, transformer, placement) {}

std::vector<PromptState> ContextEncoder::encode(const std::vector<std::vector<int>>& prompts, const std::stop_token& stop) const {
    const auto features = layers_.run(
        prompts, [](std::int64_t, std::size_t, const torch::Tensor&, const KeyValues&) {}, stop);
    std::vector<PromptState> states;
    std::int64_t row = 0;
    for (const auto& prompt : prompts) {
        const auto tokens = static_cast<std::int64_t>(prompt.size());
        states.push_back(projection_(features.narrow(0, row, tokens)));
        row += tokens;
    }
    return states;
}

double ContextEncoder::flops(const std::vector<std::int64_t>& tokens) const {
    auto total = layers_.flops(tokens);
    for (const auto count : tokens) total += projection_.flops(count);
    return total;
}

}  // namespace inference
