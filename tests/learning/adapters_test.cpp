// SPDX-License-Identifier: Apache-2.0
// Adapters at drawing time, and the suspicion that their files get.
#include <chrono>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>

#include "inference/learning/adapter_file.h"
#include "inference/model/model_config.h"
#include "tests/inference/refusal.h"
#include "tests/inference/tiny_engine.h"
#include "tests/learning/random_adapter.h"

namespace {

using inference::ErrorCode;
using inference::GenerationRequest;
using tests::draw;
using tests::Tensors;
using tests::tiny_request;
using torch::Tensor;

class Adapters : public testing::Test {
protected:
    void SetUp() override {
        tests::TinyModel().write(folder_.path());
        config_ = tests::tiny_config(folder_.path());
        config_.adapters_path = folder_.file("adapters");
        open();
        layout_ = std::make_unique<inference::AdapterLayout>(inference::read_pipeline_config(config_.pipeline_path).transformer);
    }
    void open() {
        auto opened = tests::open_engine(config_);
        ASSERT_TRUE(opened) << opened.error().detail;
        engine_ = *std::move(opened);
    }
    std::string install(const Tensors& tensors, const std::map<std::string, std::string>& metadata = {}) const {
        return tests::install_adapter(config_.adapters_path, tensors, metadata);
    }
    Tensors random(std::uint64_t seed = 1, std::int64_t rank = 3) const { return tests::random_adapter(*layout_, rank, 0.3, seed); }
    /// The final latents of the request.
    Tensor latents(inference::Engine& engine, const GenerationRequest& request) const {
        inference::GenerationCallbacks callbacks;
        callbacks.save_latents_path = folder_.file("latents.safetensors");
        const auto drawn = draw(engine, request, {}, callbacks);
        EXPECT_TRUE(drawn.summary) << drawn.summary.error().detail;
        return inference::SafetensorsFile(callbacks.save_latents_path).read("latents");
    }
    Tensor latents(const GenerationRequest& request) const { return latents(*engine_, request); }
    GenerationRequest with(const std::vector<inference::AdapterUse>& adapters) const {
        auto request = tiny_request();
        request.adapters = adapters;
        return request;
    }
    /// The same model with the adapter's products added to its weights.
    Tensor merged_latents(const Tensors& adapter, double factor, const GenerationRequest& request) const {
        tests::TinyModel model;
        for (auto& [name, weight] : model.transformer_weights) {
            const auto module = "transformer." + name.substr(0, name.size() - std::string(".weight").size());
            if (!adapter.contains(module + ".lora_A.weight")) continue;
            weight = weight + factor * at::mm(adapter.at(module + ".lora_B.weight"), adapter.at(module + ".lora_A.weight"));
        }
        const tests::TemporaryFolder elsewhere;
        model.write(elsewhere.path());
        auto opened = tests::open_engine(tests::tiny_config(elsewhere.path()));
        EXPECT_TRUE(opened) << opened.error().detail;
        return latents(**opened, request);
    }
    void expect_equal(const Tensor& a, const Tensor& b) const { EXPECT_TRUE(at::equal(a, b)) << (a - b).abs().max(); }
    void expect_near(const Tensor& a, const Tensor& b, double tolerance) const {
        EXPECT_LT((a - b).abs().max().item<double>(), tolerance * b.abs().max().item<double>());
    }
    /// What reading these tensors as an adapter of this model ends in.
    template <typename... Words> void expect_refused(ErrorCode code, const Tensors& tensors, const Words&... words) const {
        const auto path = folder_.file("hostile.safetensors");
        inference::write_safetensors(path, tensors);
        tests::expect_refusal(
            code, [&] { inference::read_adapter(path, *layout_, "id", {}); }, words...);
    }

