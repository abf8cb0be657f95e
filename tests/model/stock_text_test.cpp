// SPDX-License-Identifier: Apache-2.0
// A stock language model as the reference's library runs it.
#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>
#include <torch/types.h>

#include "inference/model/text_layers.h"
#include "inference/weights/checkpoint.h"

namespace {

using inference::TextLayers;

/// The config of make_gemma2_stock.py.
inference::TextModelConfig gemma2() {
    return inference::read_text_config(inference::ConfigReader::from_text("gemma2", R"({"model_type": "gemma2", "vocab_size": 12, "hidden_size": 16,
        "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
        "query_pre_attn_scalar": 20, "attn_logit_softcapping": 0.5, "sliding_window": 3})"));
}

torch::Tensor states(const inference::TextModelConfig& config) {
    const at::NoGradGuard no_grad;
    const inference::Checkpoint weights(FUSELIGHT_FIXTURES, "gemma2_stock");
    const TextLayers layers(config, {2, 2, false, true}, {weights, ""}, {});
    return layers.run({{2, 5, 11, 7, 3, 9}}, [](std::int64_t, std::size_t, const torch::Tensor&, const inference::KeyValues&) {}, {});
}

torch::Tensor expected() { return inference::Checkpoint(FUSELIGHT_FIXTURES, "gemma2_stock").load("expected", {6, 16}, {}); }

TEST(StockGemma2, runsItsAttentionWithoutTheSoftcapThatItsConfigNames) {
    const auto error = (states(gemma2()) - expected()).abs().max().item<float>();
    EXPECT_LT(error, 2e-5f);
}

TEST(StockGemma2, hasItsScaleAndItsWindow) {
    auto config = gemma2();
    config.query_pre_attn_scalar = 8;
    EXPECT_GT((states(config) - expected()).abs().max().item<float>(), 1e-2f);
    config = gemma2();
    config.sliding_window = 6;
    EXPECT_GT((states(config) - expected()).abs().max().item<float>(), 1e-2f);
}

}  // namespace
