// SPDX-License-Identifier: Apache-2.0
#include "inference/model/text_model.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "inference/core/exception.h"
#include "inference/model/parameter_reader.h"
#include "inference/model/rotary.h"

namespace inference {

std::int64_t PromptState::bytes() const {
    std::int64_t total = 0;
    for (const auto& layer : layers) total += static_cast<std::int64_t>(layer.keys.nbytes() + layer.values.nbytes());
    return total;
}

TextModel::TextModel(const TextModelConfig& config, std::int64_t first_shared_layer, const Checkpoint& weights, const std::string& prefix,
                     const Placement& placement) :
    config_(config),
    first_shared_layer_(first_shared_layer), placement_(placement) {
    ParameterReader read(weights, placement);
    const auto T = config.hidden_size, I = config.intermediate_size, d = config.head_dim;
    const auto q = config.num_attention_heads * d, kv = config.num_key_value_heads * d;
    // Rows are picked straight from the map: of 262,144 a prompt needs a dozen.
    embed_tokens_ = weights.view(prefix + "embed_tokens.weight", {config.vocab_size, T});
    read.count(embed_tokens_.numel());
    // The reference rounds sqrt(hidden_size) to bfloat16 in every dtype.
    embedding_scale_ = static_cast<double>(static_cast<float>(c10::BFloat16(std::sqrt(static_cast<float>(T)))));
    for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
        const auto p = prefix + "layers." + std::to_string(i) + ".";
        const bool last = i + 1 == config.num_hidden_layers;
        Layer layer;
        layer.input_layernorm = read.norm(p + "input_layernorm.weight", T);
        layer.k_norm = read.norm(p + "self_attn.k_norm.weight", d);
        if (last) {
            layer.q_norm = layer.k_norm;  // no queries are made; the kernel takes a scale for both
            layer.qkv = read.linear({{p + "self_attn.k_proj.weight", kv}, {p + "self_attn.v_proj.weight", kv}}, T);
            layers_.push_back(std::move(layer));
            break;
        }
        layer.q_norm = read.norm(p + "self_attn.q_norm.weight", d);
        layer.qkv = read.linear({{p + "self_attn.q_proj.weight", q}, {p + "self_attn.k_proj.weight", kv}, {p + "self_attn.v_proj.weight", kv}}, T);
        layer.o_proj = read.linear({{p + "self_attn.o_proj.weight", T}}, q);
        layer.post_attention_layernorm = read.norm(p + "post_attention_layernorm.weight", T);
        layer.pre_feedforward_layernorm = read.norm(p + "pre_feedforward_layernorm.weight", T);
        layer.gate_up = read.linear({{p + "mlp.gate_proj.weight", I}, {p + "mlp.up_proj.weight", I}}, T);
        layer.down_proj = read.linear({{p + "mlp.down_proj.weight", T}}, I);
        layer.post_feedforward_layernorm = read.norm(p + "post_feedforward_layernorm.weight", T);
        layers_.push_back(std::move(layer));
    }
    parameters_ = read.parameters();
}

torch::Tensor TextModel::causal_attention(const torch::Tensor& queries, const KeyValues& kv, std::int64_t tokens, bool full) const {
    const auto heads = config_.num_attention_heads, d = config_.head_dim;
    const auto q = queries.view({1, heads, tokens, d});
    std::optional<torch::Tensor> mask;
    if (!full && tokens > config_.sliding_window) {
        const auto position = at::arange(tokens, torch::TensorOptions(queries.device()));
        const auto distance = position.unsqueeze(1) - position.unsqueeze(0);
        mask = at::logical_and(distance.ge(0), distance.lt(config_.sliding_window));
    }
    const auto o = at::scaled_dot_product_attention(q, kv.keys, kv.values, mask, 0.0, !mask.has_value(), std::nullopt, true);
    return o.transpose(1, 2).reshape({tokens, heads * d});
}