    const at::NoGradGuard no_grad_;
    tests::TemporaryFolder folder_;
    inference::EngineConfig config_;
    std::unique_ptr<inference::Engine> engine_;
    std::unique_ptr<inference::AdapterLayout> layout_;
};

TEST_F(Adapters, atStrengthZeroDrawTheBaseToTheBit) {
    const auto id = install(random());
    const auto base = latents(tiny_request());
    expect_equal(latents(with({{id, 0.0}})), base);
    EXPECT_GT((latents(with({{id, 1.0}})) - base).abs().max().item<double>(), 1e-2) << "an adapter that does nothing proves nothing";
    expect_equal(latents(with({{id, 0.0}})), base);
    expect_equal(latents(tiny_request()), base);
}

TEST_F(Adapters, drawWhatMergedWeightsWouldDrawWithoutGuidance) {
    const auto tensors = random();
    auto request = with({{install(tensors), 0.7}});
    request.guidance_scale = 1.0;
    auto plain = tiny_request();
    plain.guidance_scale = 1.0;
    expect_near(latents(request), merged_latents(tensors, 0.7, plain), 1e-4);
}

TEST_F(Adapters, actOnTheConditionalBranchOnly) {
    const auto tensors = random();
    auto request = with({{install(tensors), 1.0}});
    request.guidance_scale = 2.0;
    request.num_inference_steps = 1;
    auto plain = tiny_request();
    plain.num_inference_steps = 1;
    plain.guidance_scale = 1.0;
    const auto conditional = merged_latents(tensors, 1.0, plain);
    auto unconditional = plain;
    unconditional.prompt.clear();
    // One Euler step is linear in the velocity, so guidance acts on its result as it acts on the velocity.
    const auto base = latents(unconditional);
    expect_near(latents(request), base + 2.0 * (conditional - base), 1e-4);
}

TEST_F(Adapters, addUp) {
    const auto first = random(1), second = random(2, 5);
    const auto both = latents(with({{install(first), 0.5}, {install(second), 1.5}}));
    Tensors one;  // side by side, two adapters are one of the sum of their ranks
    for (const auto& [name, tensor] : first) {
        const bool down = name.find("lora_A") != std::string::npos;
        one[name] = down ? at::cat({tensor, second.at(name)}) : at::cat({0.5 * tensor, 1.5 * second.at(name)}, 1);
    }
    expect_near(both, latents(with({{install(one), 1.0}})), 1e-4);
}

TEST_F(Adapters, scaleByAlphaOverRank) {
    const auto tensors = random();
    auto with_tensor = tensors;
    for (const auto& [name, tensor] : tensors) {
        if (const auto at = name.find(".lora_A"); at != std::string::npos) with_tensor[name.substr(0, at) + ".alpha"] = torch::full({}, 6.0);
    }
    const auto twice = latents(with({{install(tensors), 2.0}}));
    expect_near(latents(with({{install(with_tensor), 1.0}})), twice, 1e-5);
    expect_near(latents(with({{install(tensors, {{"lora_alpha", "6"}}), 1.0}})), twice, 1e-5);
    expect_near(latents(with({{install(tensors, {{"lora_adapter_metadata", R"({"transformer.r":3,"transformer.lora_alpha":6})"}}), 1.0}})), twice,
                1e-5);
}

TEST_F(Adapters, areReadInTheNamesOfOtherTools) {
    const auto tensors = random();
    const auto expected = latents(with({{install(tensors), 1.0}}));
    const auto renamed = [&](const std::string& prefix, const std::string& down, const std::string& up) {
        Tensors result;
        for (const auto& [name, tensor] : tensors) {
            const auto at = name.find(".lora_");
            const auto module = prefix + name.substr(std::string("transformer.").size(), at - std::string("transformer.").size());
            result[module + (name.find("lora_A") != std::string::npos ? down : up)] = tensor;
        }
        return latents(with({{install(result), 1.0}}));
    };
    expect_equal(renamed("base_model.model.", ".lora_A.weight", ".lora_B.weight"), expected);
    expect_equal(renamed("", ".lora_A.default.weight", ".lora_B.default.weight"), expected);
    expect_equal(renamed("transformer.", ".lora_down.weight", ".lora_up.weight"), expected);
}

TEST_F(Adapters, mayActOnSomeMatricesOnly) {
    auto tensors = random();
    std::erase_if(tensors, [](const auto& each) { return each.first.find("layers.1.mlp.up_proj") == std::string::npos; });
    EXPECT_EQ(tensors.size(), 2u);
    EXPECT_FALSE(at::equal(latents(with({{install(tensors), 1.0}})), latents(tiny_request())));
}

TEST_F(Adapters, drawABatchAsEachPictureAlone) {
    const auto id = install(random());
    auto request = with({{id, 1.0}});
    request.num_images = request.batch_size = 3;
    const auto together = latents(request);
    request.batch_size = 1;
    expect_near(together, latents(request), 1e-4);
}

TEST_F(Adapters, changeBetweenRequestsInNoTime) {
    const auto first = install(random(1)), second = install(random(2));
    const auto expected = latents(with({{first, 1.0}}));
    latents(with({{second, 1.0}}));
    const auto start = std::chrono::steady_clock::now();
    expect_equal(latents(with({{first, 1.0}})), expected);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST_F(Adapters, workInEveryNumberFormat) {
    auto request = with({{install(random()), 1.0}});
    const auto exact = latents(request);
    request.dtype = inference::Dtype::bfloat16;
    const auto rounded = latents(request);
    EXPECT_LT((rounded - exact).norm().item<double>(), 0.1 * exact.norm().item<double>());
    request.adapters.clear();
    EXPECT_GT((rounded - latents(request)).abs().max().item<double>(), 1e-2);
}

TEST_F(Adapters, thatAreNotThereAreNamed) {
    const auto refused = draw(*engine_, with({{std::string(64, 'a'), 1.0}}));
    ASSERT_FALSE(refused.summary);
    EXPECT_EQ(refused.summary.error().code, ErrorCode::invalid_request);
    EXPECT_NE(refused.summary.error().detail.find("aaaaaaaaaaaa"), std::string::npos) << refused.summary.error().detail;
    EXPECT_TRUE(draw(*engine_, tiny_request()).summary);
}

TEST_F(Adapters, thatWereDeletedAreNotDrawnFromMemory) {
    const auto id = install(random());
    latents(with({{id, 1.0}}));
    std::filesystem::remove_all(config_.adapters_path + "/" + id);
    EXPECT_FALSE(draw(*engine_, with({{id, 1.0}})).summary);
}

TEST_F(Adapters, thatChangedUnderTheirNameAreRefused) {
    const auto id = install(random(1)), other = install(random(2));
    std::filesystem::copy_file(config_.adapters_path + "/" + other + "/adapter.safetensors",
                               config_.adapters_path + "/" + id + "/adapter.safetensors", std::filesystem::copy_options::overwrite_existing);
    const auto refused = draw(*engine_, with({{id, 1.0}}));
    ASSERT_FALSE(refused.summary);
    EXPECT_EQ(refused.summary.error().code, ErrorCode::corrupt_file) << refused.summary.error().detail;
}

TEST_F(Adapters, ofAnotherBaseAreRefused) {
    const auto refused = draw(*engine_, with({{install(random(), {{"model_id", std::string(64, 'b')}}), 1.0}}));
    ASSERT_FALSE(refused.summary);
    EXPECT_EQ(refused.summary.error().code, ErrorCode::unsupported_model);
    EXPECT_TRUE(draw(*engine_, with({{install(random(), {{"model_id", engine_->model().id}}), 1.0}})).summary);
}

TEST_F(Adapters, withTensorsThatAreNoAdapterAreRefused) {
    const std::string q = "transformer.dit.layers.0.self_attn.q_proj";
    const auto change = [&](const auto& edit) {
        auto tensors = random();
        edit(tensors);
        return tensors;
    };
    using T = Tensors&;
    expect_refused(ErrorCode::corrupt_file, {}, "no adapter");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t.erase(q + ".lora_B.weight"); }), "one half", "q_proj");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".lora_A.weight"][0][0] = std::numeric_limits<float>::quiet_NaN(); }), "finite");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".lora_A.weight"] = torch::zeros({3, 31}); }), "(rank, 32)");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".lora_B.weight"] = torch::zeros({64, 4}); }), "(64, 3)");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".lora_A.weight"] = torch::zeros({257, 32}); }), "rank 257");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".lora_A.weight"] = torch::zeros({0, 32}); }), "rank 0");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".lora_A.weight"] = torch::zeros({3, 32}, torch::kInt32); }), "F32");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".alpha"] = torch::full({}, 1e30); }), "alpha");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".alpha"] = torch::zeros({7}); }), "one number");
    expect_refused(ErrorCode::corrupt_file, change([&](T t) { t[q + ".lora_down.weight"] = torch::zeros({3, 32}); }), "says again");
    expect_refused(ErrorCode::unsupported_model, change([&](T t) {
                       t["transformer.dit.layers.2.mlp.up_proj.lora_A.weight"] = torch::zeros({3, 32});
                   }),
                   "layers.2");
    expect_refused(ErrorCode::unsupported_model, change([&](T t) {
                       t["text_encoder.layers.0.q_proj.lora_A.weight"] = torch::zeros({3, 32});
                   }),
                   "text_encoder");
    expect_refused(ErrorCode::unsupported_model, change([&](T t) { t[q + ".lora_magnitude_vector"] = torch::zeros({64}); }), "magnitude");
    expect_refused(ErrorCode::unsupported_model, change([&](T t) {
                       t["transformer.dit.layers.00.self_attn.q_proj.lora_A.weight"] = torch::zeros({3, 32});
                   }),
                   "layers.00");
}

