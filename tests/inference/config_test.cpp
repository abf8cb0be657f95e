// SPDX-License-Identifier: Apache-2.0
// read_pipeline_config: every refusal names file and field.
#include <filesystem>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "inference/model/model_config.h"
#include "tests/inference/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace {

using inference::ErrorCode;
using nlohmann::json;
using tests::expect_refusal;

class PipelineConfig : public testing::Test {
protected:
    /// Writes the changed configs over a complete pipeline and reads them.
    inference::PipelineConfig read(const std::function<void(tests::TinyModel&)>& change = {}) const {
        tests::TinyModel model;
        if (change) change(model);
        model.write(folder_.path());
        return inference::read_pipeline_config(folder_.file("pipeline"));
    }
    template <typename... Words> void refuse(ErrorCode code, const std::function<void(tests::TinyModel&)>& change, const Words&... words) const {
        expect_refusal(
            code, [&] { read(change); }, words...);
    }
    void refuse_transformer(ErrorCode code, const std::string& field, const json& value) const {
        SCOPED_TRACE(field + " = " + value.dump());
        refuse(
            code, [&](auto& model) { model.transformer[field] = value; }, "transformer/config.json", field);
    }
    void refuse_base(ErrorCode code, const std::string& field, const json& value) const {
        SCOPED_TRACE(field + " = " + value.dump());
        refuse(
            code, [&](auto& model) { model.transformer["base_config"][field] = value; }, "transformer/config.json", "base_config", field);
    }
    void refuse_autoencoder(ErrorCode code, const std::string& field, const json& value) const {
        SCOPED_TRACE(field + " = " + value.dump());
        refuse(
            code, [&](auto& model) { model.autoencoder[field] = value; }, "vae/config.json", field);
    }

    tests::TemporaryFolder folder_;
};

TEST_F(PipelineConfig, readsWhatItSays) {
    const auto config = read();
    EXPECT_EQ(config.name, "Tiny");
    EXPECT_EQ(config.native_sizes, (std::vector<inference::ImageSize>{{32, 32}}));
    EXPECT_EQ(config.default_steps, 4);
    EXPECT_EQ(config.scheduler_shift, 3.0);
    EXPECT_EQ(config.size_multiple(), 8);
    EXPECT_EQ(config.transformer.num_hidden_layers, 2);
    EXPECT_EQ(config.transformer.initial_layers, 1);
    EXPECT_TRUE(config.transformer.external_text_model);
    EXPECT_EQ(config.transformer.base.full_attention, (std::vector<bool>{false, true, false}));
    EXPECT_EQ(config.autoencoder.factor(), 4);
    EXPECT_EQ(config.autoencoder.pixel_space, inference::PixelSpace::rgba_premultiplied);
}

