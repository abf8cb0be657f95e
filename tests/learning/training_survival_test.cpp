// SPDX-License-Identifier: Apache-2.0
// Training that is cut off anywhere comes to the same adapter, to the bit.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/inference/tiny_engine.h"
#include "tests/learning/training_job.h"
#include "tests/support/file_size_limit.h"

namespace {

namespace fs = std::filesystem;

using inference::ErrorCode;
using inference::TrainingJob;

class TrainingSurvival : public testing::Test {
protected:
    void SetUp() override {
        tests::TinyModel().write(folder_.path());
        engine_ = open();
        auto undisturbed = job();
        undisturbed.checkpoint_path = folder_.file("undisturbed");
        expected_ = finish(*engine_, undisturbed);
        ASSERT_FALSE(expected_.empty());
    }
    std::unique_ptr<inference::Engine> open() const {
        auto opened = tests::open_engine(tests::tiny_config(folder_.path()));
        EXPECT_TRUE(opened) << opened.error().detail;
        return opened ? *std::move(opened) : nullptr;
    }
    TrainingJob job() const { return tests::tiny_job(engine_->model().id, folder_.file("job")); }
    /// Trains to the end. @return the adapter's id, which is the hash of its file; empty on failure.
    std::string finish(inference::Engine& engine, const TrainingJob& job) const {
        auto session = engine.learning()->start_training(job, {});
        EXPECT_TRUE(session) << session.error().detail;
        if (!session) return {};
        for (;;) {
            const auto progress = (*session)->advance({});
            EXPECT_TRUE(progress) << progress.error().detail;
            if (!progress) return {};
            if (progress->done) break;
        }
        const auto info = (*session)->write_adapter(folder_.file("adapter.safetensors"), {});
        EXPECT_TRUE(info) << info.error().detail;
        return info ? info->id : std::string();
    }
    /// Slices until this step is done.
    static void train_to(inference::TrainingSession& session, int step) {
        for (;;) {
            const auto progress = session.advance({});
            ASSERT_TRUE(progress) << progress.error().detail;
            if (progress->step >= step) return;
        }
    }
    std::vector<std::string> checkpoints() const {
        std::vector<std::string> files;
        for (const auto& entry : fs::directory_iterator(folder_.file("job"))) files.push_back(entry.path().string());
        std::sort(files.begin(), files.end());
        return files;
    }
    void train_to_checkpoint(int step) {
        auto session = engine_->learning()->start_training(job(), {});
        ASSERT_TRUE(session) << session.error().detail;
        train_to(**session, step);
    }

    tests::TemporaryFolder folder_;
    std::unique_ptr<inference::Engine> engine_;
    std::string expected_;
};

TEST_F(TrainingSurvival, aSessionThatIsDroppedAtAnySliceIsGoneOnWith) {
    std::minstd_rand random(3);
    for (int round = 0; round < 5; ++round) {
        fs::remove_all(folder_.file("job"));
        for (bool done = false; !done;) {
            auto session = engine_->learning()->start_training(job(), {});
            ASSERT_TRUE(session) << session.error().detail;
            // Long enough that each session reaches a checkpoint beyond the last one.
            for (auto slices = 25 + random() % 40; slices > 0 && !done; --slices) {
                const auto progress = (*session)->advance({});
                ASSERT_TRUE(progress) << progress.error().detail;
                done = progress->done;
            }
        }
        EXPECT_EQ(finish(*engine_, job()), expected_);
    }
}

TEST_F(TrainingSurvival, aProcessThatIsKilledAnywhereIsGoneOnWith) {
    std::minstd_rand random(5);
    for (int kill_number = 0; kill_number < 12; ++kill_number) {
        if (kill_number % 4 == 0) fs::remove_all(folder_.file("job"));
        const auto child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            finish(*engine_, job());
            _exit(0);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5 + random() % 150));
        kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        if (kill_number % 4 == 3) {
            EXPECT_EQ(finish(*engine_, job()), expected_);
        }
    }
}

