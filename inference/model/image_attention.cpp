// SPDX-License-Identifier: Apache-2.0
#include "inference/model/image_attention.h"

#include <utility>

namespace inference {
namespace {

/// Buffers for `rows` keys and values of each batch row, the prompts' written from row `first` on. Where the image has more heads for keys
/// than the text, the text's stand for several.
std::vector<KeyValues> spread_prompts(const std::vector<std::shared_ptr<const PromptState>>& prompts, std::int64_t rows, std::int64_t first,
                                      std::int64_t kv_heads, std::int64_t head_dim, const Placement& placement) {
    const auto options = torch::TensorOptions(placement.device).dtype(placement.dtype);
    const auto shape = {static_cast<std::int64_t>(prompts.size()), kv_heads, rows, head_dim};
    std::vector<KeyValues> layers;
    for (std::size_t i = 0; i < prompts.front()->layers.size(); ++i) {
        KeyValues kv{torch::zeros(shape, options), torch::zeros(shape, options)};
        for (std::size_t b = 0; b < prompts.size(); ++b) {
            const auto& from = prompts[b]->layers[i];
            const auto row = static_cast<std::int64_t>(b), tokens = prompts[b]->tokens, text_heads = from.keys.size(1);
            const auto room = [&](const torch::Tensor& buffer) { return buffer[row].narrow(1, first, tokens).unflatten(0, {text_heads, -1}); };
            room(kv.keys).copy_(from.keys[0].unsqueeze(1));
            room(kv.values).copy_(from.values[0].unsqueeze(1));
        }
        layers.push_back(std::move(kv));
    }
    return layers;
}

torch::Tensor token_counts(const std::vector<std::shared_ptr<const PromptState>>& prompts, std::int64_t more) {
    std::vector<std::int64_t> counts;
    for (const auto& prompt : prompts) counts.push_back(prompt->tokens + more);
    return torch::tensor(counts);
}

/// Queries, keys and values of the image and the way back: what both kinds of attention have.
struct SelfProjections {
    SelfProjections(const TransformerConfig& config, ParameterReader& read, const std::string& name) :
        heads(config.base.num_attention_heads), eps(config.base.rms_norm_eps) {
        const auto D = config.hidden_size, d = config.base.head_dim, q = heads * d, kv = config.num_key_value_heads * d;
        const auto a = name + "self_attn.";
        const auto bias = config.base.attention_bias ? Bias::present : Bias::none;
        qkv = read.linear({{a + "q_proj.weight", q}, {a + "k_proj.weight", kv}, {a + "v_proj.weight", kv}}, D, bias);
        q_norm = read.norm_if(config.qk_norm, a + "q_norm.weight", d);
        k_norm = read.norm_if(config.qk_norm, a + "k_norm.weight", d);
        o_proj = read.linear({{a + "o_proj.weight", D}}, q, bias);
        output_norm = read.norm_if(config.sandwich_norm, name + "post_attention_layernorm.weight", D);
    }

    /// Attention over `kv`, whose first rows take the image's keys and values.
    torch::Tensor attend(const torch::Tensor& n, const Conditioning& text, KeyValues& kv, const torch::Tensor& lengths, std::size_t layer) const {
        const auto& adapter = text.adapter.layers[layer];
        auto projected = qkv(n);
        adapter.qkv.add_to(projected, n, text.adapter.rows);
        const auto queries = norm_rotate(projected, q_norm, k_norm, text.rotary, text.batch, heads, kv, eps);
        const auto attended = attention(queries, kv, lengths, text.image_tokens());
        auto output = o_proj(attended);
        adapter.o_proj.add_to(output, attended, text.adapter.rows);
        return output;
    }

    AttentionParts::Block parts(std::int64_t kv_heads) const { return {&qkv, q_norm, k_norm, &o_proj, output_norm, heads, kv_heads}; }

    std::int64_t heads;
    double eps;
    Linear qkv;
    torch::Tensor q_norm, k_norm;
    Linear o_proj;
    torch::Tensor output_norm;
};

/// One softmax over image and prompt.
class JointAttention final : public ImageAttention {
public:
    JointAttention(const TransformerConfig& config, ParameterReader& read, const std::string& name, const Placement& placement) :
        self_(config, read, name), kv_heads_(config.num_key_value_heads), head_dim_(config.base.head_dim), placement_(placement) {}

    void lay_out(Conditioning& text, const std::vector<std::shared_ptr<const PromptState>>& prompts) const override {
        text.lengths = token_counts(prompts, text.image_tokens());
        text.layers = spread_prompts(prompts, text.lengths.max().item<std::int64_t>(), text.image_tokens(), kv_heads_, head_dim_, placement_);
    }

    torch::Tensor operator()(torch::Tensor& x, const torch::Tensor& n, Conditioning& text, std::size_t layer, const torch::Tensor& gate,
                             const InputNorm& next) const override {
        return add_norm(x, self_.attend(n, text, text.layers[layer], text.lengths, layer), OutputNorm{self_.output_norm, gate}, next, self_.eps);
    }