TEST_F(PipelineConfig, readsTheStarter) {
    const auto config = inference::read_pipeline_config(FUSELIGHT_STARTER);
    EXPECT_EQ(config.native_sizes.front(), (inference::ImageSize{128, 128}));
    EXPECT_EQ(config.size_multiple(), 16);
    EXPECT_EQ(config.transformer.base.vocab_size, 262'144);
}

TEST_F(PipelineConfig, followsTheTransformerWhenThePipelineGivesNoHints) {
    const auto config = read([](auto& model) { model.index.erase("fuselight"); });
    EXPECT_EQ(config.name, "pipeline");
    EXPECT_EQ(config.native_sizes, (std::vector<inference::ImageSize>{{32, 32}}));
    EXPECT_EQ(config.default_steps, 28);
    EXPECT_EQ(config.default_guidance_scale, 7.0);
}

TEST_F(PipelineConfig, ignoresKeysItDoesNotKnow) {
    EXPECT_EQ(read([](auto& model) {
                  model.transformer["of_the_future"] = {{"a", 1}};
                  model.autoencoder["latents_mean"] = nullptr;
              }).transformer.hidden_size,
              32);
}

TEST_F(PipelineConfig, namesTheFileThatIsMissing) {
    for (const std::string file : {"model_index.json", "transformer/config.json", "vae/config.json", "scheduler/scheduler_config.json"}) {
        read();
        std::filesystem::remove(folder_.file("pipeline/" + file));
        expect_refusal(
            ErrorCode::model_not_found, [&] { inference::read_pipeline_config(folder_.file("pipeline")); }, file);
    }
    expect_refusal(
        ErrorCode::model_not_found, [&] { inference::read_pipeline_config(folder_.file("nowhere")); }, "nowhere");
}

TEST_F(PipelineConfig, refusesFilesThatAreNoJsonObject) {
    for (const std::string file : {"model_index.json", "transformer/config.json", "vae/config.json", "scheduler/scheduler_config.json"}) {
        for (const std::string text : {"", "{", "[]", "null", "\xff\xfe{}", "{\"a\": \"\xc3(\"}"}) {
            read();
            folder_.write("pipeline/" + file, text);
            expect_refusal(
                ErrorCode::corrupt_file, [&] { inference::read_pipeline_config(folder_.file("pipeline")); }, file);
        }
    }
    const std::string deep(100'000, '['), large(2 << 20, 'x');
    folder_.write("pipeline/model_index.json", "{\"a\":" + deep);
    expect_refusal(
        ErrorCode::corrupt_file, [&] { inference::read_pipeline_config(folder_.file("pipeline")); }, "nested");
    folder_.write("pipeline/model_index.json", "{\"a\":\"" + large + "\"}");
    expect_refusal(
        ErrorCode::corrupt_file, [&] { inference::read_pipeline_config(folder_.file("pipeline")); }, "at most");
}

TEST_F(PipelineConfig, refusesModelsOfAnotherKindByName) {
    refuse(
        ErrorCode::unsupported_model, [](auto& model) { model.index["_class_name"] = "StableDiffusionPipeline"; }, "model_index.json",
        "StableDiffusionPipeline");
    refuse(
        ErrorCode::unsupported_model, [](auto& model) { model.scheduler["_class_name"] = "DDIMScheduler"; }, "scheduler_config.json",
        "DDIMScheduler");
    refuse(
        ErrorCode::unsupported_model, [](auto& model) { model.scheduler["use_dynamic_shifting"] = true; }, "scheduler_config.json",
        "use_dynamic_shifting");
    refuse_transformer(ErrorCode::unsupported_model, "model_type", "PixArt");
    refuse_base(ErrorCode::unsupported_model, "model_type", "llama");
    refuse_base(ErrorCode::unsupported_model, "hidden_activation", "relu");
    refuse_autoencoder(ErrorCode::unsupported_model, "_class_name", "VQModel");
    refuse_autoencoder(ErrorCode::unsupported_model, "pixel_space", "hsv");
    refuse_autoencoder(ErrorCode::unsupported_model, "act_fn", "tanh");
}

TEST_F(PipelineConfig, refusesMissingFieldsByName) {
    for (const std::string field :
         {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "vocab_size"}) {
        refuse(
            ErrorCode::corrupt_file, [&](auto& model) { model.transformer["base_config"].erase(field); }, "base_config", field);
    }
    refuse(
        ErrorCode::corrupt_file, [](auto& model) { model.transformer.erase("base_config"); }, "transformer/config.json", "base_config");
    refuse(
        ErrorCode::corrupt_file, [](auto& model) { model.autoencoder.erase("block_out_channels"); }, "vae/config.json", "block_out_channels");
    refuse(
        ErrorCode::corrupt_file, [](auto& model) { model.index.erase("_class_name"); }, "model_index.json", "_class_name");
}

TEST_F(PipelineConfig, refusesWrongTypesAndNumbersOutOfBounds) {
    for (const json& value :
         {json("32"), json(32.5), json(true), json::array({32}), json(0), json(-32), json(1'000'000'000), json(18446744073709551615u)}) {
        for (const std::string field : {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "head_dim", "vocab_size"}) {
            refuse_base(ErrorCode::corrupt_file, field, value);
        }
        for (const std::string field : {"dit_hidden_size", "in_channels", "patch_size", "sample_size"})
            refuse_transformer(ErrorCode::corrupt_file, field, value);
        for (const std::string field : {"latent_channels", "layers_per_block", "norm_num_groups"})
            refuse_autoencoder(ErrorCode::corrupt_file, field, value);
    }
    for (const json& value : {json("3"), json(0), json(-3.0), json(1e300)}) {
        refuse(
            ErrorCode::corrupt_file, [&](auto& model) { model.scheduler["shift"] = value; }, "scheduler_config.json", "shift");
        refuse_autoencoder(ErrorCode::corrupt_file, "scaling_factor", value);
    }
    refuse_autoencoder(ErrorCode::corrupt_file, "block_out_channels", json::array());
    refuse_autoencoder(ErrorCode::corrupt_file, "block_out_channels", json::array({8, "16"}));
    refuse_autoencoder(ErrorCode::corrupt_file, "block_out_channels", json::array({8, 17}));
    refuse_autoencoder(ErrorCode::corrupt_file, "block_out_channels", std::vector<int>(9, 8));
    refuse_base(ErrorCode::corrupt_file, "num_key_value_heads", 3);
}

TEST_F(PipelineConfig, refusesPartsThatDoNotFitTogether) {
    refuse(
        ErrorCode::corrupt_file, [](auto& model) { model.autoencoder["latent_channels"] = 8; }, "in_channels", "latent_channels");
    refuse(
        ErrorCode::unsupported_model, [](auto& model) { model.transformer["dit_num_hidden_layers"] = 3; }, "dit_num_hidden_layers");
    for (const json& layers : {json::array({0, 1}), json("none")}) {
        refuse_transformer(ErrorCode::unsupported_model, "shared_attention_layers", layers);
    }
    refuse_transformer(ErrorCode::corrupt_file, "shared_attention_layers", json::array({1, 3}));
    refuse(
        ErrorCode::unsupported_model, [](auto& model) { model.transformer["shared_attention_layers"] = {1}; }, "dit_num_hidden_layers");
    refuse(
        ErrorCode::corrupt_file, [](auto& model) { model.transformer["sample_size"] = 7; }, "sample_size");
    refuse(
        ErrorCode::unsupported_model, [](auto& model) { model.transformer["out_channels"] = 8; }, "out_channels");
}

TEST_F(PipelineConfig, refusesHintsThatTheModelCannotKeep) {
    for (const json& sizes :
         {json(32), json::array(), json::array({32}), json::array({{32}}), json::array({{32, 33}}), json::array({{0, 32}}), json::array({{-32, 32}}),
          json::array({{4104, 32}}), json::array({{18446744073709551615u, 32}}), json::array({{"32", 32}})}) {
        SCOPED_TRACE(sizes.dump());
        refuse(
            ErrorCode::corrupt_file, [&](auto& model) { model.index["fuselight"]["native_sizes"] = sizes; }, "model_index.json", "native_sizes");
    }
    refuse(
        ErrorCode::corrupt_file, [](auto& model) { model.index["fuselight"]["default_steps"] = 0; }, "default_steps");
    refuse(
        ErrorCode::corrupt_file, [](auto& model) { model.index["fuselight"]["default_guidance_scale"] = 101; }, "default_guidance_scale");
    refuse(
        ErrorCode::corrupt_file, [](auto& model) { model.index["fuselight"]["name"] = 1; }, "name");
}

}  // namespace
