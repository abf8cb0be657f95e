// SPDX-License-Identifier: Apache-2.0
// The best of several candidates: who is asked, who is given up, and that what is kept is an ordinary picture.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/record_function.h>

#include "inference/engine/batch_velocity.h"
#include "inference/engine/candidates.h"
#include "inference/learning/adapter_layout.h"
#include "inference/model/model_config.h"
#include "inference/weights/safetensors.h"
#include "tests/inference/tiny_engine.h"
#include "tests/learning/random_adapter.h"

namespace {

using inference::Candidate;
using inference::ErrorCode;
using inference::GenerationRequest;
using inference::PixelBuffer;
using inference::Sampler;
using Scores = std::vector<double>;

/// Largest difference between two pictures in steps of 1/255.
int largest_difference(const PixelBuffer& a, const PixelBuffer& b) {
    if (a.width != b.width || a.height != b.height || a.channels != b.channels || a.bytes.size() != b.bytes.size()) return 256;
    int largest = 0;
    for (std::size_t i = 0; i < a.bytes.size(); ++i) largest = std::max(largest, std::abs(int{a.bytes[i]} - int{b.bytes[i]}));
    return largest;
}

/// Pictures that go through the tiny model's first layer while it lives, those of the guidance and of the feature reader included, in each pass.
class PassCounter {
public:
    PassCounter() {
        const auto config = inference::read_pipeline_config(folder).transformer;
        patches_ = {config.in_channels * config.patch_size * config.patch_size, config.hidden_size};
        current_ = this;
        handle_ = at::addGlobalCallback(at::RecordFunctionCallback(&PassCounter::note).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
    }
    ~PassCounter() { at::removeCallback(handle_); }
    PassCounter(const PassCounter&) = delete;
    PassCounter& operator=(const PassCounter&) = delete;

    std::vector<std::int64_t> passes;

    static inline std::string folder;

private:
    static constexpr std::int64_t tokens = 16;  ///< of a native picture

    static std::unique_ptr<at::ObserverContext> note(const at::RecordFunction& call) {
        if (std::string(call.name()) != "aten::addmm" || call.inputs().size() < 3 || !call.inputs()[2].isTensor()) return nullptr;
        const auto weight = call.inputs()[2].toTensor();
        if (weight.sizes() == at::IntArrayRef(current_->patches_)) current_->passes.push_back(call.inputs()[1].toTensor().size(0) / tokens);
        return nullptr;
    }

    static inline PassCounter* current_ = nullptr;
    std::vector<std::int64_t> patches_;  ///< sides of the matrix that patches enter through
    at::CallbackHandle handle_ = 0;
};

class Candidates : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<tests::TemporaryFolder>();
        tests::TinyModel().write(folder_->path());
        PassCounter::folder = config().pipeline_path;
        auto opened = tests::open_engine(config());
        ASSERT_TRUE(opened) << opened.error().detail;
        shared_ = *std::move(opened);
    }
    static void TearDownTestSuite() {
        shared_.reset();
        folder_.reset();
    }
    static inference::EngineConfig config() {
        auto config = tests::tiny_config(folder_->path());
        config.adapters_path = folder_->file("adapters");
        return config;
    }
    static inference::Engine& tiny() { return *shared_; }
    static const tests::TemporaryFolder& folder() { return *folder_; }

    /// The engine draws the next request as if nothing had been.
    void TearDown() override { EXPECT_TRUE(tests::draw(tiny(), tests::tiny_request()).summary); }

    static GenerationRequest request(int candidates = 4) {
        auto request = tests::tiny_request();
        request.candidates = candidates;
        return request;
    }
    /// Draws with a judge who gives `answers` one after another; what it was shown lies in asked().
    tests::Drawn draw(inference::Engine& engine, const GenerationRequest& request, std::vector<Scores> answers, std::stop_token stop = {},
                      inference::GenerationCallbacks callbacks = {}) {
        asked_.clear();
        callbacks.judge = [this, answers = std::move(answers)](const std::vector<Candidate>& candidates) {
            asked_.push_back(candidates);
            return asked_.size() <= answers.size() ? answers[asked_.size() - 1] : Scores(candidates.size(), 0.0);
        };
        return tests::draw(engine, request, std::move(stop), callbacks);
    }
    tests::Drawn draw(const GenerationRequest& request, std::vector<Scores> answers) { return draw(tiny(), request, std::move(answers)); }
    const std::vector<std::vector<Candidate>>& asked() const { return asked_; }

