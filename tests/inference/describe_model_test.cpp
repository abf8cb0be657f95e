// SPDX-License-Identifier: Apache-2.0
// describe_model: what a pipeline is before its weights are read, and the sentences that refuse one.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "inference/engine/describe_model.h"
#include "inference/engine/engine_core.h"
#include "inference/model/model_config.h"
#include "inference/weights/safetensors.h"
#include "tests/inference/refusal.h"
#include "tests/inference/tiny_engine.h"

namespace {

namespace fs = std::filesystem;

using inference::ErrorCode;
using inference::ModelDescription;
using inference::ModelPart;
using tests::expect_refusal;

class DescribeModel : public testing::Test {
protected:
    void write(const std::function<void(tests::TinyModel&)>& change = {}) const {
        tests::TinyModel model;
        if (change) change(model);
        model.write(folder_.path());
    }
    inference::EngineConfig config() const { return tests::tiny_config(folder_.path()); }
    ModelDescription describe() const { return inference::describe_model(config(), {}); }
    template <typename... Words> void refuse(ErrorCode code, const Words&... words) const {
        expect_refusal(
            code, [&] { describe(); }, words...);
    }

    tests::TemporaryFolder folder_;
};

TEST_F(DescribeModel, agreesWithTheModelOnceItIsLoaded) {
    for (const bool embedded : {false, true}) {
        SCOPED_TRACE(embedded);
        fs::remove_all(folder_.file("pipeline"));
        write([&](auto& model) {
            if (embedded) model.transformer["llm_weights"] = "embedded";
        });
        const auto description = describe();
        const inference::EngineCore engine(config(), {}, {});
        const auto& info = engine.info();
        EXPECT_FALSE(description.problem);
        EXPECT_EQ(description.parameters(), info.parameters);
        EXPECT_EQ(description.name, info.name);
        EXPECT_EQ(description.path, info.path);
        EXPECT_EQ(description.native_sizes, info.native_sizes);
        EXPECT_EQ(description.size_multiple, info.size_multiple);
        EXPECT_EQ(description.image_channels, info.image_channels);
        EXPECT_EQ(description.default_steps, info.default_steps);
        EXPECT_EQ(description.default_guidance_scale, info.default_guidance_scale);
        EXPECT_EQ(description.max_prompt_tokens, info.max_prompt_tokens);
        EXPECT_EQ(description.device, info.device);
        EXPECT_EQ(description.dtype, info.dtype);
        EXPECT_EQ(description.text_model_path, embedded ? "" : folder_.file("text"));
    }
}

TEST_F(DescribeModel, countsTheOperationsThatTheModelCounts) {
    write();
    const auto description = describe();
    const inference::EngineCore engine(config(), {}, {});
    const auto& model = engine.model();
    // 32 x 32 pixels are 8 x 8 latents are 4 x 4 tokens; guidance runs two rows; 32 tokens of prompt in each.
    const double step = model.transformer->flops(2, 16, 2 * (16 + 32));
    const double decode = model.autoencoder->decode_flops(8, 8);
    EXPECT_GT(description.picture_flops, 4 * step + decode);
    const double prompt = description.picture_flops - 4 * step - decode;
    EXPECT_NEAR(prompt, model.text->flops({32, 32}), 0.5 * prompt);
}

TEST_F(DescribeModel, saysWhatIsInTheFiles) {
    write();
    const auto description = describe();
    ASSERT_EQ(description.parts.size(), 3u);
    EXPECT_EQ(description.parts[0].kind, ModelPart::Kind::text_model);
    EXPECT_EQ(description.parts[1].kind, ModelPart::Kind::transformer);
    EXPECT_EQ(description.parts[2].kind, ModelPart::Kind::autoencoder);
    for (const auto& part : description.parts) EXPECT_EQ(part.dtypes, (std::vector<std::string>{"F32"}));
    const auto size = [&](const char* file) { return static_cast<std::int64_t>(fs::file_size(folder_.file(file))); };
    EXPECT_EQ(description.parts[1].bytes_on_disk, size("pipeline/transformer/model.safetensors"));
    EXPECT_EQ(description.bytes_on_disk(),
              size("pipeline/transformer/model.safetensors") + size("pipeline/vae/diffusion_pytorch_model.safetensors") +
                  size("text/model.safetensors"));
    EXPECT_EQ(description.architecture.pipeline, "FuseDiTPipeline");
    EXPECT_EQ(description.architecture.attention, "self");
    EXPECT_EQ(description.architecture.positions, "2d-rope");
    EXPECT_EQ(description.architecture.timestep, "none");
    EXPECT_EQ(description.architecture.layers, 2);
    EXPECT_EQ(description.architecture.text_family, "Gemma 3");
    EXPECT_EQ(description.architecture.text_layers, 3);
    EXPECT_GT(description.picture_bytes, 0);
    EXPECT_GT(description.available_bytes, 0);
}

TEST_F(DescribeModel, countsTheMemoryThatTheLoadedModelHoldsHoweverItIsLoaded) {
    write();
    auto asked = config();
    const auto agree = [&] {
        const auto description = inference::describe_model(asked, {});
        const inference::EngineCore engine(asked, {}, {});
        EXPECT_EQ(description.load_bytes, engine.info().weights_bytes);
        EXPECT_EQ(description.dtype, engine.info().dtype);
        return description;
    };
    const auto whole = agree();
    asked.dtype = inference::Dtype::bfloat16;
    EXPECT_LT(agree().load_bytes, whole.load_bytes);
    asked.weights = inference::WeightFormat::int8;
    const auto narrow = agree();
    EXPECT_LT(narrow.load_bytes, whole.load_bytes);
    EXPECT_LT(narrow.least_bytes, whole.least_bytes);
    asked = config();
    asked.stream_layers = true;
    const auto streamed = agree();
    EXPECT_LT(streamed.load_bytes, whole.load_bytes);
    EXPECT_EQ(streamed.least_bytes, whole.least_bytes);
    EXPECT_LT(whole.least_bytes, whole.load_bytes + whole.picture_bytes);
}

TEST_F(DescribeModel, namesTheLeastMemoryInWhichTheModelStillLoads) {
    write();
    auto asked = config();
    asked.memory_limit_bytes = describe().least_bytes;
    EXPECT_EQ(inference::describe_model(asked, {}).available_bytes, asked.memory_limit_bytes);
    EXPECT_TRUE(tests::open_engine(asked));
    asked.memory_limit_bytes -= 1;
    const auto refused = tests::open_engine(asked);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_memory);
}

