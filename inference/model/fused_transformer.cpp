// SPDX-License-Identifier: Apache-2.0
#include "inference/model/fused_transformer.h"

#include <algorithm>
#include <utility>

#include "inference/model/parameter_reader.h"
#include "inference/model/rotary.h"

namespace inference {
namespace {

/// Image tokens of the native size with both guidance halves: what a step usually multiplies.
std::int64_t usual_rows(const TransformerConfig& config) {
    const auto side = config.sample_size / config.patch_size;
    return std::min<std::int64_t>(2 * side * side, 4096);
}

}  // namespace

FusedTransformer::FusedTransformer(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement) :
    config_(config), placement_(placement) {
    ParameterReader read(weights, placement, usual_rows(config));
    const auto D = config.hidden_size, I = config.intermediate_size, d = config.base.head_dim;
    const auto q = config.base.num_attention_heads * d, kv = config.base.num_key_value_heads * d;
    const auto C = config.in_channels, p = config.patch_size;
    patch_weight_ = read.tensor("dit.patch_embed.proj.weight", {D, C, p, p}, torch::kFloat32).reshape({D, C * p * p});
    patch_bias_ = read.tensor("dit.patch_embed.proj.bias", {D}, torch::kFloat32);
    for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
        const auto n = "dit.layers." + std::to_string(i) + ".";
        Layer layer;
        layer.input_layernorm = read.norm(n + "input_layernorm.weight", D);
        layer.qkv = read.linear({{n + "self_attn.q_proj.weight", q}, {n + "self_attn.k_proj.weight", kv}, {n + "self_attn.v_proj.weight", kv}}, D);
        layer.q_norm = read.norm(n + "self_attn.q_norm.weight", d);
        layer.k_norm = read.norm(n + "self_attn.k_norm.weight", d);
        layer.o_proj = read.linear({{n + "self_attn.o_proj.weight", D}}, q);
        layer.post_attention_layernorm = read.norm(n + "post_attention_layernorm.weight", D);
        layer.pre_feedforward_layernorm = read.norm(n + "pre_feedforward_layernorm.weight", D);
        layer.gate_up = read.linear({{n + "mlp.gate_proj.weight", I}, {n + "mlp.up_proj.weight", I}}, D);
        layer.down_proj = read.linear({{n + "mlp.down_proj.weight", D}}, I);
        layer.post_feedforward_layernorm = read.norm(n + "post_feedforward_layernorm.weight", D);
        layers_.push_back(std::move(layer));
    }
    norm_out_ = read.norm("dit.norm_out.weight", D);
    proj_weight_ = read.tensor("dit.proj_out.weight", {C * p * p, D}, torch::kFloat32);
    proj_bias_ = read.tensor("dit.proj_out.bias", {C * p * p}, torch::kFloat32);
    parameters_ = read.parameters();
}

Conditioning FusedTransformer::prepare(const std::vector<std::shared_ptr<const PromptState>>& prompts, std::int64_t height,
                                       std::int64_t width) const {
    Conditioning text;
    text.batch = static_cast<std::int64_t>(prompts.size());
    text.rows = height / config_.patch_size;
    text.columns = width / config_.patch_size;
    const auto image_tokens = text.rows * text.columns;
    std::vector<std::int64_t> tokens, lengths;
    for (const auto& prompt : prompts) {
        tokens.push_back(prompt->tokens);
        lengths.push_back(image_tokens + prompt->tokens);
    }
    text.lengths = torch::tensor(lengths);
    // The image starts right after its own prompt's last token, in rows and in columns.
    text.rotary = image_rotary(tokens, text.rows, text.columns, config_.base.head_dim, config_.image_rope_theta, placement_.device);
    const auto capacity = *std::max_element(lengths.begin(), lengths.end());
    const auto options = torch::TensorOptions(placement_.device).dtype(placement_.dtype);
    const auto shape = {text.batch, config_.base.num_key_value_heads, capacity, config_.base.head_dim};
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        KeyValues kv{torch::zeros(shape, options), torch::zeros(shape, options)};
        for (std::size_t b = 0; b < prompts.size(); ++b) {
            const auto& from = prompts[b]->layers[i];
            const auto row = static_cast<std::int64_t>(b);
            kv.keys[row].narrow(1, image_tokens, tokens[b]).copy_(from.keys[0]);
            kv.values[row].narrow(1, image_tokens, tokens[b]).copy_(from.values[0]);
        }
        text.layers.push_back(std::move(kv));
    }
    return text;
}