TEST_F(TrainingSurvival, keepsTheLastTwoCheckpoints) {
    train_to_checkpoint(9);
    const auto files = checkpoints();
    ASSERT_EQ(files.size(), 2u);
    EXPECT_TRUE(files[0].ends_with("checkpoint-00000006.safetensors")) << files[0];
    EXPECT_TRUE(files[1].ends_with("checkpoint-00000009.safetensors")) << files[1];
}

TEST_F(TrainingSurvival, whatAKilledWriterLeftIsSweptAway) {
    train_to_checkpoint(3);
    folder_.write("job/checkpoint-00000006.safetensors.x7Yz01", "half of a file");
    EXPECT_EQ(finish(*engine_, job()), expected_);
    EXPECT_EQ(checkpoints().size(), 2u);
}

TEST_F(TrainingSurvival, aDamagedCheckpointFallsBackToTheOneBefore) {
    for (const bool cut : {true, false}) {
        fs::remove_all(folder_.file("job"));
        train_to_checkpoint(9);
        const auto newest = checkpoints().back();
        if (cut) {
            fs::resize_file(newest, fs::file_size(newest) / 2);
        } else {
            std::fstream file(newest, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(static_cast<std::streamoff>(fs::file_size(newest) / 2));
            file.put('\x3d');  // still a number
        }
        EXPECT_EQ(finish(*engine_, job()), expected_);
    }
}

TEST_F(TrainingSurvival, withoutAnIntactCheckpointBeginsAnew) {
    train_to_checkpoint(9);
    for (const auto& file : checkpoints()) std::ofstream(file) << "rubbish";
    EXPECT_EQ(finish(*engine_, job()), expected_);
}

TEST_F(TrainingSurvival, checkpointsOfAnotherJobAreNotTouched) {
    train_to_checkpoint(6);
    auto other = job();
    other.config.seed += 1;
    const auto before = checkpoints();
    const auto refused = engine_->learning()->start_training(other, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_request);
    EXPECT_NE(refused.error().detail.find("another training job"), std::string::npos) << refused.error().detail;
    auto other_picture = job();
    other_picture.pictures[0].pixels.bytes[0] ^= 1;
    EXPECT_FALSE(engine_->learning()->start_training(other_picture, {}));
    EXPECT_EQ(checkpoints(), before);
    EXPECT_EQ(finish(*engine_, job()), expected_);
}

TEST_F(TrainingSurvival, aFullDiskAtACheckpointLosesNothing) {
    auto session = engine_->learning()->start_training(job(), {});
    ASSERT_TRUE(session) << session.error().detail;
    train_to(**session, 5);
    const auto before = checkpoints();
    {
        const tests::FileSizeLimit full_disk(1000);
        for (;;) {
            const auto progress = (*session)->advance({});
            if (progress) continue;
            EXPECT_EQ(progress.error().code, ErrorCode::io) << progress.error().detail;
            break;
        }
        EXPECT_FALSE((*session)->advance({})) << "still full";
        EXPECT_FALSE((*session)->write_adapter(folder_.file("adapter.safetensors"), {}));
    }
    EXPECT_EQ(checkpoints(), before);
    train_to(**session, 12);
    session->reset();
    EXPECT_EQ(finish(*engine_, job()), expected_);
}

TEST_F(TrainingSurvival, aFolderThatCannotBeMadeIsNamed) {
    folder_.write("file", "no folder");
    auto asked = job();
    asked.checkpoint_path = folder_.file("file/job");
    auto session = engine_->learning()->start_training(asked, {});
    if (session) {
        for (;;) {
            const auto progress = (*session)->advance({});
            if (progress) continue;
            EXPECT_EQ(progress.error().code, ErrorCode::io) << progress.error().detail;
            return;
        }
    }
    EXPECT_EQ(session.error().code, ErrorCode::io) << session.error().detail;
}

}  // namespace
