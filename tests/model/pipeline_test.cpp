// SPDX-License-Identifier: Apache-2.0
// Whole pipelines of the published classes, drawn by the engine.
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <nlohmann/json.hpp>
#include <torch/types.h>

#include "inference/core/exception.h"
#include "inference/engine/engine_core.h"
#include "inference/engine/local_engine.h"
#include "inference/model/model_config.h"
#include "inference/sampling/noise.h"
#include "inference/sampling/schedule.h"
#include "inference/weights/safetensors.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace {

using inference::ErrorCode;
using inference::GenerationRequest;
using torch::Tensor;

constexpr std::int64_t hidden = 32, kv_width = 32;

class Pipeline : public testing::Test {
protected:
    Pipeline() { model_.transformer["llm_weights"] = "embedded"; }

    inference::EngineConfig config() const {
        inference::EngineConfig config;
        config.pipeline_path = folder_.file("pipeline");
        config.device = "cpu";
        config.dtype = inference::Dtype::float32;
        config.num_threads = 1;
        return config;
    }
    void write() const { model_.write(folder_.path()); }
    GenerationRequest request() const {
        GenerationRequest request;
        request.prompt = "a red apple";
        request.num_inference_steps = 3;
        request.seed = 5;
        return request;
    }
    /// The final latents (num_images, C, h, w).
    Tensor draw(const GenerationRequest& request) {
        inference::EngineCore engine(config(), {}, {});
        inference::GenerationCallbacks callbacks;
        callbacks.save_latents_path = folder_.file("latents.safetensors");
        engine.generate(request, callbacks, {});
        return inference::SafetensorsFile(callbacks.save_latents_path).read("latents").clone();
    }
    void expect_refused(ErrorCode code, const std::vector<std::string>& words) {
        const auto engine = inference::make_local_engine(config(), {}, {});
        ASSERT_FALSE(engine);
        EXPECT_EQ(engine.error().code, code) << engine.error().detail;
        for (const auto& word : words) EXPECT_NE(engine.error().detail.find(word), std::string::npos) << word << " in " << engine.error().detail;
    }
    Tensor random(at::IntArrayRef shape, double scale) { return torch::randn(shape, generator_) * scale; }
    void add_linear(tests::TinyModel::Tensors& to, const std::string& name, std::int64_t out, std::int64_t in) {
        to[name + ".weight"] = random({out, in}, 0.2);
        to[name + ".bias"] = random({out}, 0.1);
    }
    void use_timesteps() {
        model_.transformer["timestep_conditioning"] = "addition";
        add_linear(model_.transformer_weights, "dit.timestep_embedder.0", hidden, 256);
        add_linear(model_.transformer_weights, "dit.timestep_embedder.2", hidden, hidden);
    }
    /// Class DiT: the text model moves to llm/, the image stream projects its hidden state.
    void make_plain() {
        model_.index["_class_name"] = "DiTPipeline";
        model_.transformer.update({{"model_type", "DiT"}, {"text_hidden_size", hidden}});
        tests::TinyModel::Tensors weights;
        for (const auto& [name, tensor] : model_.transformer_weights) weights[name.substr(4)] = tensor;
        for (const auto* layer : {"layers.0.self_attn.", "layers.1.self_attn."}) {
            weights[layer + std::string("text_k_proj.weight")] = random({kv_width, hidden}, 0.2);
            weights[layer + std::string("text_v_proj.weight")] = random({kv_width, hidden}, 0.2);
        }
        weights["context_embedder.0.weight"] = random({hidden}, 0.1);
        add_linear(weights, "context_embedder.1", hidden, hidden);
        llm_ = model_.text_weights;
        model_.transformer_weights = weights;
    }
    void write_plain() const {
        write();
        std::filesystem::create_directories(folder_.file("pipeline/llm"));
        folder_.write("pipeline/llm/config.json", model_.transformer["base_config"].dump());
        inference::write_safetensors(folder_.file("pipeline/llm/model.safetensors"), llm_);
    }

