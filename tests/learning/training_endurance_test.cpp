// SPDX-License-Identifier: Apache-2.0
// Many training sessions in a row: what months of ratings would show.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "inference/core/memory.h"
#include "tests/inference/tiny_engine.h"
#include "tests/learning/training_job.h"

namespace {

constexpr std::int64_t allowed_growth = 16 << 20;

TEST(TrainingEndurance, aThousandSessionsThatAreGivenUpLeaveNothingBehind) {
    const tests::TemporaryFolder folder;
    tests::TinyModel().write(folder.path());
    const auto engine = tests::open_engine(tests::tiny_config(folder.path()));
    ASSERT_TRUE(engine) << engine.error().detail;
    const auto job = tests::tiny_job((*engine)->model().id, "");
    const auto begin_and_drop = [&](int number) {
        const auto session = (*engine)->learning()->start_training(job, {});
        ASSERT_TRUE(session) << session.error().detail;
        for (int slice = 0; slice < 3 + number % 9; ++slice) ASSERT_TRUE((*session)->advance({}));
    };
    for (int i = 0; i < 50; ++i) begin_and_drop(i);  // pools and caches fill
    const auto before = inference::resident_memory_bytes();
    for (int i = 0; i < 1000; ++i) begin_and_drop(i);
    EXPECT_LT(inference::resident_memory_bytes() - before, allowed_growth);
}

}  // namespace