    static PixelBuffer alone(const GenerationRequest& request, inference::Engine& engine = tiny()) {
        auto drawn = tests::draw(engine, request);
        EXPECT_TRUE(drawn.summary) << drawn.summary.error().detail;
        return drawn.images.empty() ? PixelBuffer{} : drawn.images.front().pixels;
    }
    /// That one picture came, that of the candidate, as it is drawn alone.
    static void expect_winner(const tests::Drawn& drawn, const GenerationRequest& request, int winner) {
        ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
        ASSERT_EQ(drawn.images.size(), 1u);
        const auto& image = drawn.images.front();
        EXPECT_EQ(image.request, inference::request_for_image(inference::with_defaults(request, tiny().model()), 0, winner));
        EXPECT_LE(largest_difference(image.pixels, alone(image.request)), 1) << "candidate " << winner;
    }

private:
    static inline std::unique_ptr<tests::TemporaryFolder> folder_;
    static inline std::unique_ptr<inference::Engine> shared_;
    std::vector<std::vector<Candidate>> asked_;
};

constexpr Sampler samplers[] = {Sampler::euler, Sampler::heun, Sampler::multistep2};

TEST_F(Candidates, winnerIsThePictureOfItsOwnRequestWithEachSampler) {
    for (const auto sampler : samplers) {
        auto four = request();
        four.sampler = sampler;
        four.num_inference_steps = 7;
        expect_winner(draw(four, {{4, 3, 2, 1}, {2, 1}}), four, 0);
        expect_winner(draw(four, {{1, 4, 2, 3}, {1, 2}}), four, 3);
        expect_winner(draw(four, {{1, 4, 2, 3}, {2, 1}}), four, 1);
        expect_winner(draw(four, {{-4, -8, -3, -9}, {-2, -1}}), four, 2);
    }
}

TEST_F(Candidates, judgeSeesAllFourOnTheWayAndTheBetterHalfDone) {
    auto four = request();
    four.num_inference_steps = 7;
    const auto drawn = draw(four, {{1, 4, 2, 3}, {1, 2}});
    ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
    ASSERT_EQ(asked().size(), 2u);
    ASSERT_EQ(asked()[0].size(), 4u);
    ASSERT_EQ(asked()[1].size(), 2u);
    EXPECT_EQ(drawn.summary->candidates_given_up, 2);
    const auto whole = inference::with_defaults(four, tiny().model());
    for (const std::size_t i : {0u, 1u}) {
        const auto done = alone(inference::request_for_image(whole, 0, i == 0 ? 1 : 3));
        EXPECT_LE(largest_difference(asked()[1][i].pixels, done), 1);
        EXPECT_NE(asked()[0][i == 0 ? 1 : 3].pixels, done) << "it was done already when it was judged the first time";
    }
    EXPECT_EQ(drawn.images.front().pixels, asked()[1][1].pixels);
    for (const auto& shown : asked()) {
        for (const auto& candidate : shown) {
            EXPECT_EQ(candidate.pixels.width, 32);
            EXPECT_EQ(candidate.pixels.channels, 4);
            EXPECT_EQ(candidate.features.version, tiny().learning()->feature_version());
        }
    }
}

TEST_F(Candidates, whatIsGivenUpRunsThroughTheModelNoMore) {
    auto four = request();
    four.num_inference_steps = 10;
    const inference::CandidatePlan plan(4, 10);
    const auto twice = [](int steps, int pictures) { return std::vector<std::int64_t>(static_cast<std::size_t>(steps), 2 * pictures); };
    std::vector<std::int64_t> expected = twice(plan.judged_after, 4);  // with guidance each picture goes twice
    expected.insert(expected.end(), {8, 8});                           // features: two noises at two levels
    const auto rest = twice(10 - plan.judged_after, 2);
    expected.insert(expected.end(), rest.begin(), rest.end());
    expected.insert(expected.end(), {4, 4});
    PassCounter counter;
    ASSERT_TRUE(draw(four, {{1, 4, 2, 3}, {1, 2}}).summary);
    EXPECT_EQ(counter.passes, expected);
}

