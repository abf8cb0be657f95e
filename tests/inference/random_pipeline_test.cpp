// SPDX-License-Identifier: Apache-2.0
// Pipelines of random weights: every variant loads and draws, whatever the size memory does not grow, and nothing half-made stays.
#include "inference/synthetic/random_pipeline.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inference/engine/weight_estimate.h"
#include "inference/model/model_config.h"
#include "inference/model/tensor_list.h"
#include "inference/synthetic/presets.h"
#include "inference/weights/checkpoint.h"
#include "tests/inference/tiny_engine.h"
#include "tests/support/peak_memory.h"

namespace {

using inference::ErrorCode;
using inference::RandomPipelineOptions;
using Fields = std::vector<std::pair<std::string, std::string>>;

class RandomPipeline : public testing::Test {
protected:
    RandomPipelineOptions options(const Fields& fields = {}) const {
        RandomPipelineOptions options;
        options.folder = folder_.file("pipeline");
        options.tokenizer_path = tests::tiny_tokenizer_path();
        options.preset = inference::PipelinePreset::tiny;
        options.format = inference::StorageFormat::float32;
        options.fields = fields;
        return options;
    }
    inference::RandomPipelineSummary make(const RandomPipelineOptions& options) const {
        std::filesystem::remove_all(options.folder);
        const auto made = inference::make_random_pipeline(options, {}, {});
        EXPECT_TRUE(made) << made.error().detail;
        return made.value_or(inference::RandomPipelineSummary{});
    }
    /// Every field of the request is as the model has it; the picture must not be flat.
    void expect_draws() const {
        const auto engine = tests::open_engine(tests::tiny_config(folder_.path()));
        ASSERT_TRUE(engine) << engine.error().detail;
        auto request = tests::tiny_request();
        request.num_inference_steps = 2;
        const auto drawn = tests::draw(**engine, request);
        ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
        const auto& bytes = drawn.images.at(0).pixels.bytes;
        EXPECT_NE(std::count(bytes.begin(), bytes.end(), bytes[0]), static_cast<std::ptrdiff_t>(bytes.size()));
    }
    inference::Error refusal(const RandomPipelineOptions& options) const {
        const auto made = inference::make_random_pipeline(options, {}, {});
        EXPECT_FALSE(made);
        return made ? inference::Error{} : made.error();
    }

