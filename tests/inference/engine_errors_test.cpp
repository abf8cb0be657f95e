// SPDX-License-Identifier: Apache-2.0
// What goes wrong with an engine becomes one error with the right code, and the engine stays usable.
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "inference/core/exception.h"
#include "inference/core/memory.h"
#include "inference/core/placement.h"
#include "inference/engine/guarded.h"
#include "inference/weights/safetensors.h"
#include "tests/inference/tiny_engine.h"

namespace {

using inference::Error;
using inference::ErrorCode;
using inference::GenerationCallbacks;
using inference::GenerationRequest;
using tests::draw;
using tests::tiny_request;

class EngineErrors : public testing::Test {
protected:
    void SetUp() override { tests::TinyModel().write(folder_.path()); }

    std::unique_ptr<inference::Engine> open() const {
        auto opened = tests::open_engine(tests::tiny_config(folder_.path()));
        EXPECT_TRUE(opened) << opened.error().detail;
        return opened ? *std::move(opened) : nullptr;
    }
    Error load_error(const inference::EngineConfig& config) const {
        const auto opened = tests::open_engine(config);
        EXPECT_FALSE(opened);
        return opened ? Error{} : opened.error();
    }
    Error load_error() const { return load_error(tests::tiny_config(folder_.path())); }
    /// The error of this request, after which the engine must still draw.
    Error draw_error(inference::Engine& engine, const std::function<void(GenerationRequest&)>& change) const {
        auto request = tiny_request();
        change(request);
        const auto drawn = draw(engine, request);
        EXPECT_FALSE(drawn.summary);
        EXPECT_TRUE(drawn.images.empty());
        EXPECT_TRUE(draw(engine, tiny_request()).summary) << "the engine does not draw any more";
        return drawn.summary ? Error{} : drawn.summary.error();
    }
    /// Puts other contents under a name, as a program that replaces files does.
    void replace(const std::string& name, const std::string& contents) const {
        std::filesystem::rename(folder_.write("replacement", contents), folder_.file(name));
    }

