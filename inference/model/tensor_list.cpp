// SPDX-License-Identifier: Apache-2.0
#include "inference/model/tensor_list.h"

#include <utility>

namespace inference {
namespace {

constexpr std::int64_t sinusoid_width = 256;

class TensorList {
public:
    explicit TensorList(std::string prefix) : prefix_(std::move(prefix)) {}

    void add(const std::string& name, std::vector<std::int64_t> shape, TensorRole role) {
        tensors_.push_back({prefix_ + name, std::move(shape), role, used_});
    }
    void norm(const std::string& name, std::int64_t width) { add(name + ".weight", {width}, TensorRole::norm); }
    void linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias, TensorRole role = TensorRole::projection) {
        add(name + ".weight", {out, in}, role);
        if (bias) add(name + ".bias", {out}, TensorRole::bias);
    }
    void mlp(const std::string& name, std::int64_t width, std::int64_t intermediate) {
        linear(name + "gate_proj", intermediate, width, false);
        linear(name + "up_proj", intermediate, width, false);
        linear(name + "down_proj", width, intermediate, false);
    }
    void set_used(bool used) { used_ = used; }
    std::vector<TensorSpec> take() { return std::move(tensors_); }

private:
    std::string prefix_;
    bool used_ = true;
    std::vector<TensorSpec> tensors_;
};

void add_attention(TensorList& list, const TransformerConfig& config, const std::string& layer) {
    const auto D = config.hidden_size, d = config.base.head_dim, q = config.base.num_attention_heads * d, kv = config.num_key_value_heads * d;
    const auto a = layer + "self_attn.";
    const bool bias = config.base.attention_bias;
    list.linear(a + "q_proj", q, D, bias);
    list.linear(a + "k_proj", kv, D, bias);
    list.linear(a + "v_proj", kv, D, bias);
    list.linear(a + "o_proj", D, q, bias);
    if (config.qk_norm) {
        list.norm(a + "q_norm", d);
        list.norm(a + "k_norm", d);
    }
    const auto c = layer + "cross_attn.";
    if (config.attention == AttentionKind::cross) {
        list.linear(c + "q_proj", q, D, false);
        list.linear(c + "o_proj", D, q, false);
        if (config.qk_norm) list.norm(c + "q_norm", d);
        if (config.qk_norm && !config.fused) list.norm(c + "k_norm", d);
        if (config.sandwich_norm) list.norm(layer + "post_cross_attention_layernorm", D);
    }
    if (config.fused) return;
    const auto& text = config.attention == AttentionKind::self ? a : c;
    list.linear(text + "text_k_proj", kv, D, false);
    list.linear(text + "text_v_proj", kv, D, false);
}

void add_conditioning(TensorList& list, const TransformerConfig& config) {
    const auto D = config.hidden_size;
    if (config.timestep == TimestepKind::none) return;
    list.linear("timestep_embedder.0", D, sinusoid_width, true);
    list.linear("timestep_embedder.2", D, D, true);
    if (config.timestep == TimestepKind::adaln_single) {
        list.linear("t_block.1", 6 * D, D, true, TensorRole::modulation);
        list.add("scale_shift_table", {2 * D}, TensorRole::modulation);
    }
    if (!config.uses_clip()) return;
    const auto M = config.text_modulation_embeds_dim;
    list.norm("condition_embedder.0", M);
    list.linear("condition_embedder.1", D, M, true);
    list.linear("condition_embedder.3", D, D, true);
}

/// A norm that adaln-zero modulates, with the linear layer that does it.
void add_modulated_norm(TensorList& list, const TransformerConfig& config, const std::string& name, std::int64_t parts) {
    const auto D = config.hidden_size;
    if (config.timestep != TimestepKind::adaln_zero) return list.norm(name, D);
    list.linear(name + ".linear", parts * D, D, true, TensorRole::modulation);
    list.norm(name + ".norm", D);
}

}  // namespace

std::vector<TensorSpec> text_tensors(const TextModelConfig& config, const std::string& prefix, std::int64_t num_layers, bool last_layer_keys_only) {
    TensorList list(prefix);
    const auto T = config.hidden_size, d = config.head_dim, q = config.num_attention_heads * d, kv = config.num_key_value_heads * d;
    list.add("embed_tokens.weight", {config.vocab_size, T}, TensorRole::embedding);
    for (std::int64_t i = 0; i < num_layers; ++i) {
        const auto n = "layers." + std::to_string(i) + ".", a = n + "self_attn.";
        const bool whole = !last_layer_keys_only || i + 1 < num_layers;
        list.norm(n + "input_layernorm", T);
        list.linear(a + "k_proj", kv, T, config.attention_bias);
        list.linear(a + "v_proj", kv, T, config.attention_bias);
        if (config.qk_norm) list.norm(a + "k_norm", d);
        list.set_used(whole);
        list.linear(a + "q_proj", q, T, config.attention_bias);
        list.linear(a + "o_proj", T, q, config.attention_bias);
        if (config.qk_norm) list.norm(a + "q_norm", d);
        list.norm(n + "post_attention_layernorm", T);
        if (config.sandwich_norm) {
            list.norm(n + "pre_feedforward_layernorm", T);
            list.norm(n + "post_feedforward_layernorm", T);
        }
        list.mlp(n + "mlp.", T, config.intermediate_size);
        list.set_used(true);
    }
    list.set_used(!last_layer_keys_only);
    list.norm("norm", T);
    return list.take();
}

std::vector<TensorSpec> transformer_tensors(const TransformerConfig& config) {
    TensorList list(config.prefix());
    const auto D = config.hidden_size, C = config.in_channels, p = config.patch_size;
    list.add("patch_embed.proj.weight", {D, C, p, p}, TensorRole::projection);
    list.add("patch_embed.proj.bias", {D}, TensorRole::bias);
    if (config.positions == PositionKind::ape) {
        list.set_used(false);  // it is computed where it is absent
        list.add("patch_embed.pos_embed", {1, config.pos_embed_max_size * config.pos_embed_max_size, D}, TensorRole::position_table);
        list.set_used(true);
    }
    add_conditioning(list, config);
    if (!config.fused) {
        list.norm("context_embedder.0", config.text_hidden_size);
        list.linear("context_embedder.1", D, config.text_hidden_size, true);
    }
    for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
        const auto n = "layers." + std::to_string(i) + ".";
        add_modulated_norm(list, config, n + "input_layernorm", 6);
        if (config.timestep == TimestepKind::adaln_single) list.add(n + "scale_shift_table", {6 * D}, TensorRole::modulation);
        add_attention(list, config, n);
        list.norm(n + "post_attention_layernorm", D);
        if (config.sandwich_norm) {
            list.norm(n + "pre_feedforward_layernorm", D);
            list.norm(n + "post_feedforward_layernorm", D);
        }
        list.mlp(n + "mlp.", D, config.intermediate_size);
    }
    add_modulated_norm(list, config, "norm_out", 2);
    list.linear("proj_out", C * p * p, D, true);
    auto tensors = list.take();
    if (config.fused && !config.external_text_model) {
        const auto text = text_tensors(config.base, "llm.", config.base.num_hidden_layers, true);
        tensors.insert(tensors.end(), text.begin(), text.end());
    }
    return tensors;
}

}  // namespace inference