TEST_F(Candidates, featuresAreThoseOfThePicturesWithoutAdapters) {
    const auto layout = inference::AdapterLayout(inference::read_pipeline_config(config().pipeline_path).transformer);
    const auto id = tests::install_adapter(config().adapters_path, tests::random_adapter(layout, 2, 0.3, 1));
    auto four = request();
    four.adapters = {{id, 1.0}};
    expect_winner(draw(four, {{1, 4, 2, 3}, {1, 2}}), four, 3);
    ASSERT_EQ(asked().size(), 2u);
    for (const auto& shown : asked()) {
        std::vector<inference::PictureQuery> pictures;
        for (const auto& candidate : shown) pictures.push_back({candidate.pixels, four.prompt, four.instruction});
        const auto features = tiny().learning()->features(pictures, {});
        ASSERT_TRUE(features) << features.error().detail;
        for (std::size_t i = 0; i < shown.size(); ++i) EXPECT_EQ(shown[i].features, (*features)[i]);
    }
}

TEST_F(Candidates, eachImageHasItsOwnAndOneWinner) {
    auto three = request();
    three.num_images = 3;
    three.batch_size = 2;
    const std::vector<Scores> together = {{4, 3, 2, 1}, {1, 2, 3, 4}, {1, 2}, {2, 1}, {1, 5, 5, 1}, {0, 0}};
    const auto drawn = draw(three, together);
    ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
    ASSERT_EQ(drawn.images.size(), 3u);
    EXPECT_EQ(drawn.summary->images, 3);
    EXPECT_EQ(drawn.summary->candidates_given_up, 6);
    const std::vector<std::uint64_t> seeds = {7 + 1, 7 + 4 + 2, 7 + 8 + 1};  // of equals the first
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(drawn.images[i].index, static_cast<int>(i));
        EXPECT_EQ(drawn.images[i].request.seed, seeds[i]);
        EXPECT_LE(largest_difference(drawn.images[i].pixels, alone(drawn.images[i].request)), 1);
    }
    three.batch_size = 1;
    const auto single = draw(three, {{4, 3, 2, 1}, {1, 2}, {1, 2, 3, 4}, {2, 1}, {1, 5, 5, 1}, {0, 0}});
    ASSERT_EQ(single.images.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(single.images[i].request, drawn.images[i].request);
}

TEST_F(Candidates, judgeIsAskedOnlyWhereThereIsAChoice) {
    expect_winner(draw(request(2), {{1, 2}}), request(2), 1);
    EXPECT_EQ(asked().size(), 1u) << "one of two is left: nothing to choose";
    expect_winner(draw(request(3), {{1, 3, 2}, {1, 2}}), request(3), 2);
    EXPECT_EQ(asked().size(), 2u);
    EXPECT_EQ(asked()[1].size(), 2u) << "half of three, rounded down, is given up";
    auto step = request();
    step.num_inference_steps = 1;
    const auto drawn = draw(step, {{1, 2, 4, 3}});
    expect_winner(drawn, step, 2);
    EXPECT_EQ(asked().size(), 1u) << "no step could be saved";
    EXPECT_EQ(asked()[0].size(), 4u);
    EXPECT_EQ(drawn.summary->candidates_given_up, 0);
    EXPECT_TRUE(draw(request(1), {}).summary);
    EXPECT_TRUE(asked().empty());
}

TEST_F(Candidates, winnersKeepTheReferencesCachedPositions) {
    auto four = request();
    four.upstream_cache_positions = true;
    expect_winner(draw(four, {{1, 4, 2, 3}, {1, 2}}), four, 3);
}

TEST_F(Candidates, areJudgedByTheWeightsThatDrawThem) {
    auto four = request();
    four.dtype = inference::Dtype::bfloat16;
    expect_winner(draw(four, {{1, 4, 2, 3}, {1, 2}}), four, 3);
    EXPECT_EQ(asked()[0].front().features.version, tiny().learning()->feature_version());
}

