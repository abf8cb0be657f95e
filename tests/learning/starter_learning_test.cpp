// SPDX-License-Identifier: Apache-2.0
// Learning on the model that comes with the program, in the number format that it draws with.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inference/engine/local_engine.h"
#include "tests/inference/text_model_folder.h"
#include "tests/learning/pictures.h"
#include "tests/support/peak_memory.h"
#include "tests/support/temporary_folder.h"

namespace {

using inference::TrainingJob;

class StarterLearning : public testing::Test {
protected:
    void open() {
        inference::EngineConfig config;
        config.pipeline_path = FUSELIGHT_STARTER;
        config.text_model_path = tests::text_model_folder();
        config.cache_path = folder_.file("cache");
        config.device = "cpu";
        config.num_threads = 2;  // two runs that choose their own may choose differently, and the last bits follow
        auto opened = inference::make_local_engine(config, {}, {});
        ASSERT_TRUE(opened) << opened.error().detail;
        engine_ = *std::move(opened);
    }
    inference::LearningEngine& learning() { return *engine_->learning(); }
    /// A group of four and some replay: small, but of the starter's size in everything that takes memory at once.
    TrainingJob job(const std::string& checkpoints) const {
        TrainingJob job;
        job.model_id = engine_->model().id;
        job.checkpoint_path = checkpoints;
        job.config.steps = 3;
        job.config.groups_per_step = 1;
        job.config.checkpoint_steps = 1;
        for (int i = 0; i < 4; ++i) {
            job.pictures.push_back(
                {tests::coloured_picture(128, 128, 4, 60 * i, 200 - 50 * i, 90), "a yellow star", "", 1, i < 2 ? 0.7 : -0.7, false});
        }
        job.pictures.push_back({tests::coloured_picture(128, 128, 4, 90, 90, 200), "a blue house", "", 0, 0.0, true});
        return job;
    }
    std::string train(const TrainingJob& job, int slices_a_session) {
        for (;;) {
            const auto session = learning().start_training(job, {});
            EXPECT_TRUE(session) << session.error().detail;
            if (!session) return {};
            for (int slice = 0; slice < slices_a_session; ++slice) {
                const auto progress = (*session)->advance({});
                EXPECT_TRUE(progress) << progress.error().detail;
                if (!progress) return {};
                if (!progress->done) continue;
                const auto adapter = (*session)->write_adapter(folder_.file("adapter.safetensors"), 1.0, {});
                EXPECT_TRUE(adapter) << adapter.error().detail;
                return adapter ? adapter->id : std::string();
            }
        }
    }

    tests::TemporaryFolder folder_;
    std::unique_ptr<inference::Engine> engine_;
};

TEST_F(StarterLearning, comesToTheSameAdapterWhenItIsInterrupted) {
    REQUIRE_TEXT_MODEL();
    open();
    const auto expected = train(job(folder_.file("whole")), 1000);
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(train(job(folder_.file("parts")), 7), expected);
}

TEST_F(StarterLearning, staysWithinItsMemoryEstimate) {
    REQUIRE_TEXT_MODEL();
    REQUIRE_MEASURABLE_MEMORY();
    open();
    const auto asked = job("");
    const auto estimate = learning().estimate_training(asked, {});  // and the pages of the weights come in
    ASSERT_TRUE(estimate) << estimate.error().detail;
    const tests::PeakMemory peak;
    EXPECT_FALSE(train(asked, 1000).empty());
    RecordProperty("peak_mb", std::to_string(peak.bytes() >> 20));
    RecordProperty("estimate_mb", std::to_string(estimate->memory_bytes >> 20));
    EXPECT_LE(peak.bytes(), estimate->memory_bytes);
    EXPECT_GE(3 * peak.bytes(), estimate->memory_bytes) << "an estimate that is far too high refuses what would run";
}

TEST_F(StarterLearning, seesFinitePicturesOfAllSorts) {
    REQUIRE_TEXT_MODEL();
    open();
    const auto features = learning().features(
        {{tests::coloured_picture(128, 128, 4, 250, 240, 10), "a yellow star", ""}, {tests::coloured_picture(700, 300, 3, 0, 0, 0), "", ""}}, {});
    ASSERT_TRUE(features) << features.error().detail;
    for (const auto& picture : *features) {
        EXPECT_EQ(picture.image.size(), 2u * 3u * 2u * 384u);
        EXPECT_EQ(picture.judge.size(), 2u * 2u * 2u * 384u);
        EXPECT_EQ(picture.prompt.size(), 256u);
        for (const auto* block : {&picture.image, &picture.judge, &picture.prompt}) {
            EXPECT_TRUE(std::all_of(block->begin(), block->end(), [](float x) { return std::isfinite(x); }));
        }
    }
}

}  // namespace