    const tests::TemporaryFolder folder_;
};

TEST_F(RandomPipeline, ofEveryVariantLoadsAndDraws) {
    const std::vector<Fields> variants = {
        {},
        {{"transformer.attention", "cross"}, {"transformer.pos_embed", "ape"}, {"transformer.timestep_conditioning", "adaln-zero"}},
        {{"transformer.pos_embed", "m-rope"}, {"transformer.timestep_conditioning", "adaln-single"}, {"transformer.sandwich_norm", "false"}},
        {{"transformer.pos_embed", "1d-rope"}, {"transformer.timestep_conditioning", "addition"}, {"transformer.qk_norm", "false"}},
        {{"transformer.base_config.model_type", "gemma"}, {"transformer.base_config.attention_bias", "true"}, {"transformer.pos_embed", "ape"}},
        {{"transformer.base_config.model_type", "gemma3_text"}, {"transformer.base_config.attn_logit_softcapping", "null"}},
        {{"transformer.initial_layers", "1"}, {"transformer.shared_attention_layers", "[1, 2]"}, {"transformer.dit_num_hidden_layers", "2"}},
        {{"transformer.dit_hidden_size", "48"}, {"transformer.dit_intermediate_size", "96"}, {"transformer.dit_num_key_value_heads", "4"}},
        {{"vae.use_quant_conv", "true"}, {"vae.use_post_quant_conv", "true"}, {"vae.mid_block_add_attention", "false"}},
    };
    for (const auto& fields : variants) {
        SCOPED_TRACE(fields.empty() ? "as published" : fields.front().first + "=" + fields.front().second);
        make(options(fields));
        expect_draws();
    }
}

TEST_F(RandomPipeline, holdsTheTensorsThatItsConfigAsksForAndNoOthers) {
    auto sharded = options({{"transformer.timestep_conditioning", "adaln-zero"}});
    sharded.max_shard_bytes = 40'000;
    sharded.format = inference::StorageFormat::float16;
    const auto summary = make(sharded);
    EXPECT_GT(summary.files.size(), 5u);
    const inference::Checkpoint transformer(sharded.folder + "/transformer", "model");
    const auto tensors = inference::transformer_tensors(inference::read_pipeline_config(sharded.folder).transformer);
    EXPECT_EQ(transformer.names().size(), tensors.size());
    std::int64_t parameters = 0;
    for (const auto& tensor : tensors) {
        EXPECT_EQ(transformer.entry(tensor.name).shape, tensor.shape) << tensor.name;
        EXPECT_EQ(transformer.entry(tensor.name).dtype, torch::kFloat16) << tensor.name;
        std::int64_t count = 1;
        for (const auto side : tensor.shape) count *= side;
        parameters += count;
    }
    EXPECT_LT(parameters, summary.parameters);
    EXPECT_EQ(summary.bytes, 2 * summary.parameters);
    expect_draws();
}

TEST_F(RandomPipeline, ofTheSameSeedIsTheSameAndOfAnotherIsNot) {
    const auto embedding = [&](std::uint64_t seed) {
        auto seeded = options();
        seeded.seed = seed;
        make(seeded);
        return inference::Checkpoint(seeded.folder + "/transformer", "model").load("llm.embed_tokens.weight", {512, 32}, {});
    };
    const auto first = embedding(3);
    EXPECT_TRUE(at::equal(embedding(3), first));
    EXPECT_FALSE(at::equal(embedding(4), first));
}

TEST_F(RandomPipeline, hasThePublishedSize) {
    const auto preset = inference::preset_configs(inference::PipelinePreset::full);
    const auto config = inference::read_transformer_config(folder_.write("config.json", preset.at("transformer").dump()));
    std::int64_t text = 0, image = 0;
    for (const auto& tensor : inference::transformer_tensors(config)) {
        std::int64_t count = 1;
        for (const auto side : tensor.shape) count *= side;
        (tensor.name.starts_with("llm.") ? text : image) += count;
    }
    EXPECT_EQ(text, 2'614'341'888);  // section 2.4 of the reference
    EXPECT_EQ(image, 2'024'828'480);
}

TEST_F(RandomPipeline, thatIsStoppedOnItsWayLeavesNothing) {
    const auto asked = options();
    std::stop_source stop;
    const auto made = inference::make_random_pipeline(
        asked,
        [&](double fraction) {
            if (fraction > 0.5) stop.request_stop();
        },
        stop.get_token());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::cancelled);
    EXPECT_FALSE(std::filesystem::exists(asked.folder));
}

TEST_F(RandomPipeline, isWrittenInAFewMegabytesOfMemory) {
    REQUIRE_MEASURABLE_MEMORY();
    const auto large = options({{"transformer.base_config.vocab_size", "2000000"}});  // a table of 256 MB
    const tests::PeakMemory peak;
    make(large);
    EXPECT_LT(peak.bytes(), 100 << 20);
}

TEST_F(RandomPipeline, isRefusedWithASentenceAndLeavesNothing) {
    auto asked = options({{"transformer.dit_hidden", "64"}});
    EXPECT_NE(refusal(asked).detail.find("transformer.dit_hidden"), std::string::npos);
    asked = options({{"transformer.sample_size", "7"}});
    EXPECT_NE(refusal(asked).detail.find("sample_size"), std::string::npos);
    asked = options({{"transformer.base_config.vocab_size", "300"}});
    EXPECT_EQ(refusal(asked).code, ErrorCode::invalid_request);
    EXPECT_NE(refusal(asked).detail.find("448 pieces"), std::string::npos) << refusal(asked).detail;
    asked = options({{"transformer.base_config.num_hidden_layers", "512"},
                     {"transformer.dit_num_hidden_layers", "512"},
                     {"transformer.dit_hidden_size", "65536"},
                     {"transformer.dit_intermediate_size", "65536"}});
    EXPECT_EQ(refusal(asked).code, ErrorCode::io) << "no disk has room for this";
    asked = options();
    asked.tokenizer_path = folder_.file("none.model");
    EXPECT_EQ(refusal(asked).code, ErrorCode::model_not_found);
    EXPECT_FALSE(std::filesystem::exists(asked.folder));
    folder_.write("pipeline/mine.txt", "kept");
    EXPECT_EQ(refusal(asked).code, ErrorCode::invalid_request);
    EXPECT_TRUE(std::filesystem::exists(folder_.file("pipeline/mine.txt")));
}

}  // namespace