TEST_F(Adapters, areInspectedWithTheSuspicionThatAnyFileGets) {
    auto& learning = *engine_->learning();
    const auto id = install(random(), {{"note", "shared"}});
    const auto path = config_.adapters_path + "/" + id + "/adapter.safetensors";
    const auto info = learning.inspect_adapter(path, {});
    ASSERT_TRUE(info) << info.error().detail;
    EXPECT_EQ(info->id, id);
    EXPECT_EQ(info->rank, 3);
    EXPECT_EQ(info->alpha, 3.0) << "a file that says nothing means a scale of 1";
    EXPECT_EQ(info->model_id, "");
    EXPECT_EQ(info->metadata.at("note"), "shared");
    const auto refused = [&](const std::string& file) {
        const auto result = learning.inspect_adapter(file, {});
        EXPECT_FALSE(result);
        return result ? inference::Error{} : result.error();
    };
    EXPECT_EQ(refused(folder_.file("nowhere.safetensors")).code, ErrorCode::io);
    EXPECT_EQ(refused(folder_.path()).code, ErrorCode::corrupt_file);
    EXPECT_EQ(refused(folder_.write("empty.safetensors", "")).code, ErrorCode::corrupt_file);
    EXPECT_EQ(refused(folder_.write("rubbish.safetensors", "this is no adapter at all")).code, ErrorCode::corrupt_file);
    EXPECT_EQ(refused(folder_.write("huge.safetensors", std::string(8, '\x7f') + "{}")).code, ErrorCode::corrupt_file);
    EXPECT_EQ(refused(config_.pipeline_path + "/vae/diffusion_pytorch_model.safetensors").code, ErrorCode::unsupported_model);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 100);
    EXPECT_EQ(refused(path).code, ErrorCode::corrupt_file);
}

