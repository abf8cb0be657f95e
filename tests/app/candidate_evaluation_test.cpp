// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/candidate_evaluation.h"

#include "tests/app/app_test.h"
#include "tests/app/fake_learning.h"
#include "tests/support/requests.h"

#include <QTemporaryDir>

using inference::ErrorCode;
using tests::must;

/// The fake engine shows candidates that are on their way as they will look in the end: what is kept is what would have been chosen of all.
class CandidateEvaluationTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        script_->previews = false;
        options_.rater = must(app::findRater("warmth"));
        options_.ratings = 60;
        options_.seed = 1;
        options_.drawing = inference::with_defaults(options_.drawing, engine_.model());
        app::PicturePool pool(folder_.path());
        data_ = must(app::prepareEvaluation(engine_, pool, options_, ignored, {}));
    }

    void whatTheEngineKeepsIsComparedWithTheChoiceAmongWholePictures() {
        const auto before = script_->requests().size();
        const auto report = must(app::evaluateCandidates(engine_, data_, options_, ignored, {}));
        QCOMPARE(report.fours, static_cast<int>(2 * data_.evaluation_prompts.size()));
        QCOMPARE(report.same_choice, 1.0);
        QCOMPARE(report.win_rate, report.whole_win_rate);
        QVERIFY2(report.win_rate.value > 0.65, "a head that knows warmth chooses among four");
        QVERIFY(report.win_rate.low <= report.win_rate.value && report.win_rate.value <= report.win_rate.high);
        QVERIFY(report.time_share > 0.0);
        const auto requests = script_->requests();
        QCOMPARE(requests.size() - before, static_cast<std::size_t>(2 * report.fours));
        int pruned = 0;
        for (std::size_t i = before; i < requests.size(); ++i) pruned += requests[i].candidates == 4 && requests[i].num_images == 1 ? 1 : 0;
        QCOMPARE(pruned, report.fours);
    }

    void aHeadOfNothingGainsNothing() {
        auto options = options_;
        options.rater = must(app::findRater("null"));
        app::PicturePool pool(folder_.path());
        const auto data = must(app::prepareEvaluation(engine_, pool, options, ignored, {}));
        const auto report = must(app::evaluateCandidates(engine_, data, options, ignored, {}));
        QVERIFY2(report.win_rate.low < 0.5 && report.win_rate.high > 0.5, qPrintable(QString::number(report.win_rate.value)));
    }

    void itEndsWhereItIsStoppedOrTheEngineFails() {
        std::stop_source source;
        source.request_stop();
        QCOMPARE(app::evaluateCandidates(engine_, data_, options_, ignored, source.get_token()).error().code, ErrorCode::cancelled);
        script_->error = inference::Error{ErrorCode::out_of_memory, "no memory"};
        QCOMPARE(app::evaluateCandidates(engine_, data_, options_, ignored, {}).error().code, ErrorCode::out_of_memory);
        script_->error.reset();
        tests::FakeEngine draws_only(script_);
        QCOMPARE(app::evaluateCandidates(draws_only, data_, options_, ignored, {}).error().code, ErrorCode::unsupported_model);
    }

private:
    static void ignored(const char*, int, int) {}

    QTemporaryDir folder_;
    std::shared_ptr<tests::FakeScript> script_ = std::make_shared<tests::FakeScript>();
    tests::FakeLearningEngine engine_{script_, std::make_shared<tests::LearningScript>()};
    app::EvaluationOptions options_;
    app::EvaluationData data_;
};

APP_TEST(candidate_evaluation, CandidateEvaluationTest)
#include "candidate_evaluation_test.moc"
