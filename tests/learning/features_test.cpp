// SPDX-License-Identifier: Apache-2.0
// What the frozen model sees in pictures, and how well it explains them.
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inference/learning/adapter_layout.h"
#include "inference/model/model_config.h"
#include "tests/inference/tiny_engine.h"
#include "tests/learning/pictures.h"
#include "tests/learning/random_adapter.h"

namespace {

using inference::ErrorCode;
using inference::PictureFeatures;
using inference::PictureQuery;
using tests::coloured_picture;

class Features : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<tests::TemporaryFolder>();
        tests::TinyModel().write(folder_->path());
        auto config = tests::tiny_config(folder_->path());
        config.adapters_path = folder_->file("adapters");
        auto opened = tests::open_engine(config);
        ASSERT_TRUE(opened) << opened.error().detail;
        engine_ = *std::move(opened);
    }
    static void TearDownTestSuite() {
        engine_.reset();
        folder_.reset();
    }
    static inference::LearningEngine& learning() { return *engine_->learning(); }
    static std::vector<PictureFeatures> features(const std::vector<PictureQuery>& pictures) {
        auto result = learning().features(pictures, {});
        EXPECT_TRUE(result) << result.error().detail;
        return result.value_or(std::vector<PictureFeatures>(pictures.size()));
    }
    static std::vector<double> losses(const std::vector<PictureQuery>& queries, const inference::DenoisingOptions& options = {}) {
        auto result = learning().denoising_losses(queries, options, {});
        EXPECT_TRUE(result) << result.error().detail;
        return result.value_or(std::vector<double>(queries.size()));
    }
    static double distance(const std::vector<float>& a, const std::vector<float>& b) {
        EXPECT_EQ(a.size(), b.size());
        double sum = 0.0, size = 1e-12;
        for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
            sum += std::pow(a[i] - b[i], 2);
            size += std::pow(b[i], 2);
        }
        return std::sqrt(sum / size);
    }

    static inline std::unique_ptr<tests::TemporaryFolder> folder_;
    static inline std::unique_ptr<inference::Engine> engine_;
};

TEST_F(Features, areTheSameEachTimeAndCarryTheirVersion) {
    const PictureQuery picture{coloured_picture(32, 32, 4, 200, 30, 30), "a red apple", ""};
    const auto first = features({picture}), again = features({picture});
    EXPECT_EQ(first, again);
    EXPECT_EQ(first.front().version, learning().feature_version());
    EXPECT_GE(first.front().version.size(), 8u);
    // Two noise levels, mean and deviation over 32 channels: of two layers for the head (of three, two fall together here), of one for the judge.
    EXPECT_EQ(first.front().image.size(), 2u * 2u * 2u * 32u);
    EXPECT_EQ(first.front().judge.size(), 2u * 1u * 2u * 32u);
    EXPECT_EQ(first.front().prompt.size(), 32u);
}

TEST_F(Features, ofABatchAreThoseOfEachPictureAlone) {
    std::vector<PictureQuery> pictures;
    for (int i = 0; i < 5; ++i)
        pictures.push_back({coloured_picture(32, 32, i % 2 == 0 ? 4 : 3, 40 * i, 100, 200), i < 3 ? "a boat" : "two boats", ""});
    const auto together = features(pictures);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const auto alone = features({pictures[i]}).front();
        EXPECT_LT(distance(together[i].image, alone.image), 1e-4) << i;
        EXPECT_LT(distance(together[i].judge, alone.judge), 1e-4) << i;
        EXPECT_LT(distance(together[i].prompt, alone.prompt), 1e-4) << i;
    }
}

TEST_F(Features, tellPicturesAndPromptsApart) {
    const auto red = coloured_picture(32, 32, 4, 250, 10, 10), blue = coloured_picture(32, 32, 4, 10, 10, 250);
    const auto seen = features({{red, "a boat", ""}, {blue, "a boat", ""}, {red, "an apple", ""}});
    EXPECT_GT(distance(seen[0].image, seen[1].image), 1e-3);
    EXPECT_GT(distance(seen[0].judge, seen[1].judge), 1e-3);
    EXPECT_EQ(seen[0].prompt, seen[1].prompt);
    EXPECT_GT(distance(seen[0].prompt, seen[2].prompt), 1e-2);
}

TEST_F(Features, acceptPicturesOfAnySize) {
    const auto small = features({{coloured_picture(32, 32, 4, 120, 60, 200), "a boat", ""}}).front();
    const auto large = features({{coloured_picture(131, 97, 3, 120, 60, 200), "a boat", ""}}).front();
    ASSERT_EQ(small.image.size(), large.image.size());
    EXPECT_LT(distance(large.image, small.image), 0.2) << "the same flat colour, larger";
    EXPECT_EQ(features({{coloured_picture(1, 1, 4, 0, 0, 0), "", ""}}).front().image.size(), small.image.size());
}