    std::vector<const Linear*> linears() const override { return {&self_.qkv, &self_.o_proj}; }
    AttentionParts parts() const override { return {self_.parts(kv_heads_), {}}; }

private:
    SelfProjections self_;
    std::int64_t kv_heads_, head_dim_;
    Placement placement_;
};

/// Attention among the image, then across to the prompt from the bare residual stream: no norm, no modulation, no gate, no rotation.
class CrossAttention final : public ImageAttention {
public:
    CrossAttention(const TransformerConfig& config, ParameterReader& read, const std::string& name, const Placement& placement) :
        self_(config, read, name), kv_heads_(config.num_key_value_heads), head_dim_(config.base.head_dim), placement_(placement),
        norm_heads_(config.qk_norm ? normed_heads : bare_heads) {
        const auto D = config.hidden_size, q = self_.heads * head_dim_;
        const auto c = name + "cross_attn.";
        const auto bias_of = [&](const std::string& part) {
            return config.base.attention_bias && read.has(c + part + ".bias") ? Bias::present : Bias::none;
        };
        q_proj_ = read.linear({{c + "q_proj.weight", q}}, D, bias_of("q_proj"));
        q_norm_ = read.norm_if(config.qk_norm, c + "q_norm.weight", head_dim_);
        o_proj_ = read.linear({{c + "o_proj.weight", D}}, q, bias_of("o_proj"));
        output_norm_ = read.norm_if(config.sandwich_norm, name + "post_cross_attention_layernorm.weight", D);
    }

    void lay_out(Conditioning& text, const std::vector<std::shared_ptr<const PromptState>>& prompts) const override {
        const auto text_heads = prompts.front()->layers.front().keys.size(1);
        text.lengths = token_counts(prompts, 0);
        text.layers = spread_prompts(prompts, text.lengths.max().item<std::int64_t>(), 0, text_heads, head_dim_, placement_);
        const auto options = torch::TensorOptions(placement_.device).dtype(placement_.dtype);
        const auto shape = {text.batch, kv_heads_, text.image_tokens(), head_dim_};
        text.image = {torch::empty(shape, options), torch::empty(shape, options)};
        text.image_lengths = torch::full({text.batch}, text.image_tokens(), torch::kInt64);
    }

    torch::Tensor operator()(torch::Tensor& x, const torch::Tensor& n, Conditioning& text, std::size_t layer, const torch::Tensor& gate,
                             const InputNorm& next) const override {
        add_norm(x, self_.attend(n, text, text.image, text.image_lengths, layer), OutputNorm{self_.output_norm, gate}, InputNorm{}, self_.eps);
        const auto& prompt = text.layers[layer];
        const auto queries = split_queries(q_proj_(x.to(placement_.dtype)), text.batch, text.image_tokens(), prompt.keys.size(1));
        const auto o = o_proj_(attention(queries, prompt, text.lengths, text.image_tokens()));
        return add_norm(x, o, OutputNorm{output_norm_, {}}, next, self_.eps);
    }

    std::vector<const Linear*> linears() const override { return {&self_.qkv, &self_.o_proj, &q_proj_, &o_proj_}; }
    AttentionParts parts() const override {
        return {self_.parts(kv_heads_), AttentionParts::Block{&q_proj_, q_norm_, {}, &o_proj_, output_norm_, self_.heads, kv_heads_}};
    }

private:
    using HeadNormFn = torch::Tensor (*)(const torch::Tensor& heads, const torch::Tensor& scale, double eps);

    static torch::Tensor normed_heads(const torch::Tensor& heads, const torch::Tensor& scale, double eps) {
        return rms_norm(heads.to(torch::kFloat32), scale, eps, heads.scalar_type());
    }
    static torch::Tensor bare_heads(const torch::Tensor& heads, const torch::Tensor&, double) { return heads; }

    /// (B * N, heads * head_dim) -> (B, kv_heads, group * N, head_dim), normed where the model has a norm.
    torch::Tensor split_queries(const torch::Tensor& q, std::int64_t batch, std::int64_t tokens, std::int64_t kv_heads) const {
        const auto normed = norm_heads_(q.reshape({-1, head_dim_}), q_norm_, self_.eps);
        return normed.view({batch, tokens, self_.heads, head_dim_}).transpose(1, 2).reshape({batch, kv_heads, -1, head_dim_});
    }

    SelfProjections self_;
    std::int64_t kv_heads_, head_dim_;
    Placement placement_;
    HeadNormFn norm_heads_;
    Linear q_proj_;
    torch::Tensor q_norm_;
    Linear o_proj_;
    torch::Tensor output_norm_;
};

}  // namespace

std::unique_ptr<ImageAttention> make_image_attention(const TransformerConfig& config, ParameterReader& read, const std::string& layer_name,
                                                     const Placement& placement) {
    if (config.attention == AttentionKind::self) return std::make_unique<JointAttention>(config, read, layer_name, placement);
    return std::make_unique<CrossAttention>(config, read, layer_name, placement);
}

}  // namespace inference
