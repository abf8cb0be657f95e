// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/evaluation_prompts.h"
#include "app/feedback/pixel_statistics.h"
#include "app/feedback/raters.h"
#include "tests/app/app_test.h"

#include <algorithm>
#include <array>
#include <cmath>

using app::PixelStatistic;
using inference::PixelBuffer;

namespace {

template <typename Colour> PixelBuffer paint(int side, int channels, Colour colour) {
    PixelBuffer pixels{side, side, channels, {}};
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            const std::array<int, 4> c = colour(x, y);
            for (int i = 0; i < channels; ++i) pixels.bytes.push_back(static_cast<std::uint8_t>(c[static_cast<std::size_t>(i)]));
        }
    }
    return pixels;
}

PixelBuffer plain(int red, int green, int blue, int alpha = 255) {
    return paint(64, 4, [=](int, int) { return std::array{red, green, blue, alpha}; });
}

double measure(const PixelBuffer& pixels, PixelStatistic which) { return app::pixelStatistics(pixels)[static_cast<std::size_t>(which)]; }

double scoreOf(const char* rater, const PixelBuffer& pixels, const std::string& prompt = "a chair") {
    return (*app::findRater(rater)->scores({{pixels, prompt}}))[0];
}

}  // namespace

class RatersTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatTheGateTriesIsInNeitherHalf() {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const auto split = app::evaluationPrompts(seed);
            QCOMPARE(split.rating.size(), std::size_t{32});
            QCOMPARE(split.evaluation.size(), std::size_t{24});
            QCOMPARE(split.proof.size(), std::size_t{12});
            for (const auto& prompt : split.proof) {
                QVERIFY(std::find(split.rating.begin(), split.rating.end(), prompt) == split.rating.end());
                QVERIFY(std::find(split.evaluation.begin(), split.evaluation.end(), prompt) == split.evaluation.end());
            }
        }
    }
    void aPictureIsMeasuredAsItLooksOverWhite() {
        QVERIFY(std::abs(measure(plain(200, 0, 0, 0), PixelStatistic::brightness) - 1.0) < 1e-9);
        QVERIFY(std::abs(measure(plain(200, 0, 0, 0), PixelStatistic::warmth)) < 1e-9);
        QCOMPARE(measure(plain(200, 0, 0, 0), PixelStatistic::coverage), 0.0);
        QVERIFY(measure(plain(255, 0, 0), PixelStatistic::warmth) > 0.99);
        QVERIFY(measure(plain(255, 0, 0), PixelStatistic::hue_red) > 0.95);
        QVERIFY(measure(plain(0, 255, 255), PixelStatistic::hue_cyan) > 0.95);
        QVERIFY(measure(plain(0, 0, 0), PixelStatistic::empty_space) == 1.0);
        const auto opaque = app::overWhite(plain(255, 0, 0, 128));
        QCOMPARE(opaque.channels, 3);
        QCOMPARE(int(opaque.bytes[0]), 255);
        QCOMPARE(int(opaque.bytes[1]), 127);
    }

    void linesSymmetryAndTextureAreTold() {
        const auto standing = paint(64, 3, [](int x, int) { return x / 8 % 2 == 0 ? std::array{0, 0, 0, 0} : std::array{255, 255, 255, 0}; });
        const auto lying = paint(64, 3, [](int, int y) { return y / 8 % 2 == 0 ? std::array{0, 0, 0, 0} : std::array{255, 255, 255, 0}; });
        const auto checks = paint(64, 3, [](int x, int y) { return (x + y) % 2 == 0 ? std::array{0, 0, 0, 0} : std::array{255, 255, 255, 0}; });
        QVERIFY(measure(standing, PixelStatistic::upright_lines) > 0.9);
        QVERIFY(measure(lying, PixelStatistic::upright_lines) < 0.1);
        QVERIFY(measure(checks, PixelStatistic::fine_texture) > measure(standing, PixelStatistic::fine_texture) + 0.2);
        const auto left = paint(64, 3, [](int x, int) { return x < 32 ? std::array{0, 0, 0, 0} : std::array{255, 255, 255, 0}; });
        QVERIFY(std::abs(measure(left, PixelStatistic::mirror_symmetry) + 1.0) < 1e-9);
        QVERIFY(std::abs(measure(left, PixelStatistic::flip_symmetry)) < 1e-9);
    }

    void aLargeOrDamagedPictureIsNoTrouble() {
        const auto small = measure(plain(10, 120, 200), PixelStatistic::brightness);
        const auto large = measure(paint(1000, 3, [](int, int) { return std::array{10, 120, 200, 0}; }), PixelStatistic::brightness);
        QVERIFY(std::abs(small - large) < 1e-9);
        QCOMPARE(app::pixelStatistics({}), app::PixelStatistics{});
        QCOMPARE(app::pixelStatistics({10, 10, 3, {1, 2, 3}}), app::PixelStatistics{});
        for (const double value : app::pixelStatistics({1, 1, 3, {255, 255, 255}})) QVERIFY(std::isfinite(value));
    }

    void everyRaterPrefersWhatItsNameSays() {
        const auto red = plain(255, 60, 40);
        const auto blue = plain(40, 60, 255);
        QVERIFY(scoreOf("warmth", red) > scoreOf("warmth", blue));
        QVERIFY(scoreOf("brightness", plain(255, 255, 255)) > scoreOf("brightness", red));
        QVERIFY(scoreOf("darkness", red) > scoreOf("darkness", plain(255, 255, 255)));
        QVERIFY(scoreOf("colourful", red) > scoreOf("colourful", plain(100, 100, 100)));
        QVERIFY(scoreOf("rare", plain(200, 0, 220)) > scoreOf("rare", blue));
        const auto busy = paint(64, 3, [](int x, int y) { return (x / 2 + y / 2) % 2 == 0 ? std::array{0, 0, 0, 0} : std::array{255, 255, 255, 0}; });
        QVERIFY(scoreOf("whitespace", red) > scoreOf("whitespace", busy));
        const auto left = paint(64, 3, [](int x, int) { return x < 32 ? std::array{0, 0, 0, 0} : std::array{255, 255, 255, 0}; });
        QVERIFY(scoreOf("symmetry", red) > scoreOf("symmetry", left));
        QVERIFY(scoreOf("mix", red) > scoreOf("mix", blue));
        QVERIFY(scoreOf("conditional", red, "a fox") > scoreOf("conditional", blue, "a fox"));
        QVERIFY(scoreOf("conditional", red, "a foxglove") < scoreOf("conditional", blue, "a foxglove"));
        QVERIFY(scoreOf("style", busy) > scoreOf("style", red));
        QVERIFY(scoreOf("null", red) != scoreOf("null", blue));
        QCOMPARE(scoreOf("null", red), scoreOf("null", red));
    }

    void anUnknownRaterIsAnsweredWithThoseThereAre() {
        const auto rater = app::findRater("nobody");
        QVERIFY(!rater);
        QVERIFY(rater.error().detail.find("warmth") != std::string::npos);
    }

    void starsFollowTheQuintilesWithNoiseAndLapses() {
        std::array<int, 6> counts = {};
        double agreement = 0.0;
        for (std::uint64_t i = 0; i < 4000; ++i) {
            const double z = app::normalFromCounter(1, i);
            const int stars = app::noisyStars(z, 2, i);
            ++counts[static_cast<std::size_t>(stars)];
            agreement += (stars - 3.0) * z;
        }
        QCOMPARE(counts[0], 0);
        for (std::size_t stars = 1; stars <= 5; ++stars) QVERIFY(counts[stars] > 500 && counts[stars] < 1200);
        QVERIFY(agreement > 3000.0);
        int lapses = 0;
        for (std::uint64_t i = 0; i < 4000; ++i) lapses += app::noisyStars(5.0, 2, i) < 5 ? 1 : 0;
        QVERIFY(lapses > 100 && lapses < 220);
        QCOMPARE(app::noisyStars(0.3, 7, 11), app::noisyStars(0.3, 7, 11));
    }
};

APP_TEST(raters, RatersTest)
#include "raters_test.moc"