    const at::NoGradGuard no_grad_;
    tests::TinyModel model_;
    tests::TinyModel::Tensors llm_;
    const tests::TemporaryFolder folder_;

private:
    at::Generator generator_ = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{4});
};

TEST_F(Pipeline, withoutHintsOfOursTakesTheReferencesDefaults) {
    model_.index.erase("fuselight");
    write();
    const auto config = inference::read_pipeline_config(folder_.file("pipeline"));
    EXPECT_EQ(config.default_steps, 28);
    EXPECT_EQ(config.default_guidance_scale, 7.0);
    EXPECT_EQ(config.native_sizes.front(), (inference::ImageSize{32, 32}));
}

TEST_F(Pipeline, theTimestepReachesTheModel) {
    use_timesteps();
    write();
    auto drawn = request();
    drawn.guidance_scale = 1.0;
    inference::EngineCore engine(config(), {}, {});
    const auto& model = engine.model();
    const auto state = std::make_shared<const inference::PromptState>(model.text->encode({engine.token_ids(drawn.prompt)}, {})[0]);
    auto text = model.transformer->prepare({state}, 8, 8);
    const std::vector<std::uint64_t> seeds = {drawn.seed};
    auto z = inference::draw_noise(seeds, 4, 8, 8);
    const auto schedule = inference::make_flow_match_schedule(drawn.num_inference_steps, 3.0);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto timestep = torch::full({1}, 1000.0 * static_cast<double>(schedule.sigmas[i]), torch::kFloat32);
        z = z + model.transformer->velocity(z, text, timestep) * static_cast<double>(schedule.sigmas[i + 1] - schedule.sigmas[i]);
    }
    EXPECT_TRUE(at::allclose(draw(drawn), z, 1e-4, 1e-5));
}

TEST_F(Pipeline, guidanceIsOnForScalesAboveOneOnly) {
    write();
    auto one = request(), half = request(), more = request();
    one.guidance_scale = 1.0;
    half.guidance_scale = 0.5;
    more.guidance_scale = 1.5;
    const auto plain = draw(one);
    EXPECT_TRUE(at::equal(draw(half), plain));
    EXPECT_FALSE(at::allclose(draw(more), plain, 1e-3, 1e-3));
}

TEST_F(Pipeline, anInstructionStandsBeforeThePromptAlone) {
    write();
    auto instructed = request(), written_out = request();
    instructed.instruction = "Imagine: ";
    written_out.prompt = "Imagine: a red apple";
    EXPECT_TRUE(at::equal(draw(instructed), draw(written_out)));
    EXPECT_FALSE(at::equal(draw(instructed), draw(request())));
}

TEST_F(Pipeline, anInstructionLengthensTheLimitByItsOwnTokens) {
    write();
    inference::EngineCore engine(config(), {}, {});
    const inference::PromptReader reader(0);
    std::string prompt;
    for (int i = 0; i < 400; ++i) prompt += "x ";
    const auto bare = reader.tokenize(engine.model(), prompt, "").text,
               instructed = reader.tokenize(engine.model(), "Imagine: " + prompt, "Imagine: ").text;
    EXPECT_EQ(bare.size(), 256u);
    EXPECT_EQ(instructed.size(), 256 + engine.token_ids("Imagine:").size() - 1);
}

TEST_F(Pipeline, upstreamsCachePositionsActFromTheSecondStepOn) {
    write();
    auto trained = request(), upstream = request();
    upstream.upstream_cache_positions = true;
    EXPECT_FALSE(at::allclose(draw(upstream), draw(trained), 1e-4, 1e-4));
    trained.num_inference_steps = upstream.num_inference_steps = 1;
    EXPECT_TRUE(at::equal(draw(upstream), draw(trained)));
}

TEST_F(Pipeline, addedTokensOfThePipelinesTokenizerAreCutOut) {
    write();
    folder_.write("pipeline/tokenizer/tokenizer_config.json", R"({"added_tokens_decoder": {"2": {"content": "<bos>"}}})");
    const inference::EngineCore engine(config(), {}, {});
    EXPECT_EQ(engine.token_ids("<bos>"), (std::vector<int>{2, 2}));
}

