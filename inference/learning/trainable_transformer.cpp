// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/trainable_transformer.h"

#include <algorithm>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "inference/core/exception.h"

namespace inference {
namespace {

using torch::Tensor;

constexpr std::int64_t usual_rows = 512;  ///< of a slice, on which the packed layout is chosen

Tensor leaf(const Tensor& tensor) { return tensor.detach().requires_grad_(true); }

LowRank leaves(const LowRank& pair) { return pair.empty() ? LowRank() : LowRank(leaf(pair.down()), leaf(pair.up())); }

LayerLowRank leaves(const LayerLowRank& layer) { return {leaves(layer.qkv), leaves(layer.o_proj), leaves(layer.gate_up), leaves(layer.down_proj)}; }

/// Undefined where all rows use all keys.
std::optional<Tensor> mask_of(const Tensor& lengths, std::int64_t longest, const Tensor& like) {
    if (lengths.min().item<std::int64_t>() == longest) return std::nullopt;
    const auto open = at::arange(longest, lengths.options()).unsqueeze(0) < lengths.unsqueeze(1);
    return open.view({lengths.size(0), 1, 1, longest}).to(like.device());
}

Tensor merge_heads(const Tensor& attended, std::int64_t heads, std::int64_t tokens) {
    const auto B = attended.size(0), d = attended.size(3);
    return attended.reshape({B, heads, tokens, d}).transpose(1, 2).reshape({B * tokens, heads * d});
}

}  // namespace

TrainableTransformer::TrainableTransformer(std::shared_ptr<const FusedTransformer> transformer, TrainingMemory memory) :
    transformer_(std::move(transformer)), memory_(memory) {
    // A step reads every layer twice: from a file that would take longer than anyone waits, and eight bits have no use for a derivative.
    if (transformer_->resident_layers() < static_cast<std::int64_t>(transformer_->num_layers()))
        fail(ErrorCode::out_of_memory, "learning needs all layers of the model in memory, and some of them are read from disk");
    if (transformer_->placement().int8_weights) fail(ErrorCode::unsupported_model, "a model that was loaded with int8 weights cannot learn");
    for (std::size_t i = 0; i < transformer_->num_layers(); ++i) {
        Layer layer;
        layer.from = transformer_->layer(i);
        const auto& from = *layer.from;
        layer.attention = from.attention->parts();
        const auto frozen = [&](const Linear& linear) {
            differentiable::FrozenLinear result(linear, usual_rows, memory_.keep_transposed_weights);
            weight_bytes_ += result.bytes();
            return result;
        };
        layer.qkv = frozen(*layer.attention.self.input);
        layer.o_proj = frozen(*layer.attention.self.output);
        layer.gate_up = frozen(from.gate_up);
        layer.down_proj = frozen(from.down_proj);
        if (layer.attention.cross.input != nullptr) {
            layer.cross_q = frozen(*layer.attention.cross.input);
            layer.cross_o = frozen(*layer.attention.cross.output);
        }
        layers_.push_back(std::move(layer));
    }
}

Tensor TrainableTransformer::joint_attention(const Layer& layer, std::size_t index, const Tensor& qkv, const Conditioning& text) const {
    const auto& block = layer.attention.self;
    const bool joint = layer.attention.cross.input == nullptr;
    const auto& room = joint ? text.layers[index] : text.image;
    const auto heads =
        differentiable::norm_rotate(qkv, block.q_norm, block.k_norm, text.rotary, block.heads, room, transformer_->config().base.rms_norm_eps);
    // The room is as long as the longest row of the batch needs.
    const auto mask = joint ? mask_of(text.lengths, heads.keys.size(2), heads.keys) : std::nullopt;
    return merge_heads(at::scaled_dot_product_attention(heads.queries, heads.keys, heads.values, mask), block.heads, text.image_tokens());
}

Tensor TrainableTransformer::cross_attention(const Layer& layer, std::size_t index, const Tensor& x, const Conditioning& text) const {
    const auto& block = layer.attention.cross;
    const auto& prompt = text.layers[index];
    const auto dtype = transformer_->placement().dtype;
    const auto B = text.batch, N = text.image_tokens(), kv = prompt.keys.size(1), d = prompt.keys.size(3);
    auto q = differentiable::adapted_linear(x.to(dtype), {}, {}, layer.cross_q);
    if (block.q_norm.defined()) {
        const auto heads = q.reshape({-1, d}).to(torch::kFloat32);
        q = differentiable::rms_norm(heads, InputNorm{block.q_norm, {}}, transformer_->config().base.rms_norm_eps, dtype);
    }
    q = q.view({B, N, block.heads, d}).transpose(1, 2).reshape({B, kv, -1, d});
    const auto longest = text.lengths.max().item<std::int64_t>();
    const auto attended = at::scaled_dot_product_attention(q, prompt.keys.narrow(2, 0, longest), prompt.values.narrow(2, 0, longest),
                                                           mask_of(text.lengths, longest, q));
    return differentiable::adapted_linear(merge_heads(attended, block.heads, N), {}, {}, layer.cross_o);
}

Tensor TrainableTransformer::run_layer(std::size_t index, const Tensor& input, const Conditioning& text, const StepModulation& step,
                                       const LayerLowRank& adapter) const {
    using differentiable::adapted_linear;
    const auto eps = transformer_->config().base.rms_norm_eps;
    const auto dtype = transformer_->placement().dtype;
    const auto& layer = layers_[index];
    const auto& from = *layer.from;
    const auto& modulation = step.layers[index];

    auto n = differentiable::rms_norm(input, {from.input_layernorm, modulation.attention}, eps, dtype);
    const auto attended = joint_attention(layer, index, adapted_linear(n, adapter.qkv.down(), adapter.qkv.up(), layer.qkv), text);
    const auto joined = adapted_linear(attended, adapter.o_proj.down(), adapter.o_proj.up(), layer.o_proj);
    auto x = differentiable::add_norm(input, joined, {layer.attention.self.output_norm, modulation.attention_gate}, eps);
    if (layer.attention.cross.input != nullptr) {
        x = differentiable::add_norm(x, cross_attention(layer, index, x, text), {layer.attention.cross.output_norm, {}}, eps);
    }
    n = differentiable::rms_norm(x, {from.mlp_input_norm, modulation.mlp}, eps, dtype);
    const auto gate_up = adapted_linear(n, adapter.gate_up.down(), adapter.gate_up.up(), layer.gate_up);
    const auto y = adapted_linear(differentiable::gelu_mul(gate_up), adapter.down_proj.down(), adapter.down_proj.up(), layer.down_proj);
    return differentiable::add_norm(x, y, {from.mlp_norm, modulation.mlp_gate}, eps);
}

void TrainableTransformer::run_layers(Pass& pass, Tensor x, const std::vector<LayerLowRank>& adapter, std::size_t last,
                                      const std::stop_token& stop) const {
    for (std::size_t i = 0; i < last; ++i) {
        throw_if_stopped(stop);
        Pass::Kept kept{leaf(x), adapter.empty() ? LayerLowRank() : leaves(adapter[i]), {}};
        const at::AutoGradMode with_graph(memory_.keep_activations);
        kept.output = run_layer(i, kept.input, pass.text_, pass.step_, kept.adapter);
        x = kept.output.detach();
        if (!memory_.keep_activations) kept.output = Tensor();
        pass.layers_.push_back(std::move(kept));
        if (adapter.empty()) pass.streams_.push_back(x);
    }
    if (last < layers_.size()) return;
    const at::AutoGradMode with_graph(true);
    pass.last_input_ = leaf(x);
    const auto n = differentiable::rms_norm(pass.last_input_, {transformer_->norm_out(), pass.step_.head}, transformer_->config().base.rms_norm_eps,
                                            transformer_->placement().dtype);
    pass.last_output_ = transformer_->leave(n, pass.text_);
    pass.velocity_ = pass.last_output_.detach();
}

TrainableTransformer::Pass TrainableTransformer::forward(const Tensor& latents, Conditioning text, const Tensor& timesteps,
                                                         const std::vector<LayerLowRank>& adapter, const std::stop_token& stop) const {
    TORCH_CHECK(adapter.size() == layers_.size(), "the adapter has ", adapter.size(), " layers, the transformer ", layers_.size());
    Pass pass;
    pass.owner_ = this;
    pass.text_ = std::move(text);
    auto entry = [&] {
        const at::NoGradGuard no_grad;
        return transformer_->enter(latents, pass.text_, timesteps);
    }();
    pass.step_ = std::move(entry.step);
    run_layers(pass, std::move(entry.x), adapter, layers_.size(), stop);
    return pass;
}

TrainableTransformer::Pass TrainableTransformer::look(const Tensor& latents, Conditioning text, const Tensor& timesteps, std::size_t layers,
                                                      const std::stop_token& stop) const {
    TORCH_CHECK(layers <= layers_.size(), "the transformer has ", layers_.size(), " layers, not ", layers);
    Pass pass;
    pass.owner_ = this;
    pass.text_ = std::move(text);
    pass.latents_ = leaf(latents);
    {
        const at::AutoGradMode with_graph(true);
        auto entry = transformer_->enter(pass.latents_, pass.text_, timesteps);
        pass.first_ = std::move(entry.x);
        pass.step_ = std::move(entry.step);
    }
    pass.streams_.push_back(pass.first_.detach());
    run_layers(pass, pass.first_.detach(), {}, layers, stop);
    return pass;
}

std::vector<LayerLowRank> TrainableTransformer::Pass::backward(const Tensor& d_velocity, const std::stop_token& stop) {
    TORCH_CHECK(last_output_.defined(), "a pass is run backward once");
    const at::AutoGradMode with_graph(true);
    auto dx = torch::autograd::grad({std::exchange(last_output_, Tensor())}, {last_input_}, {d_velocity})[0];
    std::vector<LayerLowRank> gradients(layers_.size());
    for (auto i = layers_.size(); i-- > 0;) {
        throw_if_stopped(stop);
        auto& kept = layers_[i];
        auto output = kept.output.defined() ? kept.output : owner_->run_layer(i, kept.input, text_, step_, kept.adapter);
        const auto& a = kept.adapter;
        const auto d = torch::autograd::grad({output},
                                             {kept.input, a.qkv.down(), a.qkv.up(), a.o_proj.down(), a.o_proj.up(), a.gate_up.down(), a.gate_up.up(),
                                              a.down_proj.down(), a.down_proj.up()},
                                             {dx});
        dx = d[0];
        gradients[i] = {{d[1], d[2]}, {d[3], d[4]}, {d[5], d[6]}, {d[7], d[8]}};
        kept = {};  // the memory of a layer goes with its graph
    }
    return gradients;
}

Tensor TrainableTransformer::Pass::backward_to_latents(const Tensor& d_velocity, const std::map<std::size_t, Tensor>& d_streams,
                                                       const std::stop_token& stop) {
    TORCH_CHECK(first_.defined(), "a look is run backward once");
    const at::AutoGradMode with_graph(true);
    Tensor dx;
    if (d_velocity.defined()) dx = torch::autograd::grad({std::exchange(last_output_, Tensor())}, {last_input_}, {d_velocity})[0];
    const auto meet = [&](std::size_t layers) {
        const auto found = d_streams.find(layers);
        if (found != d_streams.end()) dx = dx.defined() ? dx + found->second : found->second;
    };
    for (auto i = layers_.size(); i-- > 0;) {
        throw_if_stopped(stop);
        meet(i + 1);
        auto& kept = layers_[i];
        if (dx.defined()) {
            auto output = kept.output.defined() ? kept.output : owner_->run_layer(i, kept.input, text_, step_, kept.adapter);
            dx = torch::autograd::grad({output}, {kept.input}, {dx})[0];
        }
        kept = {};
    }
    meet(0);
    TORCH_CHECK(dx.defined(), "nothing was asked of this look");
    return torch::autograd::grad({std::exchange(first_, Tensor())}, {latents_}, {dx})[0];
}

std::int64_t TrainableTransformer::pass_bytes(const TransformerConfig& config, const Placement& placement, TrainingMemory memory, std::int64_t rows,
                                              std::int64_t tokens, std::int64_t prompt_tokens) {
    const auto e = static_cast<std::int64_t>(c10::elementSize(placement.dtype));
    const auto D = config.hidden_size, I = config.intermediate_size, d = config.base.head_dim;
    const auto H = config.base.num_attention_heads, K = config.num_key_value_heads;
    const std::int64_t cross = config.attention == AttentionKind::cross ? D * (4 + 2 * e) + 4 * H * d * e : 0;
    // Residual streams in float32; what the norms, projections and products keep for their way back.
    const auto kept = D * (3 * 4 + 4 * e) + (5 * H + 7 * K) * d * e + 3 * I * e + cross;
    const auto passing = 2 * D * 4 + 3 * 2 * I * 4 + 6 * (H + K) * d * 4;  // temporaries of one layer's way back, float32
    const auto key_values = 2 * config.num_hidden_layers * (tokens + prompt_tokens) * K * d * e;
    const auto layers = memory.keep_activations ? config.num_hidden_layers : 1;
    const auto inputs = memory.keep_activations ? 0 : config.num_hidden_layers * D * 4;
    return rows * (tokens * (layers * kept + inputs + passing) + layers * 2 * prompt_tokens * K * d * e + key_values);
}

}  // namespace inference
