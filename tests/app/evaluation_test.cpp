// SPDX-License-Identifier: Apache-2.0
#include "app/evaluation/command_rater.h"
#include "app/evaluation/counter_random.h"
#include "app/evaluation/metrics.h"
#include "app/evaluation/rater.h"
#include "tests/app/app_test.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <numbers>

using namespace Qt::StringLiterals;
using app::CounterRandom;
using app::RatedPicture;
using inference::ErrorCode;
using inference::PixelBuffer;

namespace {

constexpr int side = 32;

RatedPicture painted(const std::function<std::array<int, 4>(int, int)>& colour, int channels = 3, int group = 0) {
    PixelBuffer pixels{side, side, channels, {}};
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            const auto rgba = colour(x, y);
            for (int c = 0; c < channels; ++c) pixels.bytes.push_back(static_cast<std::uint8_t>(rgba[static_cast<size_t>(c)]));
        }
    }
    return {pixels, {}, group};
}

RatedPicture plain(int r, int g, int b, int a = 255, int channels = 3, int group = 0) {
    return painted([=](int, int) { return std::array{r, g, b, a}; }, channels, group);
}

double score(const QString& rater, const RatedPicture& picture) {
    const auto scores = app::makeRater(rater)->scores(std::span(&picture, 1));
    return scores ? scores->front() : std::nan("");
}

double phi(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

std::vector<double> normals(int count, double mean, double deviation, std::uint64_t seed) {
    std::vector<double> values;
    const CounterRandom random(seed);
    for (int i = 0; i < count; ++i) values.push_back(mean + deviation * random.normal(static_cast<std::uint64_t>(i)));
    return values;
}

app::FeatureRows rowsOf(const std::vector<double>& values) {
    app::FeatureRows rows;
    for (const double value : values) rows.push_back({static_cast<float>(value)});
    return rows;
}

}  // namespace

class EvaluationTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachRaterPrefersWhatItsNameSays() {
        QVERIFY(score(u"warmth"_s, plain(250, 120, 30)) > score(u"warmth"_s, plain(30, 120, 250)));
        QVERIFY(score(u"brightness"_s, plain(250, 250, 250)) > score(u"brightness"_s, plain(20, 20, 20)));
        QVERIFY(score(u"darkness"_s, plain(250, 250, 250)) < score(u"darkness"_s, plain(20, 20, 20)));
        const auto half = painted([](int x, int) { return x < side / 2 ? std::array{250, 20, 20, 255} : std::array{20, 20, 250, 255}; });
        QVERIFY(score(u"colourful"_s, half) > score(u"colourful"_s, plain(128, 128, 128)));
        const auto noise = painted([](int x, int y) {
            const int v = static_cast<int>(CounterRandom(1).below(256, static_cast<std::uint64_t>(y * side + x)));
            return std::array{v, v, v, 255};
        });
        QCOMPARE(score(u"whitespace"_s, plain(9, 9, 9)), 1.0);
        QVERIFY(score(u"whitespace"_s, noise) < 0.1);
        QCOMPARE(score(u"symmetry"_s, plain(9, 9, 9)), 0.0);
        QVERIFY(score(u"symmetry"_s, half) < score(u"symmetry"_s, plain(9, 9, 9)));
        const auto diagonal = painted([](int x, int y) { return (x + y) / 4 % 2 ? std::array{0, 0, 0, 255} : std::array{255, 255, 255, 255}; });
        const auto upright = painted([](int x, int) { return x / 4 % 2 ? std::array{0, 0, 0, 255} : std::array{255, 255, 255, 255}; });
        QVERIFY(score(u"stripes"_s, diagonal) > score(u"stripes"_s, upright) + 0.5);
        QVERIFY(score(u"rare"_s, plain(150, 60, 220)) > score(u"rare"_s, plain(220, 60, 60)));
        QVERIFY(score(u"mix"_s, plain(250, 120, 30)) > score(u"mix"_s, plain(30, 120, 250)));
    }

    void theConditionalRaterTurnsWithTheGroupOfThePrompt() {
        const double here = score(u"conditional"_s, plain(250, 120, 30, 255, 3, 0));
        QVERIFY(here > 0);
        QCOMPARE(score(u"conditional"_s, plain(250, 120, 30, 255, 3, 1)), -here);
    }

    void aTransparentPictureIsJudgedOverWhite() {
        // What lies under full transparency is seen by nobody.
        QCOMPARE(score(u"warmth"_s, plain(255, 0, 0, 0, 4)), 0.0);
        QCOMPARE(score(u"brightness"_s, plain(0, 0, 0, 0, 4)), score(u"brightness"_s, plain(255, 255, 255)));
    }

    void everyNameMakesARaterAndNothingElseDoes() {
        QCOMPARE(app::raterNames().size(), 11);
        for (const QString& name : app::raterNames()) {
            QVERIFY2(std::isfinite(score(name, plain(200, 100, 50))), qPrintable(name));
        }
        QVERIFY(!app::makeRater(u"beauty"_s));
    }

    void starsFollowTheScoreAndFillTheFifths() {
        const auto base = normals(2000, 3.0, 0.2, 5);
        const app::StarScale scale(base);
        std::array<int, 6> counts{};
        double sum_low = 0, sum_high = 0;
        for (size_t i = 0; i < base.size(); ++i) {
            const int stars = scale.stars(base[i], 7, i);
            QVERIFY(stars >= 1 && stars <= 5);
            ++counts[static_cast<size_t>(stars)];
            (scale.standardise(base[i]) < 0 ? sum_low : sum_high) += stars;
        }
        for (int stars = 1; stars <= 5; ++stars) QVERIFY2(counts[static_cast<size_t>(stars)] > 250, "each star is given often");
        QVERIFY(sum_high > 1.3 * sum_low);
        QCOMPARE(scale.stars(base[3], 7, 3), scale.stars(base[3], 7, 3));
    }

    void aScaleOfEqualScoresKnowsNoDifference() {
        const std::vector<double> equal(10, 2.0);
        const app::StarScale scale(equal);
        QCOMPARE(scale.standardise(99.0), 0.0);
    }

    void theWinRateOfAShiftIsWhatTheoryGives() {
        // For equal variances W = Phi(dz / sqrt 2).
        const double win = app::winRate(normals(1500, 1.19, 1.0, 1), normals(1500, 0.0, 1.0, 2));
        QVERIFY2(std::abs(win - phi(1.19 / std::numbers::sqrt2)) < 0.02, qPrintable(QString::number(win)));
        const std::vector<double> same{1.0, 2.0, 3.0};
        QCOMPARE(app::winRate(same, same), 0.5);
        QCOMPARE(app::winRate({}, same), 0.5);
    }

    void aTinyShiftOnTheSameSeedsIsATie() {
        const auto base = normals(50, 0, 1, 3);
        auto shifted = base;
        for (double& value : shifted) value += 0.1;
        QCOMPARE(app::sameSeedWinRate(shifted, base, 0.25), 0.5);
        QCOMPARE(app::sameSeedWinRate(shifted, base, 0.05), 1.0);
    }

    void pairAccuracyCountsOrderedPairsOnly() {
        const std::vector<double> truth{0.0, 1.0, 2.0, 2.05};
        int pairs = 0;
        QCOMPARE(app::pairAccuracy(truth, truth, 0.1, &pairs), 1.0);
        QCOMPARE(pairs, 5);
        const std::vector<double> reversed{3.0, 2.0, 1.0, 0.5};
        QCOMPARE(app::pairAccuracy(reversed, truth, 0.1), 0.0);
        const std::vector<double> silent(4, 1.0);
        QCOMPARE(app::pairAccuracy(silent, truth, 0.1), 0.5);
    }

    void theBootstrapIntervalCoversTheMeanAboutAsOftenAsItSays() {
        int covered = 0;
        constexpr int experiments = 200;
        for (int i = 0; i < experiments; ++i) {
            const auto estimate = app::bootstrapMean(normals(24, 0.6, 0.1, 100 + static_cast<std::uint64_t>(i)), 1, 400);
            if (estimate.low <= 0.6 && 0.6 <= estimate.high) ++covered;
        }
        QVERIFY2(covered > 0.86 * experiments && covered < experiments, qPrintable(QString::number(covered)));
        const std::vector<double> one{0.7};
        QCOMPARE(app::bootstrapMean(one).low, 0.7);
    }

    void matchedDiversityDoesNotBlameTasteForNarrowing() {
        // The only thing that varies is the rated attribute: a candidate that prefers its upper end is narrower, and rightly so.
        const auto base = normals(64, 0.0, 1.0, 11);
        const std::vector<double> best{1.2, 1.3, 1.4, 1.5, 1.25, 1.35};
        const double raw = app::meanPairwiseDistance(rowsOf(best)) / app::meanPairwiseDistance(rowsOf(base));
        QVERIFY2(raw < 0.3, "raw diversity falls");
        // What varies beside the taste must stay: here the second number does, and the candidate has lost it.
        app::FeatureRows wide, narrow;
        const CounterRandom random(9);
        for (size_t i = 0; i < base.size(); ++i) wide.push_back({0.1f * static_cast<float>(base[i]), static_cast<float>(random.normal(i))});
        for (size_t i = 0; i < best.size(); ++i) narrow.push_back({0.1f * static_cast<float>(best[i]), 0.0f});
        const double expected = app::ratingMatchedDistance(wide, base, best);
        QVERIFY(std::abs(expected - app::meanPairwiseDistance(wide)) < 0.35 * expected);
        QVERIFY2(app::meanPairwiseDistance(narrow) / expected < 0.2, "a collapse is seen");
        QVERIFY(std::isnan(app::ratingMatchedDistance({{1.0f}}, std::vector{0.0}, best)));
    }

    void fidelityIsTheShareOfPicturesTheirPromptExplainsBest() {
        const std::vector<app::PromptLosses> pictures{{0.4, {0.5, 0.6}}, {0.7, {0.5, 0.9}}};
        const auto result = app::fidelity(pictures);
        QCOMPARE(result.accuracy, 0.5);
        QVERIFY(std::abs(result.margin - 0.5 * ((0.55 - 0.4) / 0.55 + 0.0)) < 1e-12);
    }

    void anotherProgramRates() {
        const auto rater = command("while read path; do echo ${#path}; done");
        std::vector<RatedPicture> pictures(3);
        pictures[0].path = u"/a"_s;
        pictures[1].path = u"/a b c"_s;
        pictures[2].path = u"/그림.png"_s;
        const auto scores = rater->scores(pictures);
        QVERIFY2(scores, scores ? "" : scores.error().detail.c_str());
        QCOMPARE((*scores)[0], 2.0);
        QCOMPARE((*scores)[1], 6.0);
    }

    void thousandsOfPicturesDoNotBlockThePipes() {
        const auto rater = command("while read path; do echo 0.25; done");
        std::vector<RatedPicture> pictures(20000);
        for (auto& picture : pictures) picture.path = QString(60, QLatin1Char('x'));
        const auto scores = rater->scores(pictures);
        QVERIFY2(scores, scores ? "" : scores.error().detail.c_str());
        QCOMPARE(scores->size(), pictures.size());
    }

    void aProgramThatMisbehavesIsASentence_data() {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("says");
        QTest::addRow("fails") << u"echo out of paint >&2; exit 3"_s << u"out of paint"_s;
        QTest::addRow("too few") << u"cat > /dev/null; echo 1"_s << u"1 scores for 2"_s;
        QTest::addRow("too many") << u"cat > /dev/null; echo 1; echo 2; echo 3"_s << u"more scores"_s;
        QTest::addRow("no number") << u"cat > /dev/null; echo good; echo bad"_s << u"no score: \"good\""_s;
        QTest::addRow("not finite") << u"cat > /dev/null; echo nan; echo 1"_s << u"no score"_s;
        QTest::addRow("endless line") << u"cat > /dev/null; head -c 100000 /dev/zero | tr '\\0' 7; sleep 5"_s << u"no score"_s;
        QTest::addRow("silent") << u"sleep 60"_s << u"said nothing"_s;
    }
    void aProgramThatMisbehavesIsASentence() {
        QFETCH(QString, script);
        QFETCH(QString, says);
        const auto rater = command(script.toUtf8());
        std::vector<RatedPicture> pictures(2);
        for (auto& picture : pictures) picture.path = u"/a"_s;
        const auto scores = rater->scores(pictures);
        QVERIFY(!scores);
        QVERIFY2(scores.error().detail.find(says.toStdString()) != std::string::npos, scores.error().detail.c_str());
        QVERIFY(scores.error().detail.size() < 600);
    }

    void aProgramThatIsNotThereIsNamed() {
        std::vector<RatedPicture> pictures(1);
        pictures[0].path = u"/a"_s;
        const auto scores = app::makeCommandRater(u"/no/such/rater"_s)->scores(pictures);
        QVERIFY(!scores);
        QCOMPARE(scores.error().code, ErrorCode::io);
        QVERIFY(scores.error().detail.find("/no/such/rater") != std::string::npos);
    }

private:
    std::unique_ptr<app::Rater> command(const QByteArray& script) {
        const QString path = folder_.path() + u"/rater-%1.sh"_s.arg(++files_);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the rater");
        file.write("#!/bin/bash\n" + script + "\n");
        file.close();
        return app::makeCommandRater(u"/bin/bash \"%1\""_s.arg(path), std::chrono::milliseconds(1500));
    }

    QTemporaryDir folder_;
    int files_ = 0;
};

APP_TEST(evaluation, EvaluationTest)
#include "evaluation_test.moc"
