// SPDX-License-Identifier: Apache-2.0
#include "inference/model/text_config.h"

#include "inference/model/config_bounds.h"

namespace inference {
namespace {

using namespace config_bounds;

/// `layer_types`, where a config names each layer.
std::vector<bool> read_layer_types(const ConfigReader& base, std::int64_t layers) {
    const auto& types = base.raw("layer_types");
    if (!types.is_array() || types.size() < static_cast<std::size_t>(layers)) base.fail_corrupt("layer_types", "must name every layer");
    std::vector<bool> full;
    for (std::int64_t i = 0; i < layers; ++i) {
        const auto& type = types[static_cast<std::size_t>(i)];
        if (type != "full_attention" && type != "sliding_attention") base.fail_unsupported("layer_types", "holds " + type.dump());
        full.push_back(type == "full_attention");
    }
    return full;
}

/// Every n-th layer sees the whole text.
std::vector<bool> every(std::int64_t n, std::int64_t layers) {
    std::vector<bool> full;
    for (std::int64_t i = 0; i < layers; ++i) full.push_back((i + 1) % n == 0);
    return full;
}

double read_theta(const ConfigReader& parameters, double fallback) {
    parameters.one_of("rope_type", {"default"}, "default");
    return parameters.number("rope_theta", 1, max_theta, fallback);
}

/// Gemma 1 and 2: one base for all layers, in `rope_theta` or, in newer exports, in `rope_parameters`.
void read_single_rope(const ConfigReader& base, TextModelConfig& config) {
    const bool newer = base.has("rope_parameters");
    config.rope_theta = newer ? read_theta(base.object("rope_parameters"), 10'000.0) : base.number("rope_theta", 1, max_theta, 10'000.0);
    config.local_rope_theta = config.default_image_rope_theta = config.rope_theta;
}

/// Gemma 3: two bases. The reference has no image base of its own; its section 13 recommends 10,000.
void read_double_rope(const ConfigReader& base, TextModelConfig& config) {
    config.default_image_rope_theta = 10'000.0;
    if (base.has("rope_scaling")) base.fail_unsupported("rope_scaling", "is " + base.raw("rope_scaling").dump() + "; this version runs null");
    if (base.has("rope_parameters")) {
        const auto parameters = base.object("rope_parameters");
        config.rope_theta = read_theta(parameters.object("full_attention"), 1'000'000.0);
        config.local_rope_theta = read_theta(parameters.object("sliding_attention"), 10'000.0);
        return;
    }
    config.rope_theta = base.number("rope_theta", 1, max_theta, 1'000'000.0);
    config.local_rope_theta = base.number("rope_local_base_freq", 1, max_theta, 10'000.0);
}

void read_gemma1(const ConfigReader& base, TextModelConfig& config) {
    read_single_rope(base, config);
    config.query_pre_attn_scalar = static_cast<double>(config.head_dim);
    config.full_attention.assign(static_cast<std::size_t>(config.num_hidden_layers), true);
}

/// Null is a value of its own for this field: none. Absent means the family's default.
bool is_null(const ConfigReader& base, const char* field) { return base.contains(field) && !base.has(field); }

void read_gemma2(const ConfigReader& base, TextModelConfig& config) {
    read_single_rope(base, config);
    config.sandwich_norm = true;
    config.query_pre_attn_scalar = base.number("query_pre_attn_scalar", 1e-6, 1e9, 224.0);
    // attn_logit_softcapping has no effect: the reference's transformers runs these models with SDPA, which never caps.
    config.sliding_window = base.integer("sliding_window", 1, 1 << 24, 4096);
    config.full_attention = base.has("layer_types") ? read_layer_types(base, config.num_hidden_layers) : every(2, config.num_hidden_layers);
    if (is_null(base, "sliding_window")) config.full_attention.assign(config.full_attention.size(), true);
}

void read_gemma3(const ConfigReader& base, TextModelConfig& config) {
    read_double_rope(base, config);
    config.sandwich_norm = config.qk_norm = config.shared_layers_have_windows = true;
    config.query_pre_attn_scalar = base.number("query_pre_attn_scalar", 1e-6, 1e9, 256.0);
    if (base.has("attn_logit_softcapping")) {
        base.fail_unsupported("attn_logit_softcapping", "is set; this version runs Gemma 3 models without it");
    }
    config.sliding_window = base.integer("sliding_window", 1, 1 << 24, 512);
    const auto older = base.integer("_sliding_window_pattern", 1, max_layers, 6);
    const auto pattern = base.integer("sliding_window_pattern", 1, max_layers, older);
    config.full_attention = base.has("layer_types") ? read_layer_types(base, config.num_hidden_layers) : every(pattern, config.num_hidden_layers);
}

}  // namespace

TextModelConfig read_text_config(const ConfigReader& base) {
    const auto family = base.one_of("model_type", {"gemma", "gemma2", "gemma3_text"});
    // Gemma 1 exports may say `hidden_act: "gelu"` beside a null here; the reference's library takes the tanh form all the same.
    base.one_of("hidden_activation", {"gelu_pytorch_tanh"}, "gelu_pytorch_tanh");
    TextModelConfig config;
    config.hidden_size = base.integer("hidden_size", 1, max_width);
    config.intermediate_size = base.integer("intermediate_size", 1, max_width);
    config.num_hidden_layers = base.integer("num_hidden_layers", 1, max_layers);
    config.num_attention_heads = base.integer("num_attention_heads", 1, max_heads);
    config.num_key_value_heads = base.integer("num_key_value_heads", 1, max_heads);
    config.head_dim = base.integer("head_dim", 1, 1024, 256);
    config.vocab_size = base.integer("vocab_size", 1, max_vocabulary);
    config.rms_norm_eps = base.number("rms_norm_eps", 0, 1, 1e-6);
    config.attention_bias = base.boolean("attention_bias", false);
    if (config.num_attention_heads % config.num_key_value_heads != 0) {
        base.fail_corrupt("num_attention_heads", "must be a multiple of num_key_value_heads");
    }
    if (config.head_dim % 2 != 0) base.fail_unsupported("head_dim", "must be even for rotary positions");
    if (family == "gemma") read_gemma1(base, config);
    if (family == "gemma2") read_gemma2(base, config);
    if (family == "gemma3_text") read_gemma3(base, config);
    return config;
}

}  // namespace inference