TEST_F(Candidates, withoutAJudgeAreRefused) {
    const auto drawn = tests::draw(tiny(), request());
    ASSERT_FALSE(drawn.summary);
    EXPECT_EQ(drawn.summary.error().code, ErrorCode::invalid_request);
    EXPECT_TRUE(drawn.steps.empty());
}

TEST_F(Candidates, scoresThatSayNothingAreAnError) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<std::vector<Scores>> bad = {{{1, 2, 3}},      {{1, 2, 3, 4, 5}},   {{}},
                                                  {{1, nan, 2, 3}}, {{1, 2, 3, 4}, {1}}, {{1, 2, 3, 4}, {nan, 1}}};
    for (const auto& answers : bad) {
        const auto drawn = draw(request(), answers);
        ASSERT_FALSE(drawn.summary);
        EXPECT_EQ(drawn.summary.error().code, ErrorCode::internal);
        EXPECT_NE(drawn.summary.error().detail.find("judge"), std::string::npos) << drawn.summary.error().detail;
        EXPECT_TRUE(drawn.images.empty());
    }
}

TEST_F(Candidates, oneThatCannotBeComparedNeverWins) {
    const double never = -std::numeric_limits<double>::infinity();
    expect_winner(draw(request(), {{never, 1, never, never}, {never, 1}}), request(), 1);
}

TEST_F(Candidates, stopEndsThemInAnyStepAndAtAnyQuestion) {
    for (int stop_at = 1; stop_at <= 4; ++stop_at) {
        std::stop_source source;
        inference::GenerationCallbacks callbacks;
        int steps = 0;
        callbacks.on_step = [&](const inference::StepProgress& step) {
            ++steps;
            if (step.step == stop_at) source.request_stop();
        };
        const auto drawn = draw(tiny(), request(), {}, source.get_token(), callbacks);
        ASSERT_FALSE(drawn.summary);
        EXPECT_EQ(drawn.summary.error().code, ErrorCode::cancelled);
        EXPECT_EQ(steps, stop_at);
        EXPECT_TRUE(drawn.images.empty());
    }
    for (std::size_t question = 1; question <= 2; ++question) {
        std::stop_source source;
        auto two = request();
        two.num_images = two.batch_size = 2;
        std::size_t questions = 0;
        inference::GenerationCallbacks callbacks;
        callbacks.judge = [&](const std::vector<Candidate>& candidates) {
            if (++questions == question) source.request_stop();
            return Scores(candidates.size(), 1.0);
        };
        const auto drawn = tests::draw(tiny(), two, source.get_token(), callbacks);
        ASSERT_FALSE(drawn.summary);
        EXPECT_EQ(drawn.summary.error().code, ErrorCode::cancelled);
        EXPECT_EQ(questions, question);
    }
}

TEST_F(Candidates, progressGoesForwardsAndShowsOnePictureAnImage) {
    auto three = request(5);
    three.num_images = 3;
    three.batch_size = 2;
    three.num_inference_steps = 200;
    inference::GenerationCallbacks callbacks;
    callbacks.preview_interval_ms = 20.0;
    const auto drawn = draw(tiny(), three, {}, {}, callbacks);
    ASSERT_TRUE(drawn.summary) << drawn.summary.error().detail;
    ASSERT_EQ(drawn.steps.size(), 400u);
    double fraction = 0.0, elapsed = 0.0;
    std::size_t previews = 0;
    for (std::size_t i = 0; i < drawn.steps.size(); ++i) {
        const auto& step = drawn.steps[i];
        EXPECT_EQ(step.step, static_cast<int>(i % 200) + 1);
        EXPECT_EQ(step.num_steps, 200);
        EXPECT_EQ(step.num_images, 3);
        EXPECT_EQ(step.first_image, i < 200 ? 0 : 2);
        EXPECT_EQ(step.batch_size, i < 200 ? 2 : 1);
        EXPECT_GT(step.fraction, fraction);
        EXPECT_GE(step.elapsed_ms, elapsed);
        EXPECT_GE(step.remaining_ms, 0.0);
        if (!step.previews.empty()) {
            EXPECT_EQ(step.previews.size(), static_cast<std::size_t>(step.batch_size));
        }
        previews += step.previews.size();
        fraction = step.fraction;
        elapsed = step.elapsed_ms;
    }
    EXPECT_GT(previews, 0u);
    EXPECT_LT(fraction, 1.0) << "the last pictures are still to be decoded and judged";
    EXPECT_GT(fraction, 0.97);
    EXPECT_GT(drawn.summary->judge_ms, 0.0);
}