TEST_F(DescribeModel, readsNoWeight) {
    write();
    // Numbers that a load refuses: NaN in every tensor of the autoencoder.
    tests::TinyModel model;
    for (auto& [name, tensor] : model.autoencoder_weights) tensor.fill_(std::nan(""));
    inference::write_safetensors(folder_.file("pipeline/vae/diffusion_pytorch_model.safetensors"), model.autoencoder_weights);
    EXPECT_FALSE(describe().problem);
    EXPECT_FALSE(tests::open_engine(config()));
}

TEST_F(DescribeModel, findsTheLicence) {
    write();
    EXPECT_EQ(describe().licence_path, "");
    folder_.write("pipeline/License.md", "do what you like");
    EXPECT_EQ(describe().licence_path, folder_.file("pipeline/License.md"));
}

TEST_F(DescribeModel, tellsAMissingTextModelApartFromADamagedPipeline) {
    write();
    fs::rename(folder_.file("text"), folder_.file("aside"));
    const auto description = describe();
    ASSERT_TRUE(description.problem);
    EXPECT_EQ(description.problem->code, ErrorCode::model_not_found);
    EXPECT_NE(description.problem->detail.find("text/model.safetensors"), std::string::npos) << description.problem->detail;
    EXPECT_GT(description.parts[1].parameters, 0);
}

TEST_F(DescribeModel, tellsATextModelOfAnotherSize) {
    write();
    tests::TinyModel model;
    tests::TinyModel::Tensors wide;
    for (auto& [name, tensor] : model.text_weights) wide["model." + name] = tensor;
    wide["model.embed_tokens.weight"] = torch::zeros({512, 48});
    inference::write_safetensors(folder_.file("text/model.safetensors"), wide);
    const auto description = describe();
    ASSERT_TRUE(description.problem);
    EXPECT_EQ(description.problem->code, ErrorCode::corrupt_file);
    EXPECT_NE(description.problem->detail.find("embed_tokens.weight"), std::string::npos) << description.problem->detail;
}

TEST_F(DescribeModel, refusesAMissingFolder) { refuse(ErrorCode::model_not_found, "pipeline/model_index.json"); }