    tests::TemporaryFolder folder_;
};

TEST_F(EngineErrors, nameTheFileThatIsMissingOnLoading) {
    for (const std::string file : {"pipeline/model_index.json", "pipeline/transformer/config.json", "pipeline/transformer/model.safetensors",
                                   "pipeline/vae/config.json", "pipeline/vae/diffusion_pytorch_model.safetensors",
                                   "pipeline/scheduler/scheduler_config.json", "text/model.safetensors", "text/tokenizer.model"}) {
        std::filesystem::rename(folder_.file(file), folder_.file("aside"));
        const auto error = load_error();
        EXPECT_EQ(error.code, ErrorCode::model_not_found) << file;
        EXPECT_NE(error.detail.find(file), std::string::npos) << error.detail;
        std::filesystem::rename(folder_.file("aside"), folder_.file(file));
    }
    EXPECT_NE(open(), nullptr);
}

TEST_F(EngineErrors, nameTheFileThatIsCutShortOnLoading) {
    for (const std::string file :
         {"pipeline/model_index.json", "pipeline/transformer/config.json", "pipeline/transformer/model.safetensors", "pipeline/vae/config.json",
          "pipeline/vae/diffusion_pytorch_model.safetensors", "text/model.safetensors", "text/tokenizer.model"}) {
        std::filesystem::copy_file(folder_.file(file), folder_.file("aside"));
        std::filesystem::resize_file(folder_.file(file), std::filesystem::file_size(folder_.file(file)) / 2);
        const auto error = load_error();
        EXPECT_EQ(error.code, ErrorCode::corrupt_file) << file << ": " << error.detail;
        EXPECT_NE(error.detail.find(file), std::string::npos) << error.detail;
        std::filesystem::rename(folder_.file("aside"), folder_.file(file));
    }
}

TEST_F(EngineErrors, tellAnUnknownArchitectureFromADamagedFile) {
    tests::TinyModel other;
    other.index["_class_name"] = "FluxPipeline";
    other.write(folder_.path());
    EXPECT_EQ(load_error().code, ErrorCode::unsupported_model);
}

TEST_F(EngineErrors, sayThatADeviceIsNotThere) {
    auto config = tests::tiny_config(folder_.path());
    config.device = "cuda:999";
    EXPECT_EQ(load_error(config).code, ErrorCode::device_unavailable);
    config.device = "abacus";
    EXPECT_EQ(load_error(config).code, ErrorCode::invalid_request);
    config.device = "cuda";
    if (!inference::choose_placement("auto", inference::Dtype::float32).on_cpu()) GTEST_SKIP() << "this machine has a CUDA device";
    EXPECT_EQ(load_error(config).code, ErrorCode::device_unavailable);
}

TEST_F(EngineErrors, refuseSizesThatTheModelCannotMake) {
    const auto engine = open();
    for (const int side : {-8, 4, 12, 33, 100'000}) {
        EXPECT_EQ(draw_error(*engine, [&](auto& r) { r.width = side; }).code, ErrorCode::invalid_request) << side;
        EXPECT_EQ(draw_error(*engine, [&](auto& r) { r.height = side; }).code, ErrorCode::invalid_request) << side;
    }
}

TEST_F(EngineErrors, refuseFieldsOutOfBounds) {
    const auto engine = open();
    EXPECT_EQ(draw_error(*engine, [](auto& r) { r.num_inference_steps = 1001; }).code, ErrorCode::invalid_request);
    EXPECT_EQ(draw_error(*engine, [](auto& r) { r.guidance_scale = std::nan(""); }).code, ErrorCode::invalid_request);
    EXPECT_EQ(draw_error(*engine, [](auto& r) { r.num_images = 0; }).code, ErrorCode::invalid_request);
    EXPECT_EQ(draw_error(*engine, [](auto& r) { r.batch_size = 65; }).code, ErrorCode::invalid_request);
    EXPECT_EQ(draw_error(*engine, [](auto& r) { r.prompt = std::string(100'000, 'x'); }).code, ErrorCode::invalid_request);
    EXPECT_EQ(draw_error(*engine, [](auto& r) { r.prompt = "\xff"; }).code, ErrorCode::invalid_request);
    EXPECT_EQ(draw_error(*engine, [](auto& r) { r.model_id = "another"; }).code, ErrorCode::model_not_found);
}

TEST_F(EngineErrors, refuseAJobThatDoesNotFitIntoMemoryBeforeItTakesAny) {
    const auto engine = open();
    const auto before = inference::peak_memory_bytes();
    const auto error = draw_error(*engine, [](auto& r) {
        r.width = r.height = 4096;
        r.num_images = r.batch_size = 64;
    });
    EXPECT_EQ(error.code, ErrorCode::out_of_memory);
    EXPECT_NE(error.detail.find("4096 x 4096"), std::string::npos) << error.detail;
    EXPECT_LT(inference::peak_memory_bytes() - before, 64 << 20);
}

TEST_F(EngineErrors, refuseInitialLatentsThatDoNotFit) {
    const auto engine = open();
    const auto with = [&](const std::map<std::string, torch::Tensor>& tensors) {
        const auto path = folder_.file("latents.safetensors");
        inference::write_safetensors(path, tensors);
        const auto error = draw_error(*engine, [&](auto& r) { r.initial_latents_path = path; });
        EXPECT_NE(error.detail.find("latents.safetensors"), std::string::npos) << error.detail;
        return error.code;
    };
    for (const auto& shape :
         std::vector<std::vector<std::int64_t>>{{4, 8, 8}, {1, 4, 8, 9}, {1, 3, 8, 8}, {2, 4, 8, 8}, {0, 4, 8, 8}, {1, 1, 4, 8, 8}}) {
        EXPECT_EQ(with({{"latents", torch::zeros(shape)}}), ErrorCode::invalid_request);
    }
    auto latents = torch::zeros({1, 4, 8, 8});
    EXPECT_EQ(with({{"noise", latents}}), ErrorCode::corrupt_file);
    EXPECT_EQ(with({{"latents", latents.to(torch::kInt64)}}), ErrorCode::corrupt_file);
    for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        latents[0][3][7][7] = value;
        EXPECT_EQ(with({{"latents", latents}}), ErrorCode::corrupt_file);
    }
    EXPECT_EQ(draw_error(*engine, [&](auto& r) { r.initial_latents_path = folder_.file("none"); }).code, ErrorCode::io);
    EXPECT_EQ(draw_error(*engine, [&](auto& r) { r.initial_latents_path = folder_.write("text", "no tensors here"); }).code, ErrorCode::corrupt_file);
    EXPECT_EQ(draw_error(*engine, [&](auto& r) { r.initial_latents_path = folder_.path(); }).code, ErrorCode::corrupt_file);
}

TEST_F(EngineErrors, keepThePicturesWhenLatentsCannotBeSaved) {
    const auto engine = open();
    GenerationCallbacks callbacks;
    callbacks.save_latents_path = folder_.file("no/such/folder.safetensors");
    const auto drawn = draw(*engine, tiny_request(), {}, callbacks);
    ASSERT_FALSE(drawn.summary);
    EXPECT_EQ(drawn.summary.error().code, ErrorCode::io);
    EXPECT_EQ(drawn.images.size(), 1u);
    EXPECT_TRUE(draw(*engine, tiny_request()).summary);
}

TEST_F(EngineErrors, leaveALoadedEngineUsableWhenItsFilesAreReplaced) {
    const auto engine = open();
    const auto before = draw(*engine, tiny_request());
    auto rounded = tiny_request();
    rounded.dtype = inference::Dtype::bfloat16;  // asks for the weights anew
    for (const std::string file :
         {"pipeline/transformer/model.safetensors", "pipeline/vae/diffusion_pytorch_model.safetensors", "text/model.safetensors"}) {
        std::filesystem::copy_file(folder_.file(file), folder_.file("aside"));
        replace(file, "rubbish that is no tensor file");
        const auto drawn = draw(*engine, rounded);
        ASSERT_FALSE(drawn.summary) << file;
        EXPECT_EQ(drawn.summary.error().code, ErrorCode::corrupt_file) << drawn.summary.error().detail;
        const auto after = draw(*engine, tiny_request());
        ASSERT_TRUE(after.summary) << after.summary.error().detail;
        EXPECT_EQ(after.images.front().pixels, before.images.front().pixels);
        std::filesystem::rename(folder_.file("aside"), folder_.file(file));
    }
    EXPECT_TRUE(draw(*engine, rounded).summary);
}

TEST_F(EngineErrors, keepWhatACallbackThrowsInside) {
    const auto engine = open();
    GenerationCallbacks callbacks;
    callbacks.on_step = [](const inference::StepProgress&) { throw std::runtime_error("the listener broke"); };
    const auto drawn = draw(*engine, tiny_request(), {}, callbacks);
    ASSERT_FALSE(drawn.summary);
    EXPECT_EQ(drawn.summary.error(), (Error{ErrorCode::internal, "the listener broke"}));
    EXPECT_TRUE(draw(*engine, tiny_request()).summary);
}

TEST_F(EngineErrors, turnEveryExceptionIntoItsCode) {
    const auto code_of = [](const std::function<void()>& run) {
        bool freed = false;
        const auto result = inference::guarded([&] { run(); }, [&] { freed = true; });
        EXPECT_FALSE(result);
        EXPECT_EQ(freed, !result && result.error().code == ErrorCode::out_of_memory);
        return result ? ErrorCode::internal : result.error().code;
    };
    EXPECT_EQ(code_of([] { inference::fail(ErrorCode::unsupported_model, "x"); }), ErrorCode::unsupported_model);
    EXPECT_EQ(code_of([] { inference::fail(ErrorCode::out_of_memory, "x"); }), ErrorCode::out_of_memory);
    EXPECT_EQ(code_of([] { throw std::bad_alloc(); }), ErrorCode::out_of_memory);
    EXPECT_EQ(code_of([] { throw std::logic_error("x"); }), ErrorCode::internal);
    EXPECT_EQ(code_of([] { throw 1; }), ErrorCode::internal);
    EXPECT_EQ(code_of([] { TORCH_CHECK(false, "x"); }), ErrorCode::internal);
    EXPECT_EQ(code_of([] { torch::empty({std::int64_t{1} << 60}, torch::kUInt8); }), ErrorCode::out_of_memory);
}

TEST_F(EngineErrors, giveWhatWentWellBack) {
    EXPECT_EQ(*inference::guarded([] { return 5; }), 5);
    EXPECT_TRUE(inference::guarded([] {}));
}

}  // namespace
