// SPDX-License-Identifier: Apache-2.0
#include "app/evaluation/counter_random.h"
#include "app/feedback/gate.h"
#include "app/feedback/sprt.h"
#include "tests/app/app_test.h"

#include <QTest>

#include <cmath>

using app::CandidateEvidence;
using app::GateFailure;
using app::Learnability;
using app::LearnabilityVerdict;
using app::SequentialTest;

namespace {

CandidateEvidence good(double strength = 1.0, double win = 0.7) {
    CandidateEvidence evidence;
    evidence.strength = strength;
    evidence.judged_win = {win, win - 0.08, win + 0.08};
    evidence.fidelity_before = {0.9, 0.3};
    evidence.fidelity_after = {0.89, 0.29};
    evidence.raw_diversity = 0.95;
    evidence.matched_diversity = 1.0;
    return evidence;
}

Learnability learnable() { return {0.3, 0.08, 60, 25, 25}; }

SequentialTest::Verdict play(double win_share, std::uint64_t seed, int* decided = nullptr) {
    SequentialTest test;
    const app::CounterRandom random(seed);
    for (std::uint64_t i = 0; test.verdict() == SequentialTest::Verdict::undecided && i < 1000; ++i) test.add(random.uniform(i) < win_share);
    if (decided) *decided = test.decided();
    return test.verdict();
}

}  // namespace

class GateTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatTheHeadUnderstandsIsLearnable() { QVERIFY(app::judgeLearnability(learnable()) == LearnabilityVerdict::learnable); }

    void whatCannotBeLearntSaysWhy() {
        auto few = learnable();
        few.ratings = 12;
        QVERIFY(app::judgeLearnability(few) == LearnabilityVerdict::too_few);
        auto same = learnable();
        same.liked = same.disliked = 0;
        QVERIFY(app::judgeLearnability(same) == LearnabilityVerdict::all_the_same);
        auto sided = learnable();
        sided.disliked = 3;
        QVERIFY(app::judgeLearnability(sided) == LearnabilityVerdict::one_sided);
        auto noise = learnable();
        noise.explained = 0.05;
        QVERIFY(app::judgeLearnability(noise) == LearnabilityVerdict::not_understood);
        auto chance = learnable();
        chance.chance_95 = 0.35;
        QVERIFY(app::judgeLearnability(chance) == LearnabilityVerdict::not_understood);
        auto broken = learnable();
        broken.explained = std::nan("");
        QVERIFY(app::judgeLearnability(broken) == LearnabilityVerdict::not_understood);
    }

    void aBetterCandidateThatLosesNothingPasses() { QVERIFY(app::judgeCandidate(good()).empty()); }

    void eachLossIsNamed() {
        const auto only = [](void (*spoil)(CandidateEvidence&), GateFailure expected) {
            auto evidence = good();
            spoil(evidence);
            const auto failures = app::judgeCandidate(evidence);
            return failures == std::vector{expected};
        };
        QVERIFY(only([](CandidateEvidence& e) { e.judged_win.low = 0.49; }, GateFailure::not_better));
        QVERIFY(only([](CandidateEvidence& e) { e.fidelity_after.accuracy = 0.87; }, GateFailure::prompt_following));
        QVERIFY(only([](CandidateEvidence& e) { e.fidelity_after.margin = 0.28; }, GateFailure::prompt_following));
        QVERIFY(only([](CandidateEvidence& e) { e.raw_diversity = 0.89; }, GateFailure::diversity));
        QVERIFY(only([](CandidateEvidence& e) { e.matched_diversity = std::nan(""); }, GateFailure::matched_diversity));
        QVERIFY(only([](CandidateEvidence& e) { e.base_loss_ratio = 1.2; }, GateFailure::unhealthy));
        QVERIFY(only([](CandidateEvidence& e) { e.clipped_ratio = 2.5; }, GateFailure::unhealthy));
        QVERIFY(only([](CandidateEvidence& e) { e.finite = false; }, GateFailure::unhealthy));
    }

    void theStrengthThatTheJudgePrefersAmongThoseThatPassIsChosen() {
        auto too_strong = good(4.0, 0.95);
        too_strong.matched_diversity = 0.7;
        QCOMPARE(app::chooseStrength({good(1.0, 0.62), good(2.0, 0.74), too_strong}), std::optional<size_t>(1));
        QCOMPARE(app::chooseStrength({too_strong}), std::nullopt);
        QCOMPARE(app::chooseStrength({}), std::nullopt);
    }

    void theSequentialTestErrsAsRarelyAsItSays() {
        int accepted_of_chance = 0, accepted_of_better = 0, decisions = 0;
        constexpr int runs = 400;
        for (int i = 0; i < runs; ++i) {
            int decided = 0;
            if (play(0.5, static_cast<std::uint64_t>(i)) == SequentialTest::Verdict::accept) ++accepted_of_chance;
            if (play(0.7, 1000 + static_cast<std::uint64_t>(i), &decided) == SequentialTest::Verdict::accept) ++accepted_of_better;
            decisions += decided;
        }
        QVERIFY2(accepted_of_chance <= 0.13 * runs, qPrintable(QString::number(accepted_of_chance)));
        QVERIFY2(accepted_of_better >= 0.87 * runs, qPrintable(QString::number(accepted_of_better)));
        QVERIFY2(decisions / runs >= 8 && decisions / runs <= 30, qPrintable(QString::number(decisions / runs)));
    }

    void aVerdictStands() {
        SequentialTest test;
        for (int i = 0; i < 7; ++i) test.add(true);
        QVERIFY(test.verdict() == SequentialTest::Verdict::accept);
        for (int i = 0; i < 50; ++i) test.add(false);
        QVERIFY(test.verdict() == SequentialTest::Verdict::accept);
        QCOMPARE(test.decided(), 7);
    }
};

APP_TEST(gate, GateTest)
#include "gate_test.moc"
