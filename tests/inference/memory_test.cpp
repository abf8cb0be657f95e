// SPDX-License-Identifier: Apache-2.0
// What the engine knows about memory, processor and device.
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "inference/core/memory.h"
#include "inference/core/placement.h"
#include "inference/core/processor.h"
#include "inference/engine/memory_estimate.h"
#include "inference/engine/preview.h"
#include "inference/engine/thread_choice.h"
#include "tests/inference/refusal.h"

namespace {

using inference::Dtype;
using inference::ErrorCode;
using inference::JobSize;
using inference::Placement;

std::int64_t estimate(const JobSize& job, torch::ScalarType dtype = torch::kFloat32) {
    static const auto config = inference::read_pipeline_config(FUSELIGHT_STARTER);
    return inference::estimate_job_bytes(config, Placement{torch::kCPU, dtype}, job);
}

JobSize native() { return {128, 128, 1, 1, 10, true, false}; }

TEST(Memory, estimateGrowsWithEachDimensionOfTheJob) {
    const auto base = estimate(native());
    EXPECT_GT(base, 0);
    for (const auto change :
         {+[](JobSize& job) { job.width = 1024; }, +[](JobSize& job) { job.height = 1024; }, +[](JobSize& job) { job.batch_size = 16; },
          +[](JobSize& job) {
              job.num_images = 1000;
              job.keeps_latents = true;
          }}) {
        auto job = native();
        change(job);
        EXPECT_GT(estimate(job), base);
    }
    auto unguided = native(), long_prompt = native();
    unguided.guided = false;
    long_prompt.prompt_tokens = 256;
    unguided.batch_size = long_prompt.batch_size = 16;
    auto batch = native();
    batch.batch_size = 16;
    EXPECT_LT(estimate(unguided), estimate(batch));
    EXPECT_GT(estimate(long_prompt), estimate(batch));
    EXPECT_LT(estimate(batch, torch::kBFloat16), estimate(batch));
}

TEST(Memory, estimateGrowsWithCandidatesAndShrinksWithThePartsTheyGoIn) {
    auto job = native();
    job.width = job.height = 512;
    std::int64_t last = estimate(job);
    for (const int candidates : {2, 4, 8, 16}) {
        job.candidates = job.seen_together = candidates;
        EXPECT_GT(estimate(job), last) << candidates;
        last = estimate(job);
    }
    auto parts = job;
    parts.rows_together = 4;
    EXPECT_LT(estimate(parts), estimate(job));
    EXPECT_EQ(inference::rows_at_once(job), 16);
    EXPECT_EQ(inference::rows_at_once(parts), 4);
}

TEST(Memory, candidatesRunTogetherAsFarAsTheyFit) {
    const auto config = inference::read_pipeline_config(FUSELIGHT_STARTER);
    const Placement placement{torch::kCPU, torch::kFloat32};
    auto job = native();
    job.width = job.height = 512;
    job.candidates = 12;
    const auto fit = [&](std::int64_t available) { return inference::rows_that_fit(config, placement, job, available); };
    EXPECT_EQ(fit(std::int64_t{1} << 50), 12);
    EXPECT_EQ(fit(estimate(job)), 12);
    EXPECT_EQ(fit(estimate(job) - 1), 6);
    auto quarter = job;
    quarter.rows_together = 3;
    EXPECT_EQ(fit(estimate(quarter)), 3);
    EXPECT_EQ(fit(0), 1) << "nothing fits: whoever asks is refused by require_memory";
    job.batch_size = 64;
    EXPECT_EQ(fit(std::int64_t{1} << 50), inference::RequestLimits::max_batch) << "as many as a batch may have";
    job.batch_size = 2;
    tests::expect_refusal(
        ErrorCode::out_of_memory, [&] { inference::require_memory(2, 1, job); }, "batches of 2 with 12 candidates each");
}

TEST(Memory, estimateOfTheLargestJobDoesNotOverflow) {
    const auto bytes = estimate({4096, 4096, 64, 1024, 256, true, true});
    EXPECT_GT(bytes, std::int64_t{100} << 30);
    EXPECT_LT(bytes, std::int64_t{1} << 50);
    JobSize candidates{4096, 4096, 64, 1024, 256, true, true};
    candidates.candidates = 16;
    EXPECT_LT(estimate(candidates), std::int64_t{1} << 55);
    EXPECT_GT(estimate(candidates), bytes);
}

TEST(Memory, requiredBeyondWhatIsAvailableIsRefusedWithBothAmounts) {
    EXPECT_FALSE(tests::refusal([] { inference::require_memory(1000, 1000, native()); }).has_value());
    tests::expect_refusal(
        ErrorCode::out_of_memory, [] { inference::require_memory(5'000'000'000, 1'200'000'000, native()); }, "128 x 128", "5.0 GB", "1.2 GB");
}

TEST(Memory, isReadFromTheSystem) {
    EXPECT_GT(inference::available_memory_bytes(), 0);
    const auto before = inference::resident_memory_bytes();
    EXPECT_GT(before, 1 << 20);
    EXPECT_GE(inference::peak_memory_bytes(), before);
    const auto block = torch::ones({64 << 20}, torch::kUInt8);
    EXPECT_GE(inference::resident_memory_bytes(), before + (48 << 20));
    EXPECT_GE(inference::peak_memory_bytes(), before + (48 << 20));
}

TEST(Memory, isWrittenForPeople) {
    EXPECT_EQ(inference::format_bytes(1'234'567'890), "1.2 GB");
    EXPECT_EQ(inference::format_bytes(35'000'000), "35 MB");
    EXPECT_EQ(inference::format_bytes(900'000), "900 KB");
    EXPECT_EQ(inference::format_bytes(0), "0 KB");
}

TEST(Memory, processorTellsItsCores) {
    const auto& processor = inference::Processor::current();
    EXPECT_GE(processor.physical_cores, 1);
    EXPECT_GE(processor.logical_cpus, processor.physical_cores);
    EXPECT_TRUE(!processor.has_avx512_bf16 || processor.has_bf16);
}

TEST(Memory, threadsFollowFromCoresAndWorkAlone) {
    inference::Processor processor;
    processor.physical_cores = 16;
    processor.logical_cpus = 32;
    EXPECT_EQ(inference::choose_num_threads(processor, 1e12), 16) << "never more than cores";
    EXPECT_EQ(inference::choose_num_threads(processor, 1e9), 4) << "fewer where a step has little to do";
    EXPECT_EQ(inference::choose_num_threads(processor, 0.0), 1);
    EXPECT_EQ(inference::choose_num_threads(inference::Processor{}, 1e12), 1);
}

TEST(Memory, devicesAreTakenByName) {
    EXPECT_TRUE(inference::choose_placement("cpu", Dtype::float32).on_cpu());
    EXPECT_EQ(inference::choose_placement("cpu", Dtype::float32).dtype, torch::kFloat32);
    EXPECT_EQ(inference::choose_placement("cpu", Dtype::bfloat16).dtype, torch::kBFloat16);
    EXPECT_EQ(inference::choose_placement("cpu", Dtype::automatic).dtype,
              inference::Processor::current().has_bf16 ? torch::kBFloat16 : torch::kFloat32);
    for (const std::string name : {"gpu", "CPU", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda:99999999999999999999", "cudax", "cpu:0"}) {
        tests::expect_refusal(
            ErrorCode::invalid_request, [&] { inference::choose_placement(name, Dtype::float32); }, name);
    }
    tests::expect_refusal(
        ErrorCode::device_unavailable, [] { inference::choose_placement("cuda:999", Dtype::float32); }, "cuda:999");
}

TEST(Memory, previewsKeepTheirIntervalAndShareOfTime) {
    inference::PreviewBudget budget(250.0);
    EXPECT_FALSE(budget.allows(10.0, 1.0)) << "1 ms of 10 is more than the share";
    EXPECT_TRUE(budget.allows(41.0, 1.0));
    budget.spent(40.0, 1.0);
    EXPECT_FALSE(budget.allows(100.0, 0.5)) << "sooner than the interval";
    EXPECT_TRUE(budget.allows(290.0, 5.0));
    EXPECT_FALSE(budget.allows(290.0, 7.0)) << "8 ms of 290 is more than the share";
    EXPECT_EQ(budget.total_ms(), 1.0);
    EXPECT_FALSE(inference::PreviewBudget(0.0).allows(1e9, 0.0));
    EXPECT_FALSE(inference::PreviewBudget(-1.0).allows(1e9, 0.0));
}

}  // namespace
