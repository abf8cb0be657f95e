// SPDX-License-Identifier: Apache-2.0
#include "inference/model/fused_transformer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "inference/model/parameter_reader.h"

namespace inference {
namespace {

/// Image tokens of the native size with both guidance halves: what a step usually multiplies.
std::int64_t usual_rows(const TransformerConfig& config) {
    const auto side = config.sample_size / config.patch_size;
    return std::min<std::int64_t>(2 * side * side, 4096);
}

std::string layer_name(const TransformerConfig& config, std::int64_t index) { return config.prefix() + "layers." + std::to_string(index) + "."; }

}  // namespace

FusedTransformer::Layer FusedTransformer::read_layer(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement,
                                                     std::int64_t index) {
    ParameterReader read(weights, placement, usual_rows(config));
    const auto n = layer_name(config, index);
    const auto D = config.hidden_size, I = config.intermediate_size;
    Layer layer;
    layer.input_layernorm = read.norm(modulated_norm_name(config, n + "input_layernorm"), D);
    layer.attention = make_image_attention(config, read, n, placement);
    // Without sandwich norms the name post_attention_layernorm means the norm in front of the MLP.
    layer.mlp_input_norm = read.norm(n + (config.sandwich_norm ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight"), D);
    layer.gate_up = read.linear({{n + "mlp.gate_proj.weight", I}, {n + "mlp.up_proj.weight", I}}, D);
    layer.down_proj = read.linear({{n + "mlp.down_proj.weight", D}}, I);
    layer.mlp_norm = read.norm_if(config.sandwich_norm, n + "post_feedforward_layernorm.weight", D);
    layer.parameters = read.parameters();
    return layer;
}

FusedTransformer::FusedTransformer(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement,
                                   const LayerLoading& loading) :
    config_(config),
    placement_(placement) {
    ParameterReader read(weights, placement);
    const auto prefix = config.prefix();
    const auto D = config.hidden_size, C = config.in_channels, p = config.patch_size;
    patch_weight_ = read.tensor(prefix + "patch_embed.proj.weight", {D, C, p, p}, torch::kFloat32).reshape({D, C * p * p});
    patch_bias_ = read.tensor(prefix + "patch_embed.proj.bias", {D}, torch::kFloat32);
    positions_ = make_image_positions(config, weights, placement);
    timestep_ = make_timestep_conditioning(config, weights, placement);
    layers_ = LayerStack<Layer>(
        config.num_hidden_layers, loading, [=](std::int64_t index) { return read_layer(config, weights, placement, index); },
        [=](std::int64_t index) { weights.will_need(layer_name(config, index)); },
        [&](const Layer& layer) {
            input_layernorms_.push_back(layer.input_layernorm);
            parameters_ += layer.parameters;
            if (!matrices_.empty()) return;
            for (const auto* linear : layer.linears()) matrices_.emplace_back(linear->in_features(), linear->out_features());
        });
    norm_out_ = read.norm(modulated_norm_name(config, prefix + "norm_out"), D);
    proj_weight_ = read.tensor(prefix + "proj_out.weight", {C * p * p, D}, torch::kFloat32);
    proj_bias_ = read.tensor(prefix + "proj_out.bias", {C * p * p}, torch::kFloat32);
    parameters_ += read.parameters() + timestep_->parameters();
}

std::vector<const Linear*> FusedTransformer::Layer::linears() const {
    auto all = attention->linears();
    all.insert(all.end(), {&gate_up, &down_proj});
    return all;
}

Conditioning FusedTransformer::prepare(const std::vector<std::shared_ptr<const PromptState>>& prompts, std::int64_t height,
                                       std::int64_t width) const {
    Conditioning text;
    text.batch = static_cast<std::int64_t>(prompts.size());
    text.rows = height / config_.patch_size;
    text.columns = width / config_.patch_size;
    std::vector<std::int64_t> tokens;
    std::vector<torch::Tensor> pooled;
    for (const auto& prompt : prompts) {
        tokens.push_back(prompt->tokens);
        if (prompt->pooled.defined()) pooled.push_back(prompt->pooled);
    }
    text.rotary = positions_->rotary(tokens, text.rows, text.columns);
    text.cached_rotary = positions_->cached_rotary(tokens, text.rows, text.columns);
    if (!pooled.empty()) text.pooled = at::stack(pooled);
    layers_[0]->attention->lay_out(text, prompts);
    text.adapter.layers.resize(num_layers());
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

InputNorm FusedTransformer::norm_before(std::size_t layer, const StepModulation& step) const {
    if (layer < num_layers()) return {input_layernorms_[layer], step.layers[layer].attention};
    return {norm_out_, step.head};
}

FusedTransformer::Entry FusedTransformer::enter(const torch::Tensor& latents, const Conditioning& text, const torch::Tensor& timesteps) const {
    Entry entry{patch_embed(latents), {}};
    positions_->add_to(entry.x, text.rows, text.columns);
    entry.step = timestep_->begin(entry.x, timesteps, text.pooled);
    return entry;
}

void FusedTransformer::run(Entry& entry, torch::Tensor& n, Conditioning& text, std::size_t first, std::size_t last) const {
    const auto eps = config_.base.rms_norm_eps;
    const auto rows = text.adapter.rows;
    for (auto i = first; i < last; ++i) {
        const auto held = layers_[static_cast<std::int64_t>(i)];
        const auto& layer = *held;
        const auto& modulation = entry.step.layers[i];
        const auto& adapter = text.adapter.layers[i];
        n = (*layer.attention)(entry.x, n, text, i, modulation.attention_gate, {layer.mlp_input_norm, modulation.mlp});
        auto gate_up = layer.gate_up(n);
        adapter.gate_up.add_to(gate_up, n, rows);
        const auto activated = gelu_mul(gate_up);
        auto y = layer.down_proj(activated);
        adapter.down_proj.add_to(y, activated, rows);
        n = add_norm(entry.x, y, OutputNorm{layer.mlp_norm, modulation.mlp_gate}, norm_before(i + 1, entry.step), eps);
    }
}

torch::Tensor FusedTransformer::leave(const torch::Tensor& n, const Conditioning& text) const {
    return unpatchify(at::addmm(proj_bias_, n.to(torch::kFloat32), proj_weight_.t()), text);
}

torch::Tensor FusedTransformer::velocity(const torch::Tensor& latents, Conditioning& text, const torch::Tensor& timesteps) const {
    auto entry = enter(latents, text, timesteps);
    auto n = rms_norm(entry.x, norm_before(0, entry.step), config_.base.rms_norm_eps, placement_.dtype);
    run(entry, n, text, 0, num_layers());
    return leave(n, text);
}

std::vector<torch::Tensor> FusedTransformer::streams(const torch::Tensor& latents, Conditioning& text, const torch::Tensor& timesteps,
                                                     std::span<const std::int64_t> layers) const {
    auto entry = enter(latents, text, timesteps);
    auto n = rms_norm(entry.x, norm_before(0, entry.step), config_.base.rms_norm_eps, placement_.dtype);
    std::vector<torch::Tensor> found;
    std::size_t done = 0;
    for (const auto layer : layers) {
        const auto next = static_cast<std::size_t>(layer);
        TORCH_CHECK(next >= done && next <= num_layers(), "streams: layer ", layer, " is out of order or beyond the last");
        run(entry, n, text, done, next);
        done = next;
        found.push_back(entry.x.clone());
    }
    return found;
}

double FusedTransformer::flops(std::int64_t rows, std::int64_t tokens, std::int64_t keys) const {
    const auto count = [](std::int64_t a, std::int64_t b, std::int64_t c) {
        return 2.0 * static_cast<double>(a) * static_cast<double>(b) * static_cast<double>(c);
    };
    const auto q = config_.base.num_attention_heads * config_.base.head_dim, patch = config_.in_channels * config_.patch_size * config_.patch_size;
    double layer = 2 * count(tokens, keys, q);
    for (const auto& [in, out] : matrices_) layer += count(rows * tokens, in, out);
    return layer * static_cast<double>(config_.num_hidden_layers) + 2 * count(rows * tokens, config_.hidden_size, patch);
}

double FusedTransformer::run_matrix_products(std::int64_t num_layers, std::int64_t rows) const {
    if (rows == 0) rows = usual_rows(config_);
    const auto options = torch::TensorOptions(placement_.device).dtype(placement_.dtype);
    double done = 0.0;
    for (std::int64_t i = 0; i < std::min(num_layers, config_.num_hidden_layers); ++i) {
        const auto layer = layers_[i];
        for (const auto* linear : layer->linears()) {
            (*linear)(torch::zeros({rows, linear->in_features()}, options));
            done += 2.0 * static_cast<double>(rows) * static_cast<double>(linear->in_features()) * static_cast<double>(linear->out_features());
        }
    }
    return done;
}

}  // namespace inference
