// SPDX-License-Identifier: Apache-2.0
// LocalEngine on the tiny model: requests in, pictures out.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include <gtest/gtest.h>

#include <ATen/CPUGeneratorImpl.h>

#include "inference/weights/safetensors.h"
#include "tests/inference/tiny_engine.h"

namespace {

using inference::GenerationCallbacks;
using inference::GenerationRequest;
using inference::PixelBuffer;
using tests::draw;
using tests::tiny_request;

/// Largest difference between two pictures in steps of 1/255.
int largest_difference(const PixelBuffer& a, const PixelBuffer& b) {
    if (a.width != b.width || a.height != b.height || a.channels != b.channels || a.bytes.size() != b.bytes.size()) return 256;
    int largest = 0;
    for (std::size_t i = 0; i < a.bytes.size(); ++i) largest = std::max(largest, std::abs(int{a.bytes[i]} - int{b.bytes[i]}));
    return largest;
}

int distinct_bytes(const PixelBuffer& pixels) {
    auto bytes = pixels.bytes;
    std::sort(bytes.begin(), bytes.end());
    return static_cast<int>(std::unique(bytes.begin(), bytes.end()) - bytes.begin());
}

class TinyEngine : public testing::Test {
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
    static PixelBuffer picture(const GenerationRequest& request) {
        auto drawn = draw(tiny(), request);
        EXPECT_TRUE(drawn.summary) << drawn.summary.error().detail;
        return drawn.images.empty() ? PixelBuffer{} : drawn.images.front().pixels;
    }

private:
    static inline std::unique_ptr<tests::TemporaryFolder> folder_;
    static inline std::unique_ptr<inference::Engine> shared_;
};

TEST_F(TinyEngine, saysWhatTheModelIs) {
    const auto& model = tiny().model();
    EXPECT_EQ(model.name, "Tiny");
    EXPECT_EQ(model.id.size(), 64u);
    EXPECT_EQ(model.path, folder().file("pipeline"));
    EXPECT_EQ(model.native_sizes, (std::vector<inference::ImageSize>{{32, 32}}));
    EXPECT_EQ(model.size_multiple, 8);
    EXPECT_EQ(model.image_channels, 4);
    EXPECT_EQ(model.latent_channels, 4);
    EXPECT_EQ(model.default_steps, 4);
    EXPECT_EQ(model.default_guidance_scale, 2.0);
    EXPECT_EQ(model.device, "cpu");
    EXPECT_EQ(model.dtype, "float32");
    EXPECT_GT(model.parameters, 10'000);
    const std::int64_t vocabulary = 512 * 32;  // of which only a prompt's rows are read
    EXPECT_EQ(model.weights_bytes, 4 * (model.parameters - vocabulary));
}

TEST_F(TinyEngine, drawsAPictureOfTheNativeSizeWhenNothingElseIsAsked) {
    const auto drawn = draw(tiny(), tiny_request());
    ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
    ASSERT_EQ(drawn.images.size(), 1u);
    const auto& image = drawn.images.front();
    EXPECT_EQ(image.pixels.width, 32);
    EXPECT_EQ(image.pixels.height, 32);
    EXPECT_EQ(image.pixels.channels, 4);
    EXPECT_EQ(image.pixels.bytes.size(), 32u * 32u * 4u);
    EXPECT_GT(distinct_bytes(image.pixels), 16) << "a flat picture proves nothing";
    EXPECT_EQ(image.request.width, 32);
    EXPECT_EQ(image.request.num_inference_steps, 4);
    EXPECT_EQ(image.request.guidance_scale, 2.0);
    EXPECT_EQ(image.request.model_id, tiny().model().id);
    EXPECT_EQ(drawn.summary->images, 1);
}

TEST_F(TinyEngine, drawsTheSamePixelsForTheSameRequest) { EXPECT_EQ(picture(tiny_request()), picture(tiny_request())); }

TEST_F(TinyEngine, drawsAnotherPictureForAnotherSeedPromptOrGuidance) {
    const auto first = picture(tiny_request());
    auto seed = tiny_request(), prompt = tiny_request(), guidance = tiny_request();
    seed.seed = 8;
    prompt.prompt = "a blue house";
    guidance.guidance_scale = 6.0;
    EXPECT_NE(picture(seed), first);
    EXPECT_NE(picture(prompt), first);
    EXPECT_NE(picture(guidance), first);
}

TEST_F(TinyEngine, drawsABatchAsItsImagesAlone) {
    auto request = tiny_request();
    request.num_images = 5;
    request.batch_size = 2;
    const auto together = draw(tiny(), request);
    ASSERT_TRUE(together.summary) << together.summary.error().detail;
    ASSERT_EQ(together.images.size(), 5u);
    EXPECT_EQ(together.summary->images, 5);
    for (std::size_t i = 0; i < together.images.size(); ++i) {
        const auto& image = together.images[i];
        EXPECT_EQ(image.index, static_cast<int>(i));
        EXPECT_EQ(image.request.seed, 7 + i);
        EXPECT_EQ(image.request.num_images, 1);
        EXPECT_LE(largest_difference(picture(image.request), image.pixels), 1) << "image " << i;
    }
}

TEST_F(TinyEngine, countsSeedsOnPastTheLargestOne) {
    auto request = tiny_request(), zero = tiny_request();
    request.seed = std::numeric_limits<std::uint64_t>::max();
    request.num_images = 2;
    zero.seed = 0;
    const auto drawn = draw(tiny(), request);
    ASSERT_EQ(drawn.images.size(), 2u);
    EXPECT_EQ(drawn.images[1].request.seed, 0u);
    EXPECT_EQ(drawn.images[1].pixels, picture(zero));
}

TEST_F(TinyEngine, switchesGuidanceOffAtOneWhateverTheNegativePromptSays) {
    auto plain = tiny_request(), negative = tiny_request();
    plain.guidance_scale = negative.guidance_scale = 1.0;
    negative.negative_prompt = "a green star";
    EXPECT_EQ(picture(plain), picture(negative));
    plain.guidance_scale = negative.guidance_scale = 3.0;
    EXPECT_NE(picture(plain), picture(negative));
}

TEST_F(TinyEngine, drawsOtherSizesAndASingleStep) {
    auto request = tiny_request();
    request.width = 40;
    request.height = 8;
    request.num_inference_steps = 1;
    const auto pixels = picture(request);
    EXPECT_EQ(pixels.width, 40);
    EXPECT_EQ(pixels.height, 8);
}

TEST_F(TinyEngine, drawsAnEmptyPromptAndStrangeOnes) {
    for (const std::string prompt : {"", " ", "\x01\x02\t\n\x7f", "🐱👩‍👩‍👧", "\u202eتفاحة حمراء", "<bos><eos><pad>"}) {
        auto request = tiny_request();
        request.prompt = prompt;
        EXPECT_EQ(picture(request).width, 32) << prompt;
    }
}

TEST_F(TinyEngine, cutsALongPromptAtTheModelsLimit) {
    auto longer = tiny_request(), longest = tiny_request();
    longer.prompt = longest.prompt = std::string(1000, 'x');
    longest.prompt += std::string(60'000, 'y');
    EXPECT_EQ(picture(longer), picture(longest));
}

TEST_F(TinyEngine, runsInBfloat16OnRequestAndComesBack) {
    const auto exact = picture(tiny_request());
    auto rounded = tiny_request();
    rounded.dtype = inference::Dtype::bfloat16;
    const auto pixels = picture(rounded);
    EXPECT_NE(pixels, exact) << "bfloat16 was not used";
    EXPECT_EQ(picture(tiny_request()), exact);
}

TEST_F(TinyEngine, givesTheSameRequestAsItsImagesAskFor) {
    auto request = tiny_request();
    request.num_images = 3;
    const auto drawn = draw(tiny(), request);
    auto expected = inference::with_defaults(request, tiny().model());
    ASSERT_EQ(drawn.images.size(), 3u);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(drawn.images[static_cast<std::size_t>(i)].request, inference::request_for_image(expected, i));
}

TEST_F(TinyEngine, reportsEachStepInOrder) {
    auto request = tiny_request();
    request.num_images = 3;
    request.batch_size = 2;
    const auto drawn = draw(tiny(), request);
    ASSERT_EQ(drawn.steps.size(), 8u);  // two batches of four steps
    double fraction = 0.0, elapsed = 0.0;
    for (std::size_t i = 0; i < drawn.steps.size(); ++i) {
        const auto& step = drawn.steps[i];
        EXPECT_EQ(step.step, static_cast<int>(i % 4) + 1);
        EXPECT_EQ(step.num_steps, 4);
        EXPECT_EQ(step.num_images, 3);
        EXPECT_EQ(step.first_image, i < 4 ? 0 : 2);
        EXPECT_EQ(step.batch_size, i < 4 ? 2 : 1);
        EXPECT_GT(step.fraction, fraction);
        EXPECT_GE(step.elapsed_ms, elapsed);
        EXPECT_GE(step.remaining_ms, 0.0);
        fraction = step.fraction;
        elapsed = step.elapsed_ms;
    }
    EXPECT_LT(fraction, 1.0);  // the last image is still to be decoded
}

TEST_F(TinyEngine, keepsThePromptsOfEarlierRequests) {
    auto request = tiny_request();
    request.prompt = "a pink boat that nobody asked for before";
    const auto first = draw(tiny(), request), second = draw(tiny(), request);
    ASSERT_TRUE(first.summary && second.summary);
    EXPECT_EQ(first.images.front().pixels, second.images.front().pixels);
}

TEST_F(TinyEngine, previewsWithinTheirIntervalAndBudget) {
    auto request = tiny_request();
    request.num_inference_steps = 1000;
    const auto drawn = draw(tiny(), request);
    ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
    double last = -1e9;
    int previews = 0;
    for (const auto& step : drawn.steps) {
        if (step.previews.empty()) continue;
        ASSERT_EQ(step.previews.size(), 1u);
        EXPECT_EQ(step.previews.front().width, 32);
        EXPECT_EQ(step.previews.front().channels, 4);
        EXPECT_LT(step.step, step.num_steps);
        // Both times are read after the preview was made; it may itself have taken a moment longer or shorter.
        EXPECT_GE(step.elapsed_ms - last, 250.0 - 25.0);
        last = step.elapsed_ms;
        ++previews;
    }
    EXPECT_GE(previews, 1);
    EXPECT_LE(previews, 1 + static_cast<int>(drawn.summary->elapsed_ms / 250.0));
    EXPECT_LE(drawn.summary->preview_ms, 0.03 * drawn.summary->elapsed_ms + 20.0) << "of " << drawn.summary->elapsed_ms;
}

TEST_F(TinyEngine, makesNoPreviewWhenNoneIsWanted) {
    auto request = tiny_request();
    request.num_inference_steps = 200;
    GenerationCallbacks callbacks;
    callbacks.preview_interval_ms = 0;
    const auto drawn = draw(tiny(), request, {}, callbacks);
    for (const auto& step : drawn.steps) EXPECT_TRUE(step.previews.empty());
    EXPECT_EQ(drawn.summary->preview_ms, 0.0);
}

TEST_F(TinyEngine, drawsWithoutAnyCallback) {
    const auto summary = tiny().generate(tiny_request(), {}, {});
    ASSERT_TRUE(summary) << summary.error().detail;
    EXPECT_EQ(summary->images, 1);
}

TEST_F(TinyEngine, startsFromTheLatentsOfAFile) {
    auto request = tiny_request();
    request.num_images = 2;
    const auto drawn = draw(tiny(), request);
    auto from_file = request;
    from_file.seed = 999;  // must not matter
    from_file.initial_latents_path = folder().file("noise.safetensors");
    const auto options = torch::TensorOptions().dtype(torch::kFloat32);
    auto noise = torch::empty({2, 4, 8, 8}, options);
    for (std::int64_t i = 0; i < 2; ++i) {
        const auto generator = at::make_generator<at::CPUGeneratorImpl>(static_cast<std::uint64_t>(7 + i));
        noise[i].normal_(0, 1, generator);
    }
    inference::write_safetensors(from_file.initial_latents_path, {{"latents", noise}});
    const auto again = draw(tiny(), from_file);
    ASSERT_TRUE(again.summary) << again.summary.error().detail;
    ASSERT_EQ(again.images.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(again.images[i].pixels, drawn.images[i].pixels);
}

TEST_F(TinyEngine, savesTheFinalLatentsOfAllImages) {
    auto request = tiny_request();
    request.num_images = 3;
    request.batch_size = 2;
    GenerationCallbacks callbacks;
    callbacks.save_latents_path = folder().file("final.safetensors");
    ASSERT_TRUE(draw(tiny(), request, {}, callbacks).summary);
    const inference::SafetensorsFile file(callbacks.save_latents_path);
    EXPECT_EQ(file.entries().size(), 1u);
    const auto latents = file.read("latents");
    EXPECT_EQ(latents.sizes(), (std::vector<std::int64_t>{3, 4, 8, 8}));
    EXPECT_EQ(latents.scalar_type(), torch::kFloat32);
    EXPECT_TRUE(latents.isfinite().all().item<bool>());

    // Saved latents go back in as initial ones.
    request.initial_latents_path = callbacks.save_latents_path;
    const auto again = draw(tiny(), request);
    EXPECT_TRUE(again.summary) << again.summary.error().detail;
}

TEST_F(TinyEngine, givesEveryModelAnIdentityOfItsOwnWhereverItLies) {
    const tests::TemporaryFolder elsewhere;
    tests::TinyModel model;
    model.write(elsewhere.path());
    auto moved = tests::open_engine(tests::tiny_config(elsewhere.path()));
    ASSERT_TRUE(moved) << moved.error().detail;
    EXPECT_EQ((*moved)->model().id, tiny().model().id);
    moved->reset();
    model.autoencoder_weights["decoder.conv_out.bias"][0] += 1e-3;
    model.write(elsewhere.path());
    auto changed = tests::open_engine(tests::tiny_config(elsewhere.path()));
    ASSERT_TRUE(changed) << changed.error().detail;
    EXPECT_NE((*changed)->model().id, tiny().model().id);
}

TEST_F(TinyEngine, findsTheTextModelInsideThePipelineWhenItIsEmbedded) {
    const tests::TemporaryFolder elsewhere;
    tests::TinyModel model;
    model.transformer["llm_weights"] = "embedded";
    model.write(elsewhere.path());
    auto opened = tests::open_engine(tests::tiny_config(elsewhere.path()));
    ASSERT_TRUE(opened) << opened.error().detail;
    auto request = tiny_request();
    request.dtype = inference::Dtype::bfloat16;  // in float32 the factor of the embeddings is rounded for an external model only
    EXPECT_EQ(draw(**opened, request).images.front().pixels, picture(request));
}

TEST_F(TinyEngine, keepsItsCacheInTheFolderItIsGiven) {
    const tests::TemporaryFolder cache;
    auto config = tests::tiny_config(folder().path());
    config.cache_path = cache.file("models");
    for (int start = 0; start < 2; ++start) {
        auto opened = tests::open_engine(config);
        ASSERT_TRUE(opened) << opened.error().detail;
        EXPECT_EQ((*opened)->model().id, tiny().model().id);
        EXPECT_TRUE(std::filesystem::exists(config.cache_path + "/file-hashes.json"));
        EXPECT_TRUE(std::filesystem::exists(config.cache_path + "/preview-" + tiny().model().id + ".safetensors"));
    }
    cache.write("models/file-hashes.json", "{ not json");
    cache.write("models/preview-" + tiny().model().id + ".safetensors", "rubbish");
    auto opened = tests::open_engine(config);
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_EQ((*opened)->model().id, tiny().model().id);
}

TEST_F(TinyEngine, reportsItsLoadingFromNothingToAll) {
    std::vector<double> fractions;
    auto opened = inference::make_local_engine(tests::tiny_config(folder().path()),
                                               [&](const inference::LoadProgress& progress) { fractions.push_back(progress.fraction); }, {});
    ASSERT_TRUE(opened) << opened.error().detail;
    ASSERT_GE(fractions.size(), 3u);
    EXPECT_EQ(fractions.front(), 0.0);
    EXPECT_EQ(fractions.back(), 1.0);
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
}

}  // namespace
