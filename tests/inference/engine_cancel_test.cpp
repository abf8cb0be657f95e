// SPDX-License-Identifier: Apache-2.0
// A stop request is honoured within one step, wherever the job is.
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/inference/tiny_engine.h"

namespace {

using inference::ErrorCode;
using inference::GenerationCallbacks;
using tests::draw;
using tests::tiny_request;

class EngineCancel : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<tests::TemporaryFolder>();
        tests::TinyModel().write(folder_->path());
        auto opened = tests::open_engine(tests::tiny_config(folder_->path()));
        ASSERT_TRUE(opened) << opened.error().detail;
        shared_ = *std::move(opened);
    }
    static void TearDownTestSuite() {
        shared_.reset();
        folder_.reset();
    }
    static inference::Engine& tiny() { return *shared_; }
    static const tests::TemporaryFolder& folder() { return *folder_; }

    /// The engine draws the next request as if nothing had been.
    void TearDown() override { EXPECT_TRUE(draw(tiny(), tiny_request()).summary); }

    static void expect_cancelled(const tests::Drawn& drawn) {
        ASSERT_FALSE(drawn.summary);
        EXPECT_EQ(drawn.summary.error().code, ErrorCode::cancelled);
    }

private:
    static inline std::unique_ptr<tests::TemporaryFolder> folder_;
    static inline std::unique_ptr<inference::Engine> shared_;
};

TEST_F(EngineCancel, beforeTheStartDrawsNothing) {
    std::stop_source source;
    source.request_stop();
    const auto drawn = draw(tiny(), tiny_request(), source.get_token());
    expect_cancelled(drawn);
    EXPECT_TRUE(drawn.steps.empty());
    EXPECT_TRUE(drawn.images.empty());
}

TEST_F(EngineCancel, duringAnyStepEndsBeforeTheNext) {
    for (int stop_at = 1; stop_at <= 4; ++stop_at) {
        std::stop_source source;
        GenerationCallbacks callbacks;
        int steps = 0;
        callbacks.on_step = [&](const inference::StepProgress& step) {
            ++steps;
            if (step.step == stop_at) source.request_stop();
        };
        const auto drawn = draw(tiny(), tiny_request(), source.get_token(), callbacks);
        expect_cancelled(drawn);
        EXPECT_EQ(steps, stop_at);
        EXPECT_TRUE(drawn.images.empty()) << "after the last step too: decoding had not begun";
    }
}

TEST_F(EngineCancel, betweenDecodesKeepsWhatIsDone) {
    auto request = tiny_request();
    request.num_images = 4;
    request.batch_size = 4;
    for (int keep = 1; keep <= 3; ++keep) {
        std::stop_source source;
        GenerationCallbacks callbacks;
        std::vector<inference::RenderedImage> images;
        callbacks.on_image = [&](inference::RenderedImage image) {
            images.push_back(std::move(image));
            if (static_cast<int>(images.size()) == keep) source.request_stop();
        };
        expect_cancelled(draw(tiny(), request, source.get_token(), callbacks));
        ASSERT_EQ(images.size(), static_cast<std::size_t>(keep));
        EXPECT_EQ(images.back().index, keep - 1);
    }
}

TEST_F(EngineCancel, betweenBatchesKeepsTheFirst) {
    auto request = tiny_request();
    request.num_images = 4;
    request.batch_size = 2;
    std::stop_source source;
    GenerationCallbacks callbacks;
    callbacks.on_step = [&](const inference::StepProgress& step) {
        if (step.first_image == 2) source.request_stop();
    };
    const auto drawn = draw(tiny(), request, source.get_token(), callbacks);
    expect_cancelled(drawn);
    EXPECT_EQ(drawn.images.size(), 2u);
}

TEST_F(EngineCancel, fromAnotherThreadEndsALongJob) {
    auto request = tiny_request();
    request.num_inference_steps = 1000;
    request.num_images = 1000;
    std::stop_source source;
    std::jthread canceller;
    GenerationCallbacks callbacks;
    callbacks.on_step = [&](const inference::StepProgress& step) {
        if (step.step == 3 && step.first_image == 0) canceller = std::jthread([&] { source.request_stop(); });
    };
    expect_cancelled(draw(tiny(), request, source.get_token(), callbacks));
}

TEST_F(EngineCancel, writesNoLatents) {
    std::stop_source source;
    GenerationCallbacks callbacks;
    callbacks.save_latents_path = folder().file("unfinished.safetensors");
    callbacks.on_step = [&](const inference::StepProgress& step) {
        if (step.step == 2) source.request_stop();
    };
    expect_cancelled(draw(tiny(), tiny_request(), source.get_token(), callbacks));
    EXPECT_FALSE(std::filesystem::exists(callbacks.save_latents_path));
}

TEST_F(EngineCancel, whileLoadingStopsAtAnyPoint) {
    std::vector<double> fractions;
    const auto load = [&](double stop_from) {
        std::stop_source source;
        fractions.clear();
        return inference::make_local_engine(
            tests::tiny_config(folder().path()),
            [&](const inference::LoadProgress& progress) {
                fractions.push_back(progress.fraction);
                if (progress.fraction >= stop_from) source.request_stop();
            },
            source.get_token());
    };
    for (const double stop_from : {0.0, 0.2, 0.5, 0.7, 0.85}) {
        const auto opened = load(stop_from);
        ASSERT_FALSE(opened) << stop_from;
        EXPECT_EQ(opened.error().code, ErrorCode::cancelled);
        EXPECT_GE(fractions.back(), stop_from) << "stopped by itself";
        EXPECT_LT(fractions.back(), 1.0);
    }
}

}  // namespace
