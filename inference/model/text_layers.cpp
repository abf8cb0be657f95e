// SPDX-License-Identifier: Apache-2.0
#include "inference/model/text_layers.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "inference/core/exception.h"
#include "inference/model/parameter_reader.h"
#include "inference/model/rotary.h"

namespace inference {
namespace {

/// Embeddings are multiplied by sqrt(hidden_size) rounded to the parameters' number format. A language model as published has bfloat16
/// parameters, so there the factor is rounded to bfloat16 whatever they are computed in.
double embedding_scale(const TextModelConfig& config, const TextWeights& weights, const Placement& placement) {
    const auto root = std::sqrt(static_cast<float>(config.hidden_size));
    const bool rounded = weights.external || placement.dtype == torch::kBFloat16;
    return static_cast<double>(rounded ? static_cast<float>(c10::BFloat16(root)) : root);
}

std::string layer_name(const std::string& prefix, std::int64_t index) { return prefix + "layers." + std::to_string(index) + "."; }

}  // namespace

TextLayers::Layer TextLayers::read_layer(const TextModelConfig& config, const TextExtent& extent, const Checkpoint& weights,
                                         const std::string& prefix, const Placement& placement, std::int64_t index) {
    ParameterReader read(weights, placement);
    const auto T = config.hidden_size, I = config.intermediate_size, d = config.head_dim;
    const auto q = config.num_attention_heads * d, kv = config.num_key_value_heads * d;
    const auto bias = config.attention_bias ? Bias::present : Bias::none;
    const auto p = layer_name(prefix, index), a = p + "self_attn.";
    const std::pair<std::string, std::int64_t> queries{a + "q_proj.weight", q}, keys{a + "k_proj.weight", kv}, values{a + "v_proj.weight", kv};
    Layer layer;
    layer.input_layernorm = read.norm(p + "input_layernorm.weight", T);
    layer.k_norm = read.norm_if(config.qk_norm, a + "k_norm.weight", d);
    if (extent.last_layer_keys_only && index + 1 == extent.num_layers) {
        layer.qkv = read.linear({keys, values}, T, bias);
        layer.parameters = read.parameters();
        return layer;
    }
    layer.q_norm = read.norm_if(config.qk_norm, a + "q_norm.weight", d);
    layer.qkv = read.linear({queries, keys, values}, T, bias);
    layer.attention = index < extent.first_shared_layer ? make_stock_text_attention(config, index) : make_shared_text_attention(config, index);
    layer.o_proj = read.linear({{a + "o_proj.weight", T}}, q, bias);
    layer.attention_norm = read.norm_if(config.sandwich_norm, p + "post_attention_layernorm.weight", T);
    // Without sandwich norms the name post_attention_layernorm means the norm in front of the MLP.
    layer.mlp_input_norm = read.norm(p + (config.sandwich_norm ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight"), T);
    layer.gate_up = read.linear({{p + "mlp.gate_proj.weight", I}, {p + "mlp.up_proj.weight", I}}, T);
    layer.down_proj = read.linear({{p + "mlp.down_proj.weight", T}}, I);
    layer.mlp_norm = read.norm_if(config.sandwich_norm, p + "post_feedforward_layernorm.weight", T);
    layer.parameters = read.parameters();
    return layer;
}

TextLayers::TextLayers(const TextModelConfig& config, const TextExtent& extent, const TextWeights& weights, const Placement& placement,
                       const LayerLoading& loading) :
    config_(config),
    extent_(extent), placement_(placement), weights_(weights.checkpoint), embedding_name_(weights.prefix + "embed_tokens.weight"),
    embedding_scale_(embedding_scale(config, weights, placement)) {
    ParameterReader read(weights.checkpoint, placement);
    const auto T = config.hidden_size;
    weights_.load_rows(embedding_name_, {config.vocab_size, T}, {});
    // A language model as published is checked row by row as it is used: its table is half of it, and hardly any of that is ever read.
    if (!weights.external) weights_.require_finite(embedding_name_);
    read.count(config.vocab_size * T);
    const auto checkpoint = weights.checkpoint;
    const auto prefix = weights.prefix;
    layers_ = LayerStack<Layer>(
        extent.num_layers, loading, [=](std::int64_t index) { return read_layer(config, extent, checkpoint, prefix, placement, index); },
        [=](std::int64_t index) { checkpoint.will_need(layer_name(prefix, index)); },
        [&](const Layer& layer) {
            input_layernorms_.push_back(layer.input_layernorm);
            read.count(layer.parameters);
        });
    final_norm_ = read.norm_if(extent.final_norm, weights.prefix + "norm.weight", T);
    parameters_ = read.parameters();
}

torch::Tensor TextLayers::embed(const std::vector<std::vector<int>>& prompts) const {
    std::vector<std::int64_t> ids;
    for (const auto& prompt : prompts) ids.insert(ids.end(), prompt.begin(), prompt.end());
    for (const auto id : ids) {
        if (id < 0 || id >= config_.vocab_size) {
            fail(ErrorCode::corrupt_file,
                 "the tokenizer gives id " + std::to_string(id) + "; the text model has " + std::to_string(config_.vocab_size));
        }
    }
    return weights_.load_rows(embedding_name_, {config_.vocab_size, config_.hidden_size}, ids)
        .to(placement_.device, torch::kFloat32)
        .mul_(embedding_scale_);
}

torch::Tensor TextLayers::run(const std::vector<std::vector<int>>& prompts, const Tap& tap, const std::stop_token& stop) const {
    std::int64_t longest = 0;
    for (const auto& prompt : prompts) longest = std::max(longest, static_cast<std::int64_t>(prompt.size()));
    const auto local = text_rotary(longest, config_.head_dim, config_.local_rope_theta, placement_.device);
    const auto global = text_rotary(longest, config_.head_dim, config_.rope_theta, placement_.device);
    const auto eps = config_.rms_norm_eps;

    auto h = embed(prompts);
    torch::Tensor n;
    if (!input_layernorms_.empty()) n = rms_norm(h, input_layernorms_.front(), eps, placement_.dtype);
    for (std::size_t i = 0; i < input_layernorms_.size(); ++i) {
        throw_if_stopped(stop);
        const auto held = layers_[static_cast<std::int64_t>(i)];
        const auto& layer = *held;
        const bool keys_only = layer.attention == nullptr;
        const auto& table = config_.full_attention[i] ? global : local;
        const auto qkv = layer.qkv(n);
        std::vector<torch::Tensor> attended;
        std::int64_t row = 0;
        for (std::size_t p = 0; p < prompts.size(); ++p) {
            const auto count = static_cast<std::int64_t>(prompts[p].size());
            const RotaryTable rotary{table.cosine.narrow(1, 0, count), table.sine.narrow(1, 0, count)};
            const auto shape = {std::int64_t{1}, config_.num_key_value_heads, count, config_.head_dim};
            KeyValues kv{torch::empty(shape, qkv.options()), torch::empty(shape, qkv.options())};
            const auto rows = qkv.narrow(0, row, count);
            const auto q = norm_rotate(rows, layer.q_norm, layer.k_norm, rotary, 1, keys_only ? 0 : config_.num_attention_heads, kv, eps);
            if (!keys_only) attended.push_back((*layer.attention)(q, kv, count));
            tap(static_cast<std::int64_t>(i), p, rows, std::move(kv));
            row += count;
        }
        if (keys_only) return {};
        const auto next_norm = i + 1 < input_layernorms_.size() ? input_layernorms_[i + 1] : torch::Tensor();
        n = add_norm(h, layer.o_proj(at::cat(attended)), layer.attention_norm, layer.mlp_input_norm, eps);
        n = add_norm(h, layer.down_proj(gelu_mul(layer.gate_up(n))), layer.mlp_norm, next_norm, eps);
    }
    return final_norm_.defined() ? rms_norm(h, final_norm_, eps, torch::kFloat32) : h;
}

double TextLayers::flops(const std::vector<std::int64_t>& tokens) const {
    const double T = static_cast<double>(config_.hidden_size), I = static_cast<double>(config_.intermediate_size);
    const double q = static_cast<double>(config_.num_attention_heads * config_.head_dim),
                 kv = static_cast<double>(config_.num_key_value_heads * config_.head_dim);
    const double keys_only = extent_.last_layer_keys_only ? 1.0 : 0.0, whole_layers = static_cast<double>(extent_.num_layers) - keys_only;
    double total = 0.0;
    for (const auto count : tokens) {
        const double n = static_cast<double>(count);
        total += whole_layers * 2 * n * (T * (q + 2 * kv) + q * T + 3 * T * I + n * q) + keys_only * 2 * n * T * 2 * kv;  // causal: half of 4 n n q
    }
    return total;
}

}  // namespace inference