TEST_F(DescribeModel, refusesAnUnknownClass) {
    write([](auto& model) { model.index["_class_name"] = "StableDiffusionPipeline"; });
    refuse(ErrorCode::unsupported_model, "model_index.json", "_class_name", "StableDiffusionPipeline");
}

TEST_F(DescribeModel, refusesAMissingShard) {
    write();
    fs::remove(folder_.file("pipeline/transformer/model.safetensors"));
    folder_.write("pipeline/transformer/model.safetensors.index.json",
                  R"({"weight_map": {"dit.proj_out.bias": "model-00001-of-00002.safetensors"}})");
    refuse(ErrorCode::model_not_found, "model.safetensors.index.json", "weight_map", "model-00001-of-00002.safetensors");
}

TEST_F(DescribeModel, refusesAShapeThatTheConfigDoesNotAskFor) {
    write([](auto& model) { model.transformer_weights["dit.layers.1.mlp.gate_proj.weight"] = torch::zeros({64, 16}); });
    refuse(ErrorCode::corrupt_file, "transformer/model.safetensors", "dit.layers.1.mlp.gate_proj.weight", "[64, 16]", "[64, 32]");
    write([](auto& model) { model.autoencoder_weights["decoder.conv_in.weight"] = torch::zeros({16, 8, 3, 3}); });
    refuse(ErrorCode::corrupt_file, "vae/diffusion_pytorch_model.safetensors", "decoder.conv_in.weight");
}

TEST_F(DescribeModel, refusesALoopOfLinks) {
    write();
    fs::remove(folder_.file("pipeline/transformer/model.safetensors"));
    fs::create_symlink("model.safetensors", folder_.file("pipeline/transformer/model.safetensors"));
    refuse(ErrorCode::io, "transformer/model.safetensors");
}

TEST_F(DescribeModel, refusesAFileThatIsStillBeingWritten) {
    write();
    const auto file = folder_.file("pipeline/transformer/model.safetensors");
    fs::resize_file(file, fs::file_size(file) - 100);
    refuse(ErrorCode::corrupt_file, "transformer/model.safetensors");
}

TEST_F(DescribeModel, stopsWhenAsked) {
    write();
    std::stop_source stop;
    stop.request_stop();
    expect_refusal(ErrorCode::cancelled, [&] { inference::describe_model(config(), stop.get_token()); });
}

TEST_F(DescribeModel, survivesTheRoundTripThroughJson) {
    write();
    auto description = describe();
    description.problem = inference::Error{ErrorCode::out_of_memory, "too large"};
    const auto again = inference::model_description_from_json(inference::to_json(description));
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_TRUE(*again == description);
    for (const std::string hostile : {"", "[]", "{}", R"({"name": 3})", "nonsense"}) {
        const auto refused = inference::model_description_from_json(hostile);
        ASSERT_FALSE(refused) << hostile;
        EXPECT_EQ(refused.error().code, ErrorCode::corrupt_file);
    }
}

TEST_F(DescribeModel, theIdentityIsThatOfTheLoadedModelAndReportsItsProgress) {
    write();
    std::vector<double> fractions;
    const auto pipeline = inference::read_pipeline_config(folder_.file("pipeline"));
    const auto id = inference::model_identity(pipeline, folder_.file("text"), {}, {}, [&](double fraction) { fractions.push_back(fraction); });
    EXPECT_EQ(id, inference::EngineCore(config(), {}, {}).info().id);
    ASSERT_FALSE(fractions.empty());
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
    EXPECT_GT(fractions.back(), 0.99);
    EXPECT_LE(fractions.back(), 1.0);
}

TEST_F(DescribeModel, knowsTheStarterByItsOwnFiles) {
    inference::EngineConfig starter;
    starter.pipeline_path = FUSELIGHT_STARTER;
    starter.text_model_path = "/nowhere";
    starter.device = "cpu";
    const auto description = inference::describe_model(starter, {});
    EXPECT_EQ(description.name, "Fuselight starter");
    EXPECT_EQ(description.licence_path, std::string(FUSELIGHT_STARTER) + "/LICENSES");
    EXPECT_EQ(description.image_channels, 4);
    EXPECT_EQ(description.native_sizes.front(), (inference::ImageSize{128, 128}));
    ASSERT_TRUE(description.problem);
    EXPECT_EQ(description.problem->code, ErrorCode::model_not_found);
}

}  // namespace
