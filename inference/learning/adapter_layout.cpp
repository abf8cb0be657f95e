// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/adapter_layout.h"

#include <algorithm>
#include <charconv>

namespace inference {
namespace {

constexpr const char* matrix_names[num_adapted_matrices] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
                                                            "mlp.gate_proj",    "mlp.up_proj",      "mlp.down_proj"};

}  // namespace

const char* matrix_name(AdaptedMatrix matrix) { return matrix_names[static_cast<std::size_t>(matrix)]; }

AdapterLayout::AdapterLayout(const TransformerConfig& config) : prefix_(config.prefix() + "layers."), layers_(config.num_hidden_layers) {
    const auto D = config.hidden_size, I = config.intermediate_size, d = config.base.head_dim;
    const auto q = config.base.num_attention_heads * d, kv = config.num_key_value_heads * d;
    shapes_ = {{{q, D}, {kv, D}, {kv, D}, {D, q}, {I, D}, {I, D}, {D, I}}};
}

std::string AdapterLayout::name(std::int64_t layer, AdaptedMatrix matrix) const {
    return prefix_ + std::to_string(layer) + "." + matrix_name(matrix);
}

std::optional<std::pair<std::int64_t, AdaptedMatrix>> AdapterLayout::find(const std::string& name) const {
    if (name.rfind(prefix_, 0) != 0) return std::nullopt;
    std::int64_t layer = -1;
    const auto* const end = name.data() + name.size();
    const auto [rest, error] = std::from_chars(name.data() + prefix_.size(), end, layer);
    if (error != std::errc() || rest == end || *rest != '.' || layer < 0 || layer >= layers_) return std::nullopt;
    const std::string_view matrix(rest + 1, end);
    const auto* const found = std::find(std::begin(matrix_names), std::end(matrix_names), matrix);
    if (found == std::end(matrix_names)) return std::nullopt;
    const std::pair place(layer, static_cast<AdaptedMatrix>(found - std::begin(matrix_names)));
    if (this->name(place.first, place.second) != name) return std::nullopt;  // "layers.03" is another name for layer 3
    return place;
}

std::int64_t AdapterLayout::parameters(std::int64_t rank) const {
    std::int64_t layer = 0;
    for (const auto& shape : shapes_) layer += rank * (shape.in + shape.out);
    return layers_ * layer;
}

}  // namespace inference
