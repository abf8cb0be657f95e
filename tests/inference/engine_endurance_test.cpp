// SPDX-License-Identifier: Apache-2.0
// Many jobs in a row: what a day of work would show.
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "inference/core/memory.h"
#include "inference/engine/loaded_model.h"
#include "inference/engine/memory_estimate.h"
#include "tests/inference/text_model_folder.h"
#include "tests/inference/tiny_engine.h"

namespace {

using inference::GenerationCallbacks;
using tests::draw;
using tests::tiny_request;

constexpr std::int64_t allowed_growth = 16 << 20;

class EngineEndurance : public testing::Test {
protected:
    void SetUp() override {
        tests::TinyModel().write(folder_.path());
        auto opened = tests::open_engine(tests::tiny_config(folder_.path()));
        ASSERT_TRUE(opened) << opened.error().detail;
        engine_ = *std::move(opened);
    }
    void cancel(int job) {
        auto request = tiny_request();
        request.prompt = "a red apple, number " + std::to_string(job);  // a new prompt each time, as a person types them
        request.seed = static_cast<std::uint64_t>(job);
        std::stop_source source;
        GenerationCallbacks callbacks;
        callbacks.on_step = [&](const inference::StepProgress& step) {
            if (step.step == 1 + job % 4) source.request_stop();
        };
        const auto drawn = draw(*engine_, request, source.get_token(), callbacks);
        ASSERT_FALSE(drawn.summary);
        ASSERT_EQ(drawn.summary.error().code, inference::ErrorCode::cancelled);
    }

    tests::TemporaryFolder folder_;
    std::unique_ptr<inference::Engine> engine_;
};

TEST_F(EngineEndurance, aThousandCancelsLeaveNothingBehind) {
    const auto reference = draw(*engine_, tiny_request());
    for (int job = 0; job < 50; ++job) cancel(job);  // pools and caches fill
    const auto before = inference::resident_memory_bytes();
    for (int job = 0; job < 1000; ++job) cancel(job);
    EXPECT_LT(inference::resident_memory_bytes() - before, allowed_growth);
    EXPECT_EQ(draw(*engine_, tiny_request()).images.front().pixels, reference.images.front().pixels);
}

TEST_F(EngineEndurance, aThousandPicturesLeaveNothingBehind) {
    auto request = tiny_request();
    request.num_images = 100;
    request.batch_size = 4;
    GenerationCallbacks discard;
    discard.on_image = [](inference::RenderedImage) {};
    ASSERT_TRUE(draw(*engine_, request, {}, discard).summary);
    const auto before = inference::resident_memory_bytes();
    request.num_images = 1000;
    ASSERT_TRUE(draw(*engine_, request, {}, discard).summary);
    EXPECT_LT(inference::resident_memory_bytes() - before, allowed_growth);
}

TEST_F(EngineEndurance, aJobStaysWithinItsMemoryEstimate) {
    REQUIRE_TEXT_MODEL();
    auto config = tests::tiny_config(folder_.path());
    config.pipeline_path = FUSELIGHT_STARTER;
    config.text_model_path = tests::text_model_folder();
    auto starter = tests::open_engine(config);
    ASSERT_TRUE(starter) << starter.error().detail;
    auto request = tiny_request();
    request.num_inference_steps = 2;
    ASSERT_TRUE(draw(**starter, request).summary);  // pages of the weights come in once
    request.width = request.height = 512;
    std::ofstream("/proc/self/clear_refs") << 5;  // the peak counts from here on (proc(5)); where that is not allowed it counts too much
    const auto before = inference::resident_memory_bytes();
    const auto drawn = draw(**starter, request);
    ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
    const auto used = inference::peak_memory_bytes() - before, estimate = drawn.summary->memory_estimate_bytes;
    RecordProperty("used_mb", std::to_string(used >> 20));
    RecordProperty("estimate_mb", std::to_string(estimate >> 20));
    EXPECT_LE(used, estimate);
    EXPECT_GE(2 * used, estimate) << "an estimate that is far too high refuses what would run";
}

}  // namespace