torch::Tensor FusedTransformer::patch_embed(const torch::Tensor& latents) const {
    const auto B = latents.size(0), C = latents.size(1), p = config_.patch_size, rows = latents.size(2) / p, columns = latents.size(3) / p;
    const auto patches = latents.view({B, C, rows, p, columns, p}).permute({0, 2, 4, 1, 3, 5}).reshape({B * rows * columns, C * p * p});
    return at::addmm(patch_bias_, patches, patch_weight_.t());
}

torch::Tensor FusedTransformer::unpatchify(const torch::Tensor& tokens, const Conditioning& text) const {
    const auto C = config_.in_channels, p = config_.patch_size;
    return tokens.view({text.batch, text.rows, text.columns, p, p, C})
        .permute({0, 5, 1, 3, 2, 4})
        .reshape({text.batch, C, text.rows * p, text.columns * p});
}

torch::Tensor FusedTransformer::velocity(const torch::Tensor& latents, Conditioning& text) const {
    const auto eps = config_.base.rms_norm_eps;
    const auto heads = config_.base.num_attention_heads, tokens = text.rows * text.columns;
    auto x = patch_embed(latents);
    auto n = rms_norm(x, layers_.front().input_layernorm, eps, placement_.dtype);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const auto& layer = layers_[i];
        const auto& next_norm = i + 1 < layers_.size() ? layers_[i + 1].input_layernorm : norm_out_;
        const auto q = norm_rotate(layer.qkv(n), layer.q_norm, layer.k_norm, text.rotary, text.batch, heads, text.layers[i], eps);
        const auto o = layer.o_proj(attention(q, text.layers[i], text.lengths, tokens));
        n = add_norm(x, o, layer.post_attention_layernorm, layer.pre_feedforward_layernorm, eps);
        const auto y = layer.down_proj(gelu_mul(layer.gate_up(n)));
        n = add_norm(x, y, layer.post_feedforward_layernorm, next_norm, eps);
    }
    return unpatchify(at::addmm(proj_bias_, n.to(torch::kFloat32), proj_weight_.t()), text);
}

double FusedTransformer::flops(std::int64_t rows, std::int64_t tokens, std::int64_t keys) const {
    const auto count = [](std::int64_t a, std::int64_t b, std::int64_t c) {
        return 2.0 * static_cast<double>(a) * static_cast<double>(b) * static_cast<double>(c);
    };
    const auto D = config_.hidden_size, I = config_.intermediate_size, q = config_.base.num_attention_heads * config_.base.head_dim;
    const auto kv = config_.base.num_key_value_heads * config_.base.head_dim, patch = config_.in_channels * config_.patch_size * config_.patch_size;
    const double layer =
        count(rows * tokens, D, q + 2 * kv) + count(rows * tokens, q, D) + count(rows * tokens, D, 3 * I) + 2 * count(tokens, keys, q);
    return layer * static_cast<double>(config_.num_hidden_layers) + 2 * count(rows * tokens, D, patch);
}

double FusedTransformer::run_matrix_products(std::int64_t num_layers, std::int64_t rows) const {
    if (rows == 0) rows = usual_rows(config_);
    const auto options = torch::TensorOptions(placement_.device).dtype(placement_.dtype);
    double done = 0.0;
    for (std::int64_t i = 0; i < std::min(num_layers, config_.num_hidden_layers); ++i) {
        const auto& layer = layers_[static_cast<std::size_t>(i)];
        for (const auto* linear : {&layer.qkv, &layer.o_proj, &layer.gate_up, &layer.down_proj}) {
            (*linear)(torch::zeros({rows, linear->in_features()}, options));
            done += 2.0 * static_cast<double>(rows) * static_cast<double>(linear->in_features()) * static_cast<double>(linear->out_features());
        }
    }
    return done;
}

}  // namespace inference
