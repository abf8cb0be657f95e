// SPDX-License-Identifier: Apache-2.0
#include "inference/model/clip_text_model.h"

#include <algorithm>
#include <string>
#include <utility>

#include "inference/core/exception.h"
#include "inference/model/parameter_reader.h"

namespace inference {
namespace {

torch::Tensor quick_gelu(const torch::Tensor& x) { return x * at::sigmoid(1.702 * x); }
torch::Tensor exact_gelu(const torch::Tensor& x) { return at::gelu(x); }

std::size_t first_eos(const std::vector<int>& ids, std::int64_t eos_token_id) {
    const auto found = std::find(ids.begin(), ids.end(), static_cast<int>(eos_token_id));
    return found == ids.end() ? 0 : static_cast<std::size_t>(found - ids.begin());
}

/// Older exports carry a wrong eos_token_id (2); their end is where the largest id stands.
std::size_t largest_id(const std::vector<int>& ids, std::int64_t) {
    return static_cast<std::size_t>(std::max_element(ids.begin(), ids.end()) - ids.begin());
}

}  // namespace

ClipTextModel::ClipTextModel(const ClipTextConfig& config, const Checkpoint& weights, const Placement& placement) :
    config_(config), placement_(placement), activation_(config.activation == ClipActivation::gelu ? exact_gelu : quick_gelu),
    end_of_text_(config.eos_token_id == 2 ? largest_id : first_eos) {
    ParameterReader read(weights, placement);
    const auto W = config.hidden_size, I = config.intermediate_size;
    const auto norm = [&](const std::string& name) {
        return Norm{read.tensor(name + ".weight", {W}, torch::kFloat32), read.tensor(name + ".bias", {W}, torch::kFloat32)};
    };
    const std::string root = "text_model.";
    token_embedding_ = read.tensor(root + "embeddings.token_embedding.weight", {config.vocab_size, W});
    position_embedding_ = read.tensor(root + "embeddings.position_embedding.weight", {config.max_position_embeddings, W});
    for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
        const auto n = root + "encoder.layers." + std::to_string(i) + ".", a = n + "self_attn.";
        Layer layer;
        layer.layer_norm1 = norm(n + "layer_norm1");
        layer.qkv = read.linear({{a + "q_proj.weight", W}, {a + "k_proj.weight", W}, {a + "v_proj.weight", W}}, W, Bias::present);
        layer.out_proj = read.linear({{a + "out_proj.weight", W}}, W, Bias::present);
        layer.layer_norm2 = norm(n + "layer_norm2");
        layer.fc1 = read.linear({{n + "mlp.fc1.weight", I}}, W, Bias::present);
        layer.fc2 = read.linear({{n + "mlp.fc2.weight", W}}, I, Bias::present);
        layers_.push_back(std::move(layer));
    }
    final_layer_norm_ = norm(root + "final_layer_norm");
    text_projection_ = read.linear({{"text_projection.weight", config.projection_dim}}, W);
    parameters_ = read.parameters();
}

torch::Tensor ClipTextModel::normed(const torch::Tensor& x, const Norm& norm) const {
    return at::layer_norm(x, {config_.hidden_size}, norm.weight, norm.bias, config_.layer_norm_eps).to(placement_.dtype);
}

torch::Tensor ClipTextModel::embed(const std::vector<int>& ids) const {
    for (const auto id : ids) {
        if (id < 0 || id >= config_.vocab_size) {
            fail(ErrorCode::corrupt_file,
                 "the CLIP tokenizer gives id " + std::to_string(id) + "; the CLIP text model has " + std::to_string(config_.vocab_size));
        }
    }
    TORCH_CHECK(!ids.empty() && static_cast<std::int64_t>(ids.size()) <= config_.max_position_embeddings, "ClipTextModel: ", ids.size(), " tokens");
    // Attention is causal, so nothing behind the end of the text has a say.
    const auto tokens = static_cast<std::int64_t>(end_of_text_(ids, config_.eos_token_id)) + 1;
    const std::vector<std::int64_t> used(ids.begin(), ids.begin() + tokens);
    const auto heads = config_.num_attention_heads;
    auto x =
        (at::embedding(token_embedding_, torch::tensor(used).to(placement_.device)) + position_embedding_.narrow(0, 0, tokens)).to(torch::kFloat32);
    for (const auto& layer : layers_) {
        const auto qkv = layer.qkv(normed(x, layer.layer_norm1)).view({1, tokens, 3, heads, -1}).permute({2, 0, 3, 1, 4}).unbind(0);
        const auto o = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], {}, 0.0, true);
        x = x + layer.out_proj(o.transpose(1, 2).reshape({tokens, config_.hidden_size}));
        x = x + layer.fc2(activation_(layer.fc1(normed(x, layer.layer_norm2))));
    }
    return text_projection_(normed(x.narrow(0, tokens - 1, 1), final_layer_norm_))[0].to(torch::kFloat32);
}

}  // namespace inference