TEST_F(Candidates, savedLatentsAreTheWinners) {
    auto two = request();
    two.num_images = 2;
    inference::GenerationCallbacks callbacks;
    callbacks.save_latents_path = folder().file("winners.safetensors");
    const auto drawn = draw(tiny(), two, {{1, 4, 2, 3}, {1, 2}, {4, 1, 2, 3}, {2, 1}}, {}, callbacks);
    ASSERT_EQ(drawn.images.size(), 2u);
    const auto latents = inference::SafetensorsFile(callbacks.save_latents_path).read("latents");
    ASSERT_EQ(latents.sizes(), (std::vector<std::int64_t>{2, 4, 8, 8}));
    for (std::int64_t i = 0; i < 2; ++i) {
        callbacks.save_latents_path = folder().file("one.safetensors");
        ASSERT_TRUE(tests::draw(tiny(), drawn.images[static_cast<std::size_t>(i)].request, {}, callbacks).summary);
        const auto one = inference::SafetensorsFile(callbacks.save_latents_path).read("latents");
        EXPECT_LT((one[0] - latents[i]).abs().max().item<double>(), 1e-4);
    }
}

TEST_F(Candidates, takeMoreMemoryAndGoInPartsWhereItIsShort) {
    struct Run {
        std::int64_t estimate, largest_pass;
    };
    const auto run = [this](inference::Engine& engine, int candidates) {
        auto large = request(candidates);
        large.width = large.height = 256;
        large.num_inference_steps = 2;
        const PassCounter counter;
        const auto drawn = draw(engine, large, {{1, 4, 2, 3}, {1, 2}});
        EXPECT_TRUE(drawn.summary) << drawn.summary.error().detail;
        return Run{drawn.summary ? drawn.summary->memory_estimate_bytes : 0, *std::max_element(counter.passes.begin(), counter.passes.end())};
    };
    const auto one = run(tiny(), 1), four = run(tiny(), 4);
    const auto expected = asked()[1][1].pixels;
    EXPECT_GT(four.estimate, one.estimate);
    EXPECT_EQ(four.largest_pass, 4 * one.largest_pass);

    auto small = config();
    small.memory_limit_bytes = tiny().model().weights_bytes + (one.estimate + four.estimate) / 2;
    auto opened = tests::open_engine(small);
    ASSERT_TRUE(opened) << opened.error().detail;
    const auto parts = run(**opened, 4);
    EXPECT_LE(parts.estimate, (one.estimate + four.estimate) / 2);
    EXPECT_LT(parts.largest_pass, four.largest_pass);
    EXPECT_LE(largest_difference(asked()[1][1].pixels, expected), 1);
}

TEST_F(Candidates, partsAreEqualAndNeverLargerThanAsked) {
    EXPECT_EQ(inference::equal_part(4, 4), 4);
    EXPECT_EQ(inference::equal_part(4, 9), 4);
    EXPECT_EQ(inference::equal_part(4, 3), 2);
    EXPECT_EQ(inference::equal_part(12, 5), 4);
    EXPECT_EQ(inference::equal_part(7, 6), 1);
    EXPECT_EQ(inference::equal_part(5, 0), 1);
}

TEST_F(Candidates, betterHalfKeepsTheFirstOfEquals) {
    EXPECT_EQ(inference::better_half({1, 4, 2, 3}), (std::vector<std::size_t>{1, 3}));
    EXPECT_EQ(inference::better_half({1, 1, 1, 1, 1}), (std::vector<std::size_t>{0, 1, 2}));
    EXPECT_EQ(inference::better_half({2, 7}), (std::vector<std::size_t>{1}));
    EXPECT_EQ(inference::better_half({7}), (std::vector<std::size_t>{0}));
    EXPECT_EQ(inference::best_of({1, 3, 3}), 1u);
}

}  // namespace