TEST_F(Pipeline, ofClassDitDrawsWithItsOwnLanguageModel) {
    make_plain();
    write_plain();
    const auto picture = draw(request());
    EXPECT_TRUE(picture.isfinite().all().item<bool>());
    auto other = request();
    other.prompt = "a blue house";
    EXPECT_FALSE(at::allclose(draw(other), picture, 1e-4, 1e-4));
}

TEST_F(Pipeline, ofClassDitReadsTheHiddenStateThatItsConfigNames) {
    make_plain();
    write_plain();
    const auto last = draw(request());
    model_.transformer["text_hidden_states_index"] = 3;
    write_plain();
    EXPECT_TRUE(at::equal(draw(request()), last));
    model_.transformer["text_hidden_states_index"] = 1;
    write_plain();
    EXPECT_FALSE(at::allclose(draw(request()), last, 1e-4, 1e-4));
    model_.transformer["text_hidden_states_index"] = 4;
    write_plain();
    expect_refused(ErrorCode::corrupt_file, {"llm/config.json", "num_hidden_layers"});
}

TEST_F(Pipeline, whoseClassesDoNotGoTogetherIsRefused) {
    model_.index["_class_name"] = "DiTPipeline";
    write();
    expect_refused(ErrorCode::corrupt_file, {"transformer/config.json", "model_type"});
    model_.index["_class_name"] = "StableDiffusionPipeline";
    write();
    expect_refused(ErrorCode::unsupported_model, {"model_index.json", "_class_name"});
    model_.index["_class_name"] = "FuseDiTPipeline";
    use_timesteps();
    model_.transformer["text_modulation_embeds_dim"] = 12;
    write();
    expect_refused(ErrorCode::unsupported_model, {"transformer/config.json", "text_modulation_embeds_dim"});
}

TEST_F(Pipeline, withNanInAWeightIsRefusedByFileAndTensor) {
    for (const auto* name : {"dit.layers.1.mlp.up_proj.weight", "dit.norm_out.weight"}) {
        const auto kept = model_.transformer_weights.at(name).clone();
        model_.transformer_weights.at(name).view({-1})[3] = std::numeric_limits<float>::quiet_NaN();
        write();
        expect_refused(ErrorCode::corrupt_file, {"transformer/model.safetensors", name, "NaN"});
        model_.transformer_weights.at(name).copy_(kept);
    }
    model_.text_weights.at("embed_tokens.weight")[7][0] = std::numeric_limits<float>::infinity();
    write();
    expect_refused(ErrorCode::corrupt_file, {"transformer/model.safetensors", "llm.embed_tokens.weight"});
}

TEST_F(Pipeline, withAMissingOrMisshapenTensorIsRefusedByName) {
    auto& weights = model_.transformer_weights;
    const auto kept = weights.at("dit.layers.0.self_attn.k_proj.weight");
    weights.erase("dit.layers.0.self_attn.k_proj.weight");
    write();
    expect_refused(ErrorCode::corrupt_file, {"dit.layers.0.self_attn.k_proj.weight", "missing"});
    weights["dit.layers.0.self_attn.k_proj.weight"] = kept.narrow(0, 0, 16).clone();
    write();
    expect_refused(ErrorCode::corrupt_file, {"transformer/model.safetensors", "dit.layers.0.self_attn.k_proj.weight", "config"});
}

TEST_F(Pipeline, whosePictureIsLargerThanItsTableOfPositionsIsRefused) {
    model_.transformer.update({{"pos_embed", "ape"}, {"pos_embed_max_size", 4}});
    write();
    inference::EngineCore engine(config(), {}, {});
    auto large = request();
    large.width = 64;
    try {
        engine.generate(large, {}, {});
        ADD_FAILURE() << "drawn";
    } catch (const inference::Exception& error) {
        EXPECT_EQ(error.error().code, ErrorCode::invalid_request);
        EXPECT_NE(error.error().detail.find("pos_embed_max_size"), std::string::npos);
    }
    EXPECT_NO_THROW(draw(request()));
}

}  // namespace