TEST_F(Features, doNotSeeTheColourOfWhatIsTransparent) {
    const auto transparent = [](int red) {
        auto pixels = coloured_picture(32, 32, 4, red, 0, 0);
        for (std::size_t i = 3; i < pixels.bytes.size(); i += 4) pixels.bytes[i] = 0;
        return pixels;
    };
    EXPECT_EQ(features({{transparent(0), "a boat", ""}}), features({{transparent(255), "a boat", ""}}));
}

TEST_F(Features, areMeasuredWithoutAdapters) {
    const PictureQuery picture{coloured_picture(32, 32, 4, 200, 30, 30), "a red apple", ""};
    const auto before = features({picture});
    const inference::AdapterLayout layout(inference::read_pipeline_config(folder_->file("pipeline")).transformer);
    auto request = tests::tiny_request();
    request.adapters = {{tests::install_adapter(folder_->file("adapters"), tests::random_adapter(layout, 2, 0.3, 1)), 1.0}};
    ASSERT_TRUE(tests::draw(*engine_, request).summary);
    EXPECT_EQ(features({picture}), before);
}

TEST_F(Features, refuseWhatIsNoPicture) {
    auto cut = coloured_picture(32, 32, 4, 1, 2, 3);
    cut.bytes.pop_back();
    auto grey = coloured_picture(32, 32, 4, 1, 2, 3);
    grey.channels = 1;
    for (const auto& pixels : {inference::PixelBuffer{}, cut, grey}) {
        const auto result = learning().features({{pixels, "", ""}}, {});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::invalid_request);
        EXPECT_FALSE(learning().denoising_losses({{pixels, "", ""}}, {}, {}));
    }
}

TEST_F(Features, canBeCancelled) {
    std::stop_source source;
    source.request_stop();
    const PictureQuery picture{coloured_picture(32, 32, 4, 200, 30, 30), "a red apple", ""};
    EXPECT_EQ(learning().features({picture}, source.get_token()).error().code, ErrorCode::cancelled);
    EXPECT_EQ(learning().denoising_losses({picture}, {}, source.get_token()).error().code, ErrorCode::cancelled);
}

TEST_F(Features, ofNothingAreNothing) {
    EXPECT_TRUE(features({}).empty());
    EXPECT_TRUE(losses({}).empty());
}

TEST_F(Features, denoisingLossesShareTheirDraws) {
    const PictureQuery apple{coloured_picture(32, 32, 4, 200, 30, 30), "a red apple", ""}, boat{apple.pixels, "a boat", ""};
    const auto found = losses({apple, boat, apple});
    EXPECT_GT(found[0], 0.0);
    EXPECT_NEAR(found[0], found[2], 1e-6 * found[0]);
    EXPECT_NE(found[0], found[1]);
    EXPECT_NEAR(losses({boat}).front(), found[1], 1e-5 * found[1]) << "alone or beside others";
    inference::DenoisingOptions other;
    other.seed = 1;
    EXPECT_NE(losses({apple}, other).front(), found[0]);
}

TEST_F(Features, denoisingLossesOfManyPicturesAndPromptsAreThoseOfEachAlone) {
    std::vector<PictureQuery> queries;
    for (int picture = 0; picture < 11; ++picture) {  // more than are encoded together, of two sizes
        const auto pixels = coloured_picture(picture == 4 ? 48 : 32, 32, 4, 20 * picture, 100, 50);
        for (int prompt = 0; prompt < 3; ++prompt) queries.push_back({pixels, "prompt " + std::to_string(prompt * (picture % 2)), ""});
    }
    inference::DenoisingOptions options;
    options.draws = 3;
    const auto together = losses(queries, options);
    for (std::size_t i = 0; i < queries.size(); ++i) {
        const double alone = losses({queries[i]}, options).front();
        EXPECT_NEAR(together[i], alone, 1e-5 * alone) << i;
    }
}

TEST_F(Features, denoisingLossesFollowTheAdapter) {
    const PictureQuery apple{coloured_picture(32, 32, 4, 200, 30, 30), "a red apple", ""};
    const inference::AdapterLayout layout(inference::read_pipeline_config(folder_->file("pipeline")).transformer);
    inference::DenoisingOptions options;
    options.adapters = {{tests::install_adapter(folder_->file("adapters"), tests::random_adapter(layout, 2, 0.3, 5)), 0.0}};
    EXPECT_EQ(losses({apple}, options), losses({apple}));
    options.adapters.front().strength = 1.0;
    EXPECT_NE(losses({apple}, options), losses({apple}));
}

TEST_F(Features, denoisingLossesNeedASensibleNumberOfDraws) {
    const PictureQuery apple{coloured_picture(32, 32, 4, 200, 30, 30), "a red apple", ""};
    for (const int draws : {0, -1, 100'000}) {
        inference::DenoisingOptions options;
        options.draws = draws;
        const auto result = learning().denoising_losses({apple}, options, {});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::invalid_request);
    }
}

}  // namespace
