// SPDX-License-Identifier: Apache-2.0
// Loading a whole model peaks at little more than what stays.
#include <cstdio>

#include <gtest/gtest.h>

#include "inference/engine/loaded_model.h"
#include "inference/engine/weight_estimate.h"
#include "inference/synthetic/random_pipeline.h"
#include "tests/inference/tiny_engine.h"
#include "tests/support/peak_memory.h"

namespace {

/// The mid-size model with a third of its layers: 110 million parameters that stay, in shards.
class LoadPeak : public testing::Test {
protected:
    void SetUp() override {
        REQUIRE_MEASURABLE_MEMORY();
        inference::RandomPipelineOptions options;
        options.folder = folder_.file("pipeline");
        options.tokenizer_path = tests::tiny_tokenizer_path();
        options.max_shard_bytes = 100'000'000;
        options.fields = {{"transformer.base_config.vocab_size", "1000"},
                          {"transformer.base_config.num_hidden_layers", "7"},
                          {"transformer.initial_layers", "3"},
                          {"transformer.dit_num_hidden_layers", "4"},
                          {"transformer.shared_attention_layers", "[3, 4, 5, 6]"}};
        const auto made = inference::make_random_pipeline(options, {}, {});
        ASSERT_TRUE(made) << made.error().detail;
        ASSERT_GT(made->files.size(), 2u);
    }
    void expect_little_more_than_stays(const inference::Placement& placement) const {
        const auto config = inference::read_pipeline_config(folder_.file("pipeline"));
        const auto expected = static_cast<double>(inference::estimate_weights(config, placement).total());
        const tests::PeakMemory peak;
        const auto before = inference::resident_memory_bytes();
        const auto model = inference::load_model(config, {}, placement, {}, {}, {});
        const auto resident = static_cast<double>(inference::resident_memory_bytes() - before), highest = static_cast<double>(peak.bytes());
        std::printf("  %s%s: estimate %.0f MB, resident %.0f MB, peak %.0f MB\n", inference::dtype_name(placement.dtype),
                    placement.int8_weights ? ", int8" : "", expected / 1e6, resident / 1e6, highest / 1e6);
        EXPECT_LT(highest, 1.1 * resident + 16e6);
        EXPECT_NEAR(resident / expected, 1.0, 0.15);
        EXPECT_GT(model.parameters(), 100'000'000);
    }

    const tests::TemporaryFolder folder_;
};

TEST_F(LoadPeak, inFloat32) { expect_little_more_than_stays({torch::kCPU, torch::kFloat32}); }

TEST_F(LoadPeak, inBfloat16) { expect_little_more_than_stays({torch::kCPU, torch::kBFloat16}); }

TEST_F(LoadPeak, inEightBits) { expect_little_more_than_stays({torch::kCPU, torch::kBFloat16, true}); }

}  // namespace
