// SPDX-License-Identifier: Apache-2.0
// transformer/config.json in the spellings that the reference and its text models write, and what is refused.
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "inference/core/exception.h"
#include "inference/model/transformer_config.h"
#include "tests/support/temporary_folder.h"

namespace {

using inference::ErrorCode;
using nlohmann::json;

json gemma2() {
    return {{"model_type", "gemma2"},
            {"hidden_size", 2304},
            {"intermediate_size", 9216},
            {"num_hidden_layers", 26},
            {"num_attention_heads", 8},
            {"num_key_value_heads", 4},
            {"head_dim", 256},
            {"vocab_size", 256000},
            {"rms_norm_eps", 1e-06},
            {"rope_theta", 10000.0},
            {"attention_bias", false},
            {"hidden_activation", "gelu_pytorch_tanh"},
            {"query_pre_attn_scalar", 256},
            {"sliding_window", 4096},
            {"attn_logit_softcapping", 50.0},
            {"cache_implementation", "hybrid"}};
}

/// The published model's config.
json published() {
    return {{"model_type", "FuseDiT"},
            {"attention", "self"},
            {"base_config", gemma2()},
            {"dit_hidden_size", 2304},
            {"dit_num_hidden_layers", 26},
            {"in_channels", 16},
            {"initial_layers", 0},
            {"out_channels", 16},
            {"patch_size", 2},
            {"pos_embed", "2d-rope"},
            {"pos_embed_max_size", 64},
            {"qk_norm", true},
            {"sample_size", 32},
            {"sandwich_norm", true},
            {"shared_attention_layers", "all"},
            {"text_hidden_size", 2304},
            {"text_hidden_states_index", -1},
            {"text_modulation_embeds_dim", nullptr},
            {"timestep_conditioning", nullptr},
            {"torch_dtype", "float32"},
            {"transformers_version", "4.43.3"}};
}

json base(const char* family, std::int64_t layers) {
    return {{"model_type", family},     {"hidden_size", 32},        {"intermediate_size", 48}, {"num_hidden_layers", layers},
            {"num_attention_heads", 4}, {"num_key_value_heads", 2}, {"head_dim", 16},          {"vocab_size", 50}};
}

inference::TransformerConfig read(const json& config) {
    const tests::TemporaryFolder folder;
    return inference::read_transformer_config(folder.write("config.json", config.dump()));
}

void expect_refused(const json& config, ErrorCode code, const std::string& field) {
    const tests::TemporaryFolder folder;
    const auto path = folder.write("config.json", config.dump());
    try {
        inference::read_transformer_config(path);
        ADD_FAILURE() << "accepted: " << field;
    } catch (const inference::Exception& error) {
        EXPECT_EQ(error.error().code, code) << error.what();
        EXPECT_EQ(error.error().detail.rfind(path, 0), 0u) << error.what();
        EXPECT_NE(error.error().detail.find(field), std::string::npos) << error.what();
    }
}

TEST(TransformerConfig, readsThePublishedModel) {
    const auto config = read(published());
    EXPECT_TRUE(config.fused);
    EXPECT_EQ(config.attention, inference::AttentionKind::self);
    EXPECT_EQ(config.positions, inference::PositionKind::rope_2d);
    EXPECT_EQ(config.timestep, inference::TimestepKind::none);
    EXPECT_TRUE(config.qk_norm);
    EXPECT_TRUE(config.sandwich_norm);
    EXPECT_EQ(config.intermediate_size, 9216);
    EXPECT_EQ(config.num_key_value_heads, 4);
    EXPECT_EQ(config.image_rope_theta, 10000.0);
    EXPECT_TRUE(config.base.sandwich_norm);
    EXPECT_FALSE(config.base.qk_norm);
    EXPECT_FALSE(config.base.shared_layers_have_windows);
    EXPECT_FALSE(config.base.full_attention[0]);
    EXPECT_TRUE(config.base.full_attention[1]);
}

TEST(TransformerConfig, absentKeysTakeTheReferencesDefaults) {
    const auto config = read({{"base_config", base("gemma", 18)}});
    EXPECT_TRUE(config.fused);
    EXPECT_EQ(config.attention, inference::AttentionKind::self);
    EXPECT_EQ(config.positions, inference::PositionKind::rope_1d);
    EXPECT_EQ(config.timestep, inference::TimestepKind::adaln_zero);
    EXPECT_FALSE(config.qk_norm);
    EXPECT_FALSE(config.sandwich_norm);
    EXPECT_EQ(config.num_hidden_layers, 18);
    EXPECT_EQ(config.hidden_size, 32);
    EXPECT_EQ(config.in_channels, 16);
    EXPECT_EQ(config.sample_size, 32);
    EXPECT_EQ(config.pos_embed_max_size, 64);
    EXPECT_EQ(config.text_modulation_embeds_dim, 0);
}

TEST(TransformerConfig, gemma1IsTheSameWhateverItsExportSaysOfItsActivation) {
    auto config = published();
    config["base_config"] = base("gemma", 26);
    const auto plain = read(config);
    EXPECT_FALSE(plain.base.sandwich_norm);
    EXPECT_EQ(plain.base.query_pre_attn_scalar, 16.0);
    config["base_config"]["hidden_act"] = "gelu";
    config["base_config"]["hidden_activation"] = nullptr;
    EXPECT_EQ(read(config), plain);
    config["base_config"]["hidden_activation"] = "gelu_pytorch_tanh";
    EXPECT_EQ(read(config), plain);
}

TEST(TransformerConfig, gemma3IsTheSameInOlderAndNewerSpellings) {
    auto older = published();
    older["base_config"] = base("gemma3_text", 26);
    auto newer = older;
    older["base_config"].update({{"rope_theta", 1e6}, {"rope_local_base_freq", 1e4}, {"_sliding_window_pattern", 3}});
    newer["base_config"]["rope_parameters"] = {{"full_attention", {{"rope_theta", 1e6}, {"rope_type", "default"}}},
                                               {"sliding_attention", {{"rope_theta", 1e4}, {"rope_type", "default"}}}};
    for (int i = 0; i < 26; ++i) newer["base_config"]["layer_types"].push_back(i % 3 == 2 ? "full_attention" : "sliding_attention");
    EXPECT_EQ(read(older), read(newer));
    EXPECT_EQ(read(older).image_rope_theta, 10000.0);
    EXPECT_TRUE(read(older).base.qk_norm);
    EXPECT_TRUE(read(older).base.shared_layers_have_windows);
}

TEST(TransformerConfig, aListOfSharedLayersCutsTheTextModel) {
    auto config = published();
    config.update({{"initial_layers", 4}, {"dit_num_hidden_layers", 3}, {"shared_attention_layers", {4, 5, 6}}});
    const auto cut = read(config);
    EXPECT_EQ(cut.base.num_hidden_layers, 7);
    EXPECT_EQ(cut.base.full_attention.size(), 7u);
}

TEST(TransformerConfig, rotaryBaseOfTheImageFollowsTheTextModelUnlessNamed) {
    auto config = published();
    config["base_config"]["rope_theta"] = 5000.0;
    EXPECT_EQ(read(config).image_rope_theta, 5000.0);
    config["image_rope_theta"] = 700.0;
    EXPECT_EQ(read(config).image_rope_theta, 700.0);
}

TEST(TransformerConfig, nullMeansNoWindow) {
    auto config = published();
    config["base_config"]["sliding_window"] = nullptr;
    const auto text = read(config).base;
    EXPECT_TRUE(text.full_attention[0]);
}

TEST(TransformerConfig, whatCannotRunIsRefusedByFileAndField) {
    const struct {
        const char* field;
        ErrorCode code;
        std::function<void(json&)> spoil;
    } cases[] = {
        {"model_type", ErrorCode::unsupported_model, [](json& c) { c["model_type"] = "PixArt"; }},
        {"attention", ErrorCode::unsupported_model, [](json& c) { c["attention"] = "linear"; }},
        {"pos_embed", ErrorCode::unsupported_model, [](json& c) { c["pos_embed"] = "3d-rope"; }},
        {"pos_embed", ErrorCode::unsupported_model,
         [](json& c) {
             c.update({{"pos_embed", "1d-rope"}, {"attention", "cross"}});
         }},
        {"timestep_conditioning", ErrorCode::unsupported_model, [](json& c) { c["timestep_conditioning"] = "film"; }},
        {"qk_norm", ErrorCode::corrupt_file, [](json& c) { c["qk_norm"] = "yes"; }},
        {"base_config", ErrorCode::corrupt_file, [](json& c) { c.erase("base_config"); }},
        {"base_config: model_type", ErrorCode::unsupported_model, [](json& c) { c["base_config"]["model_type"] = "llama"; }},
        {"hidden_activation", ErrorCode::unsupported_model, [](json& c) { c["base_config"]["hidden_activation"] = "relu"; }},
        {"num_attention_heads", ErrorCode::corrupt_file, [](json& c) { c["base_config"]["num_key_value_heads"] = 3; }},
        {"hidden_size", ErrorCode::corrupt_file, [](json& c) { c["base_config"]["hidden_size"] = 1 << 30; }},
        {"dit_num_hidden_layers", ErrorCode::unsupported_model, [](json& c) { c["dit_num_hidden_layers"] = 27; }},
        {"shared_attention_layers", ErrorCode::unsupported_model,
         [](json& c) {
             c.update({{"shared_attention_layers", {0, 1, 3}}, {"dit_num_hidden_layers", 3}});
         }},
        {"shared_attention_layers", ErrorCode::unsupported_model, [](json& c) { c["initial_layers"] = 30; }},
        {"shared_attention_layers", ErrorCode::corrupt_file, [](json& c) { c["shared_attention_layers"] = json::array({26}); }},
        {"dit_num_key_value_heads", ErrorCode::corrupt_file, [](json& c) { c["dit_num_key_value_heads"] = 6; }},
        {"out_channels", ErrorCode::unsupported_model, [](json& c) { c["out_channels"] = 32; }},
        {"sample_size", ErrorCode::corrupt_file, [](json& c) { c["sample_size"] = 33; }},
        {"head_dim", ErrorCode::unsupported_model, [](json& c) { c["base_config"]["head_dim"] = 30; }},
        {"text_hidden_size", ErrorCode::unsupported_model,
         [](json& c) {
             c.update({{"model_type", "DiT"}, {"attention", "cross"}, {"pos_embed", "ape"}, {"dit_hidden_size", 1024}});
         }},
    };
    for (const auto& each : cases) {
        auto config = published();
        each.spoil(config);
        expect_refused(config, each.code, each.field);
    }
}

}  // namespace
