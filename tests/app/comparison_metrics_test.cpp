// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/adapter_gate.h"
#include "app/feedback/comparison_metrics.h"
#include "app/feedback/raters.h"
#include "tests/app/app_test.h"

#include <cmath>

using app::GateMeasures;
using app::GateReason;
using app::PromptComparison;
using app::SequentialTest;

namespace {

/// Prompts with normal scores, the candidate's moved by `shift`; features are the score and seven more numbers.
std::vector<PromptComparison> normalPrompts(double shift, double deviation, double other_deviation, int prompts = 40, int pictures = 24) {
    std::vector<PromptComparison> all;
    std::uint64_t counter = 0;
    const auto draw = [&](double mean, double own, double other, std::vector<double>& scores, std::vector<std::vector<float>>& features) {
        const double z = mean + own * app::normalFromCounter(11, counter++);
        scores.push_back(z);
        std::vector<float> row = {static_cast<float>(z)};
        for (int i = 0; i < 7; ++i) row.push_back(static_cast<float>(other * app::normalFromCounter(11, counter++)));
        features.push_back(std::move(row));
    };
    for (int p = 0; p < prompts; ++p) {
        PromptComparison prompt;
        for (int i = 0; i < pictures; ++i) {
            draw(shift, deviation, other_deviation, prompt.candidate, prompt.candidate_features);
            draw(0.0, 1.0, 1.0, prompt.base, prompt.base_features);
        }
        all.push_back(std::move(prompt));
    }
    return all;
}

double meanWinShare(const std::vector<PromptComparison>& prompts) {
    double sum = 0.0;
    for (const auto& prompt : prompts) sum += app::winShare(prompt.candidate, prompt.base);
    return sum / static_cast<double>(prompts.size());
}

GateMeasures good() {
    GateMeasures measures;
    measures.judged_win = {0.7, 0.6, 0.8};
    return measures;
}

app::Learnability enough() { return {60, 20, 20, true, 0.4, 0.09}; }

}  // namespace

class ComparisonMetricsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWinShareCountsPairsAndHalvesTies() {
        QCOMPARE(app::winShare({1.0, 2.0}, {0.0, 2.0}), 0.625);
        QCOMPARE(app::winShare({1.0}, {0.9}, 0.25), 0.5);
        QCOMPARE(app::winShare({}, {1.0}), 0.5);
    }

    void theWinRateOfAShiftIsThatOfTheNormal() {
        // Phi(dz / sqrt 2): 0.5 -> 0.638, 1.19 -> 0.80.
        QVERIFY(std::abs(meanWinShare(normalPrompts(0.5, 1.0, 1.0)) - 0.638) < 0.02);
        QVERIFY(std::abs(meanWinShare(normalPrompts(1.19, 1.0, 1.0)) - 0.80) < 0.02);
        QVERIFY(std::abs(meanWinShare(normalPrompts(0.0, 1.0, 1.0)) - 0.5) < 0.02);
    }

    void twinsAreNotCompared() {
        QCOMPARE(app::winShareOfOthers({1.1, 2.1, 3.1}, {1.0, 2.0, 3.0}), 0.5);
        QCOMPARE(app::winShareOfOthers({5.0, 6.0}, {1.0, 2.0}), 1.0);
        QCOMPARE(app::winShareOfOthers({5.0}, {1.0}), 0.5);
    }

    void diversityOfTheSameModelIsOne() {
        const auto prompts = normalPrompts(0.0, 1.0, 1.0);
        QVERIFY(std::abs(app::rawDiversity(prompts) - 1.0) < 0.02);
        QVERIFY(std::abs(app::matchedDiversity(prompts) - 1.0) < 0.03);
    }

    void tasteNarrowsWhatItIsAboutAndOnlyTheRestIsALoss() {
        // Scores moved and narrowed, all else as it was: raw falls, matched does not.
        const auto taste = normalPrompts(0.8, 0.5, 1.0);
        QVERIFY(app::rawDiversity(taste) < 0.975);
        QVERIFY2(std::abs(app::matchedDiversity(taste) - 1.0) < 0.025, qPrintable(QString::number(app::matchedDiversity(taste))));
        const auto collapse = normalPrompts(0.8, 0.5, 0.8);
        QVERIFY(app::matchedDiversity(collapse) < 0.9);
    }

    void fidelityIsTheShareOfPromptsThatExplainWorse() {
        const auto fidelity = app::fidelity({{1.0, {1.1, 0.9}}, {2.0, {3.0, 4.0}}});
        QCOMPARE(fidelity.accuracy, 0.75);
        QVERIFY(std::abs(fidelity.margin - (0.1 - 0.1 + 1.0 + 2.0) / 4.0) < 1e-12);
        QCOMPARE(app::fidelity({}).accuracy, 0.0);
    }

    void theIntervalOfClusteredDataIsWide() {
        // Ten clusters whose members are all alike: as good as ten numbers, not a thousand.
        std::vector<double> cluster_means;
        for (std::uint64_t i = 0; i < 10; ++i) cluster_means.push_back(app::normalFromCounter(3, i));
        const auto mean = [&](const std::vector<int>& clusters) {
            double sum = 0.0;
            for (const int i : clusters) sum += cluster_means[static_cast<std::size_t>(i)];
            return sum / static_cast<double>(clusters.size());
        };
        const auto estimate = app::clusteredBootstrap(10, mean, 1000, 1);
        const double deviation = app::Standardisation::of(cluster_means).deviation;
        QVERIFY(std::abs((estimate.high - estimate.low) / (2 * 1.96 * deviation / std::sqrt(10.0)) - 1.0) < 0.15);
        QVERIFY(estimate.low < estimate.value && estimate.value < estimate.high);
        QVERIFY(estimate == app::clusteredBootstrap(10, mean, 1000, 1));
        const auto single = app::clusteredBootstrap(1, mean, 1000, 1);
        QCOMPARE(single.low, single.high);
    }

    void theSequentialTestEndsWithTheErrorsItPromises() {
        int wrongly_better = 0;
        int rightly_better = 0;
        int picks = 0;
        for (std::uint64_t run = 0; run < 1000; ++run) {
            SequentialTest none;
            SequentialTest real;
            for (std::uint64_t i = 0; i < 1000 && none.verdict() == SequentialTest::Verdict::undecided; ++i)
                none.add(app::uniformFromCounter(run, i) < 0.5);
            for (std::uint64_t i = 0; i < 1000 && real.verdict() == SequentialTest::Verdict::undecided; ++i)
                real.add(app::uniformFromCounter(run + 5000, i) < 0.7);
            wrongly_better += none.verdict() == SequentialTest::Verdict::better ? 1 : 0;
            rightly_better += real.verdict() == SequentialTest::Verdict::better ? 1 : 0;
            picks += real.count();
        }
        QVERIFY2(wrongly_better < 130, qPrintable(QString::number(wrongly_better)));
        QVERIFY2(rightly_better > 870, qPrintable(QString::number(rightly_better)));
        QVERIFY(picks < 30'000);
        SequentialTest decided;
        for (int i = 0; i < 7; ++i) decided.add(true);
        QCOMPARE(decided.verdict(), SequentialTest::Verdict::better);
        decided.add(false);
        QCOMPARE(decided.count(), 7);
    }

    void ratingsThatCannotBeLearnedFromAreRefusedWithTheFirstReason() {
        QVERIFY(app::againstTraining(enough()).empty());
        auto few = enough();
        few.ratings = 11;
        QCOMPARE(app::againstTraining(few), std::vector{GateReason::too_few_ratings});
        auto same = enough();
        same.varied = false;
        QCOMPARE(app::againstTraining(same), std::vector{GateReason::all_the_same});
        auto sided = enough();
        sided.disliked = 7;
        QCOMPARE(app::againstTraining(sided), std::vector{GateReason::one_sided});
        auto noise = enough();
        noise.skill = 0.14;
        QCOMPARE(app::againstTraining(noise), std::vector{GateReason::no_pattern});
        auto lucky = enough();
        lucky.threshold = 0.41;
        QCOMPARE(app::againstTraining(lucky), std::vector{GateReason::no_pattern});
        auto undefined = enough();
        undefined.skill = std::nan("");
        QCOMPARE(app::againstTraining(undefined), std::vector{GateReason::no_pattern});
    }

    void aCandidateIsTakenOnlyWhenItIsPreferredAndHarmless() {
        QVERIFY(app::againstTaking(good()).empty());
        auto measures = good();
        measures.judged_win.low = 0.5;
        QCOMPARE(app::againstTaking(measures), std::vector{GateReason::not_preferred});
        measures = good();
        measures.fidelity_change = -1.6;
        QCOMPARE(app::againstTaking(measures), std::vector{GateReason::prompt_ignored});
        measures = good();
        measures.matched_diversity = 0.95;
        QCOMPARE(app::againstTaking(measures), std::vector{GateReason::less_variety});
        measures = good();
        measures.loss_ratio = 1.26;
        measures.raw_diversity = std::nan("");
        QCOMPARE(app::againstTaking(measures), (std::vector{GateReason::less_variety, GateReason::damaged}));
    }

    void aFirstLookLeavesOpenWhatFewPicturesCannotTell() {
        auto measures = good();
        measures.matched_diversity = 0.92;
        measures.raw_diversity = 0.87;
        QVERIFY(app::mayBeHarmless(measures));
        QVERIFY(!app::againstTaking(measures).empty());
        measures.matched_diversity = 0.89;
        QVERIFY(!app::mayBeHarmless(measures));
        measures = good();
        measures.finite = false;
        QVERIFY(!app::mayBeHarmless(measures));
    }

    void whatIsWorthProvingReachesFromTheFirstThatIsPreferredToTheLastThatMayBeHarmless() {
        auto unsure = good();
        unsure.judged_win.low = 0.49;
        auto strong = good();
        strong.judged_win = {0.8, 0.7, 0.9};
        auto harmful = good();
        harmful.judged_win = {0.95, 0.9, 1.0};
        harmful.matched_diversity = 0.8;
        QCOMPARE(app::worthProving({unsure, good(), strong}), (app::StrengthRange{1, 2}));
        QCOMPARE(app::worthProving({unsure, strong, harmful}), (app::StrengthRange{1, 1}));
        QVERIFY(!app::worthProving({unsure, harmful}));
        QVERIFY(!app::worthProving({}));
    }
};

APP_TEST(comparison_metrics, ComparisonMetricsTest)
#include "comparison_metrics_test.moc"
