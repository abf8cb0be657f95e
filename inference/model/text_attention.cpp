// SPDX-License-Identifier: Apache-2.0
#include "inference/model/text_attention.h"

#include <cmath>
#include <limits>
#include <optional>

namespace inference {
namespace {

constexpr std::int64_t no_window = std::numeric_limits<std::int64_t>::max();

/// Which keys each token sees: those before it and itself, within the window. (tokens, tokens) bool
torch::Tensor visible_keys(std::int64_t tokens, std::int64_t window, torch::Device device) {
    const auto position = at::arange(tokens, torch::TensorOptions(device));
    const auto distance = position.unsqueeze(1) - position.unsqueeze(0);
    return at::logical_and(distance.ge(0), distance.lt(window));
}

torch::Tensor rows_of(const torch::Tensor& heads, std::int64_t tokens) { return heads.transpose(1, 2).reshape({tokens, -1}); }

class ScaledTextAttention final : public TextAttention {
public:
    ScaledTextAttention(const TextModelConfig& config, double scale, std::int64_t window) :
        heads_(config.num_attention_heads), scale_(scale), window_(window) {}

    torch::Tensor operator()(const torch::Tensor& queries, const KeyValues& kv, std::int64_t tokens) const override {
        const auto q = queries.view({1, heads_, tokens, queries.size(-1)});
        std::optional<torch::Tensor> mask;
        if (tokens > window_) mask = visible_keys(tokens, window_, queries.device());
        return rows_of(at::scaled_dot_product_attention(q, kv.keys, kv.values, mask, 0.0, !mask.has_value(), scale_, true), tokens);
    }

private:
    std::int64_t heads_;
    double scale_;
    std::int64_t window_;
};

}  // namespace

std::unique_ptr<TextAttention> make_shared_text_attention(const TextModelConfig& config, std::int64_t layer) {
    const bool windowed = config.shared_layers_have_windows && !config.full_attention[static_cast<std::size_t>(layer)];
    const double scale = 1.0 / std::sqrt(static_cast<double>(config.head_dim));
    return std::make_unique<ScaledTextAttention>(config, scale, windowed ? config.sliding_window : no_window);
}

std::unique_ptr<TextAttention> make_stock_text_attention(const TextModelConfig& config, std::int64_t layer) {
    const auto window = config.full_attention[static_cast<std::size_t>(layer)] ? no_window : config.sliding_window;
    const double scale = 1.0 / std::sqrt(config.query_pre_attn_scalar);
    return std::make_unique<ScaledTextAttention>(config, scale, window);
}

}  // namespace inference
