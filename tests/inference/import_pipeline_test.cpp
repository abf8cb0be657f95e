// SPDX-License-Identifier: Apache-2.0
// A trainer's checkpoint and the pipeline it was trained for become a pipeline that draws.
#include "inference/import/import_pipeline.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inference/synthetic/random_pipeline.h"
#include "inference/weights/checkpoint.h"
#include "tests/inference/tiny_engine.h"
#include "tests/support/trainer_checkpoint_file.h"

namespace {

using inference::ErrorCode;
using State = std::map<std::string, torch::Tensor>;

class ImportPipeline : public testing::Test {
protected:
    ImportPipeline() {
        inference::RandomPipelineOptions options;
        options.folder = folder_.file("trained");
        options.tokenizer_path = tests::tiny_tokenizer_path();
        options.preset = inference::PipelinePreset::tiny;
        options.format = inference::StorageFormat::float32;
        const auto made = inference::make_random_pipeline(options, {}, {});
        EXPECT_TRUE(made) << made.error().detail;
        options.folder = folder_.file("base");
        options.seed = 1;
        EXPECT_TRUE(inference::make_random_pipeline(options, {}, {}));
    }
    /// The weights of `trained` as the trainer's sharding names them.
    State state() const {
        State state;
        const inference::Checkpoint trained(folder_.file("trained/transformer"), "model");
        for (const auto& name : trained.names()) {
            auto wrapped = name;
            if (const auto layer = name.find("layers."); layer != std::string::npos) wrapped.insert(layer, "_orig_module.");
            state.emplace(wrapped, trained.load(name, trained.entry(name).shape, {}));
        }
        return state;
    }
    void write(const State& state) const {
        std::vector<tests::CheckpointTensor> tensors;
        for (const auto& [name, tensor] : state) {
            tensors.push_back({name, tensor.sizes().vec(), {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()}});
        }
        folder_.write("ema.pt", tests::trainer_checkpoint_file(tensors));
    }
    inference::CheckpointImport asked() const { return {folder_.file("ema.pt"), folder_.file("base"), folder_.file("out"), {}}; }
    inference::Error refusal(const inference::CheckpointImport& import) const {
        const auto imported = inference::import_checkpoint(import, {}, {});
        EXPECT_FALSE(imported);
        EXPECT_FALSE(std::filesystem::exists(folder_.file("out"))) << "something was left";
        return imported ? inference::Error{} : imported.error();
    }
    inference::PixelBuffer picture(const std::string& name) const {
        auto config = tests::tiny_config(folder_.path());
        config.pipeline_path = folder_.file(name);
        const auto engine = tests::open_engine(config);
        if (!engine) {
            ADD_FAILURE() << engine.error().detail;
            return {};
        }
        auto request = tests::tiny_request();
        request.num_inference_steps = 2;
        const auto drawn = tests::draw(**engine, request);
        EXPECT_TRUE(drawn.summary);
        return drawn.images.empty() ? inference::PixelBuffer{} : drawn.images.front().pixels;
    }

    const tests::TemporaryFolder folder_;
};

TEST_F(ImportPipeline, drawsWhatTheTrainedWeightsDraw) {
    write(state());
    // The autoencoder is the base's: take that of the trained pipeline, so that the pictures can be compared.
    const auto* decoder = "vae/diffusion_pytorch_model.safetensors";
    std::filesystem::copy_file(folder_.file(std::string("trained/") + decoder), folder_.file(std::string("base/") + decoder),
                               std::filesystem::copy_options::overwrite_existing);
    const auto imported = inference::import_checkpoint(asked(), {}, {});
    ASSERT_TRUE(imported) << imported.error().detail;
    EXPECT_EQ(imported->tensors, static_cast<std::int64_t>(state().size()));
    EXPECT_EQ(imported->bytes, 4 * imported->parameters);
    EXPECT_EQ(picture("out"), picture("trained"));
    EXPECT_NE(picture("out"), picture("base"));
}

TEST_F(ImportPipeline, castsAsAsked) {
    write(state());
    auto import = asked();
    import.format = inference::StorageFormat::float16;
    const auto imported = inference::import_checkpoint(import, {}, {});
    ASSERT_TRUE(imported) << imported.error().detail;
    EXPECT_EQ(inference::Checkpoint(folder_.file("out/transformer"), "model").entry("llm.norm.weight").dtype, torch::kFloat16);
}

TEST_F(ImportPipeline, refusesWeightsThatAreNotThePipelinesByNameAndShape) {
    auto incomplete = state();
    incomplete.erase("dit._orig_module.layers.1.mlp.up_proj.weight");
    write(incomplete);
    const auto missing = refusal(asked());
    EXPECT_EQ(missing.code, ErrorCode::corrupt_file);
    EXPECT_NE(missing.detail.find("\"dit.layers.1.mlp.up_proj.weight\" is missing"), std::string::npos) << missing.detail;
    auto misshapen = state();
    misshapen.insert_or_assign("dit.proj_out.bias", torch::zeros({7}));
    write(misshapen);
    const auto shape = refusal(asked());
    EXPECT_EQ(shape.code, ErrorCode::corrupt_file);
    for (const auto* word : {"ema.pt", "dit.proj_out.bias", "[7]", "[64]"}) EXPECT_NE(shape.detail.find(word), std::string::npos) << shape.detail;
}

TEST_F(ImportPipeline, doesNotNeedWhatNoPictureDependsOn) {
    auto without = state();
    without.erase("llm.norm.weight");
    write(without);
    EXPECT_TRUE(inference::import_checkpoint(asked(), {}, {}));
}

TEST_F(ImportPipeline, isASentenceWhereSomethingIsNotThere) {
    EXPECT_EQ(refusal(asked()).code, ErrorCode::model_not_found);
    EXPECT_NE(refusal(asked()).detail.find("ema.pt"), std::string::npos);
    write(state());
    std::filesystem::remove(folder_.file("base/vae/config.json"));
    EXPECT_NE(refusal(asked()).detail.find("base/vae/config.json"), std::string::npos);
}

}  // namespace
