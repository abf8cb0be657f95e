// SPDX-License-Identifier: Apache-2.0
// Weights that do not fit into memory: what leaves it, and that no picture changes.
#include "inference/engine/residency.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inference/core/exception.h"
#include "inference/engine/memory_estimate.h"
#include "inference/model/model_config.h"
#include "inference/weights/safetensors.h"
#include "tests/inference/tiny_engine.h"

namespace {

using inference::ErrorCode;
using inference::plan_residency;
using inference::WeightEstimate;
using tests::draw;
using tests::tiny_request;

constexpr std::int64_t working = 1000;
const WeightEstimate weights{{100, 100, 20}, {50, 50, 50, 50}, 30};

TEST(ResidencyPlan, everythingStaysWhereItFits) {
    EXPECT_EQ(plan_residency(weights, working, 450 + working), inference::Residency{});
    EXPECT_EQ(resident_bytes(weights, {}), 450);
}

TEST(ResidencyPlan, theTextModelLeavesFirst) {
    for (const auto available : {449 + working, 230 + working}) {
        const auto plan = plan_residency(weights, working, available);
        EXPECT_EQ(plan.text_layers, 0);
        EXPECT_EQ(plan.transformer_layers, inference::every_layer);
        EXPECT_NE(plan.reason.find("text model"), std::string::npos) << plan.reason;
        EXPECT_EQ(resident_bytes(weights, plan), 230);
    }
}

TEST(ResidencyPlan, thenAsManyLayersOfTheTransformerAsMust) {
    const auto kept = [](std::int64_t available) { return plan_residency(weights, working, available).transformer_layers; };
    EXPECT_EQ(kept(229 + working), 2);  // one more lies in memory while it is at work
    EXPECT_EQ(kept(180 + working), 2);
    EXPECT_EQ(kept(179 + working), 1);
    EXPECT_EQ(kept(80 + working), 0);
    const auto plan = plan_residency(weights, working, 179 + working);
    EXPECT_NE(plan.reason.find("3 of the transformer's 4 layers"), std::string::npos) << plan.reason;
    EXPECT_EQ(resident_bytes(weights, plan), 30 + 50);
}

TEST(ResidencyPlan, aModelWhoseLayersDoNotEvenFitOneByOneIsRefusedWithBothNumbers) {
    try {
        plan_residency({{}, {5'000'000'000}, 0}, 1'000'000'000, 4'000'000'000);
        ADD_FAILURE() << "planned";
    } catch (const inference::Exception& error) {
        EXPECT_EQ(error.error().code, ErrorCode::out_of_memory);
        EXPECT_NE(error.error().detail.find("6.0 GB"), std::string::npos) << error.error().detail;
        EXPECT_NE(error.error().detail.find("4.0 GB"), std::string::npos) << error.error().detail;
    }
}

class StreamedEngine : public testing::Test {
protected:
    StreamedEngine() { tests::TinyModel().write(folder_.path()); }

    inference::EngineConfig config() {
        auto config = tests::tiny_config(folder_.path());
        config.log = [this](const std::string& line) { log_ += line + "\n"; };
        return config;
    }
    std::unique_ptr<inference::Engine> open(const inference::EngineConfig& config) {
        log_.clear();
        auto opened = tests::open_engine(config);
        EXPECT_TRUE(opened) << opened.error().detail;
        return opened ? *std::move(opened) : nullptr;
    }
    /// What the model and the work on one picture take.
    WeightEstimate estimate() const { return inference::estimate_weights(pipeline(), {}); }
    std::int64_t work() const { return estimate_job_bytes(pipeline(), {}, native_job(pipeline())); }
    inference::PipelineConfig pipeline() const { return inference::read_pipeline_config(folder_.file("pipeline")); }

    static std::vector<inference::PixelBuffer> pictures(inference::Engine& engine, inference::Dtype dtype = inference::Dtype::automatic) {
        std::vector<inference::PixelBuffer> all;
        for (const char* prompt : {"a red apple", "a green pear", "a red apple"}) {
            auto request = tiny_request();
            request.prompt = prompt;
            request.num_images = request.batch_size = 2;
            request.dtype = dtype;
            const auto drawn = draw(engine, request);
            EXPECT_TRUE(drawn.summary) << drawn.summary.error().detail;
            for (const auto& image : drawn.images) all.push_back(image.pixels);
        }
        return all;
    }

    const tests::TemporaryFolder folder_;
    std::string log_;
};

TEST_F(StreamedEngine, drawsTheSamePicturesToTheBitInBothFormats) {
    const auto resident = open(config());
    EXPECT_EQ(log_.find("disk"), std::string::npos) << log_;
    auto streaming = config();
    streaming.stream_layers = true;
    const auto streamed = open(streaming);
    EXPECT_NE(log_.find("read from disk"), std::string::npos) << log_;
    EXPECT_LT(streamed->model().weights_bytes, resident->model().weights_bytes);
    EXPECT_EQ(streamed->model().id, resident->model().id);
    EXPECT_EQ(streamed->model().parameters, resident->model().parameters);
    for (const auto dtype : {inference::Dtype::float32, inference::Dtype::bfloat16}) {
        const auto expected = pictures(*resident, dtype);
        EXPECT_EQ(pictures(*streamed, dtype), expected);
        EXPECT_NE(expected[0], expected[2]) << "the prompt says nothing";
    }
}

TEST_F(StreamedEngine, keepsAsManyLayersAsALimitAllows) {
    const auto expected = pictures(*open(config()));
    const auto whole = estimate();
    auto limited = config();
    const auto resident_with = [&](std::int64_t limit) {
        limited.memory_limit_bytes = limit;
        const auto engine = open(limited);
        EXPECT_EQ(pictures(*engine), expected) << log_;
        return engine->model().weights_bytes;
    };
    EXPECT_EQ(resident_with(whole.total() + work()), whole.total());
    EXPECT_EQ(log_.find("disk"), std::string::npos) << log_;
    EXPECT_EQ(resident_with(whole.total() + work() - 1), whole.rest + whole.transformer_bytes());
    EXPECT_NE(log_.find("the text model"), std::string::npos) << log_;
    EXPECT_NE(log_.find("is read from disk for each new prompt"), std::string::npos) << log_;
    EXPECT_EQ(resident_with(whole.rest + whole.transformer_layers[0] + work()), whole.rest);
    EXPECT_NE(log_.find("2 of the transformer's 2 layers in every step"), std::string::npos) << log_;
}

TEST_F(StreamedEngine, saysHowMuchMemoryWouldDoWhenNotEvenOneLayerFits) {
    auto limited = config();
    limited.memory_limit_bytes = work();
    const auto opened = tests::open_engine(limited);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::out_of_memory);
    EXPECT_NE(opened.error().detail.find("one by one"), std::string::npos) << opened.error().detail;
}

TEST_F(StreamedEngine, letsTheTextModelGoForAPictureThatNeedsItsRoom) {
    auto large = tiny_request();
    large.num_images = large.batch_size = 16;
    large.prompt = "a large one";
    const auto expected = draw(*open(config()), large);
    ASSERT_TRUE(expected.summary);

    auto limited = config();
    const auto text = estimate().text_bytes();
    limited.memory_limit_bytes = estimate().total() + expected.summary->memory_estimate_bytes - text / 2;
    const auto engine = open(limited);
    EXPECT_EQ(log_.find("disk"), std::string::npos) << log_;
    const auto before = pictures(*engine);
    const auto drawn = draw(*engine, large);
    ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
    ASSERT_EQ(drawn.images.size(), expected.images.size());
    for (std::size_t i = 0; i < drawn.images.size(); ++i) EXPECT_EQ(drawn.images[i].pixels, expected.images[i].pixels);
    EXPECT_NE(log_.find("the text model"), std::string::npos) << log_;
    EXPECT_NE(log_.find("leaves memory"), std::string::npos) << log_;
    EXPECT_EQ(pictures(*engine), before) << "prompts are understood anew from the file";

    large.num_images = large.batch_size = 64;
    const auto refused = draw(*engine, large);
    ASSERT_FALSE(refused.summary) << "there is nothing left to give up";
    EXPECT_EQ(refused.summary.error().code, ErrorCode::out_of_memory);
}

TEST_F(StreamedEngine, changesTheNumberFormatWithinItsLimit) {
    auto limited = config();
    limited.memory_limit_bytes = estimate().total() + work() + 1000;
    const auto engine = open(limited);
    const auto expected = pictures(*open(config()), inference::Dtype::bfloat16);
    log_.clear();
    EXPECT_EQ(pictures(*engine, inference::Dtype::bfloat16), expected);
    EXPECT_NE(log_.find("leave"), std::string::npos) << log_;
}

TEST_F(StreamedEngine, meetsAFileThatIsCutShortOrWrittenWithASentence) {
    auto streaming = config();
    streaming.stream_layers = true;
    const auto engine = open(streaming);
    const auto before = pictures(*engine);
    for (const std::string file : {"pipeline/transformer/model.safetensors", "text/model.safetensors"}) {
        const auto path = folder_.file(file);
        const auto modified = std::filesystem::last_write_time(path);
        std::filesystem::copy_file(path, folder_.file("aside"));
        std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
        auto request = tiny_request();
        request.prompt = "something new for " + file;
        const auto drawn = draw(*engine, request);
        ASSERT_FALSE(drawn.summary) << file;
        EXPECT_EQ(drawn.summary.error().code, ErrorCode::corrupt_file) << drawn.summary.error().detail;
        EXPECT_NE(drawn.summary.error().detail.find(file), std::string::npos) << drawn.summary.error().detail;
        std::filesystem::copy_file(folder_.file("aside"), path, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::last_write_time(path, modified);
        std::filesystem::remove(folder_.file("aside"));
        EXPECT_EQ(pictures(*engine), before) << "the engine does not draw any more";
    }
}

TEST_F(StreamedEngine, findsWhatIsWrongWithALayerWhenItLoads) {
    tests::TinyModel damaged;
    damaged.transformer_weights.at("dit.layers.1.mlp.down_proj.weight").view({-1})[9] = std::numeric_limits<float>::infinity();
    damaged.write(folder_.path());
    auto streaming = config();
    streaming.stream_layers = true;
    const auto opened = tests::open_engine(streaming);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt_file);
    EXPECT_NE(opened.error().detail.find("dit.layers.1.mlp.down_proj.weight"), std::string::npos) << opened.error().detail;
}

TEST_F(StreamedEngine, inEightBitsTakesLessAndDrawsNearlyTheSame) {
    auto exact = config(), narrow = config();
    narrow.weights = inference::WeightFormat::int8;
    inference::GenerationCallbacks callbacks;
    const auto latents_of = [&](inference::Engine& engine) {
        callbacks.save_latents_path = folder_.file("latents.safetensors");
        EXPECT_TRUE(draw(engine, tiny_request(), {}, callbacks).summary);
        return inference::SafetensorsFile(callbacks.save_latents_path).read("latents");
    };
    const auto whole = open(exact), eight = open(narrow);
    EXPECT_EQ(eight->model().dtype, "float32, int8 weights");
    EXPECT_EQ(eight->model().parameters, whole->model().parameters);
    EXPECT_LT(eight->model().weights_bytes, whole->model().weights_bytes);
    const auto expected = latents_of(*whole), actual = latents_of(*eight);
    const auto error = ((actual - expected).norm() / expected.norm()).item<double>();
    EXPECT_GT(error, 1e-6) << "the weights are not in eight bits";
    EXPECT_LT(error, 0.1);
    narrow.stream_layers = true;
    EXPECT_TRUE(at::equal(latents_of(*open(narrow)), actual)) << "streamed, other numbers";
}

}  // namespace