std::vector<PromptState> TextModel::encode(const std::vector<std::vector<int>>& prompts, const std::stop_token& stop) const {
    std::vector<std::int64_t> ids, tokens;
    for (const auto& prompt : prompts) {
        ids.insert(ids.end(), prompt.begin(), prompt.end());
        tokens.push_back(static_cast<std::int64_t>(prompt.size()));
    }
    for (const auto id : ids) {
        if (id < 0 || id >= config_.vocab_size) {
            fail(ErrorCode::corrupt_file,
                 "the tokenizer gives id " + std::to_string(id) + "; the text model has " + std::to_string(config_.vocab_size));
        }
    }
    const auto longest = *std::max_element(tokens.begin(), tokens.end());
    const auto local = text_rotary(longest, config_.head_dim, config_.local_rope_theta, placement_.device);
    const auto global = text_rotary(longest, config_.head_dim, config_.rope_theta, placement_.device);
    const auto eps = config_.rms_norm_eps;
    std::vector<PromptState> states(prompts.size());
    for (std::size_t p = 0; p < prompts.size(); ++p) states[p].tokens = tokens[p];

    auto h = at::embedding(embed_tokens_, torch::tensor(ids)).to(placement_.device, torch::kFloat32).mul_(embedding_scale_);
    // Not checked on loading: that would read the whole table.
    if (!h.isfinite().all().item<bool>()) fail(ErrorCode::corrupt_file, "tensor \"embed_tokens.weight\" holds values that are not finite");
    auto n = rms_norm(h, layers_.front().input_layernorm, eps, placement_.dtype);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        throw_if_stopped(stop);
        const auto& layer = layers_[i];
        const bool full = config_.full_attention[i], last = i + 1 == layers_.size();
        const auto qkv = layer.qkv(n);
        std::vector<torch::Tensor> attended;
        std::int64_t row = 0;
        for (std::size_t p = 0; p < prompts.size(); ++p) {
            const auto count = tokens[p];
            const auto& table = full ? global : local;
            const RotaryTable rotary{table.cosine.narrow(1, 0, count), table.sine.narrow(1, 0, count)};
            const auto shape = {std::int64_t{1}, config_.num_key_value_heads, count, config_.head_dim};
            KeyValues kv{torch::empty(shape, qkv.options()), torch::empty(shape, qkv.options())};
            const auto q =
                norm_rotate(qkv.narrow(0, row, count), layer.q_norm, layer.k_norm, rotary, 1, last ? 0 : config_.num_attention_heads, kv, eps);
            if (!last) attended.push_back(causal_attention(q, kv, count, full));
            if (static_cast<std::int64_t>(i) >= first_shared_layer_) states[p].layers.push_back(std::move(kv));
            row += count;
        }
        if (last) break;
        n = add_norm(h, layer.o_proj(at::cat(attended)), layer.post_attention_layernorm, layer.pre_feedforward_layernorm, eps);
        n = add_norm(h, layer.down_proj(gelu_mul(layer.gate_up(n))), layer.post_feedforward_layernorm, layers_[i + 1].input_layernorm, eps);
    }
    return states;
}

double TextModel::flops(const std::vector<std::int64_t>& tokens) const {
    const double T = static_cast<double>(config_.hidden_size), I = static_cast<double>(config_.intermediate_size);
    const double q = static_cast<double>(config_.num_attention_heads * config_.head_dim),
                 kv = static_cast<double>(config_.num_key_value_heads * config_.head_dim);
    const double whole_layers = static_cast<double>(config_.num_hidden_layers - 1);
    double total = 0.0;
    for (const auto count : tokens) {
        const double n = static_cast<double>(count);
        total += whole_layers * 2 * n * (T * (q + 2 * kv) + q * T + 3 * T * I + n * q) + 2 * n * T * 2 * kv;  // causal attention: half of 4 n n q
    }
    return total;
}

}  // namespace inference