TEST_F(Adapters, comeBackFromTheirFileAsTheyWereWritten) {
    inference::AdapterWeights weights;
    weights.layers.resize(2);
    weights.layers[1][6] = {at::randn({4, 64}), at::randn({32, 4}), 2.0};
    const auto path = folder_.file("written.safetensors");
    inference::write_adapter(path, weights, *layout_, 4, 8.0, "base", {{"note", "for you"}});
    const auto read = inference::read_adapter(path, *layout_, "base", {});
    EXPECT_EQ(read.info.id, inference::sha256_of_file(path, {}));
    EXPECT_EQ(read.info.model_id, "base");
    EXPECT_EQ(read.info.rank, 4);
    EXPECT_EQ(read.info.alpha, 8.0);
    EXPECT_EQ(read.info.parameters, 4 * (64 + 32));
    EXPECT_EQ(read.info.bytes, static_cast<std::int64_t>(std::filesystem::file_size(path)));
    EXPECT_EQ(read.info.metadata.at("note"), "for you");
    expect_equal(read.weights.layers[1][6].down, weights.layers[1][6].down);
    expect_equal(read.weights.layers[1][6].up, weights.layers[1][6].up);
    EXPECT_EQ(read.weights.layers[1][6].scale, 2.0);
    EXPECT_FALSE(read.weights.layers[0][0].defined());
    const inference::SafetensorsFile file(path);
    EXPECT_TRUE(file.entries().contains("transformer.dit.layers.1.mlp.down_proj.lora_A.weight")) << "the name that diffusers gives it";
}

}  // namespace
