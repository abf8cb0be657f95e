// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/blind_trial.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/adapter_table.h"
#include "app/feedback/taste_service.h"
#include "app/feedback/trial_service.h"
#include "tests/app/app_test.h"
#include "tests/app/fake_learning.h"
#include "tests/support/temporary_library.h"

#include <QSignalSpy>

#include <set>

using app::AdapterVerdict;
using app::BlindShare;
using app::DuelAnswer;
using app::DuelOutcome;
using app::ItemId;
using app::TrialOutcome;
using app::TrialPicture;
using app::TrialSide;
using tests::must;
using Verdict = app::SequentialTest::Verdict;

namespace {

const QString candidate_id = QString(64, QLatin1Char('c'));
const QString former_id = QString(64, QLatin1Char('f'));
const QString newer_id = QString(64, QLatin1Char('e'));

/// What was said of pictures 0, 1, 2, ... whose even ones are the candidate's; `kind` is the number of the prompt.
struct Said {
    app::TasteSignals said;
    std::map<ItemId, TrialPicture> pictures;

    explicit Said(int count, int pictures_a_kind = 2) {
        for (int i = 0; i < count; ++i) {
            said.items.push_back({i + 1});
            pictures[{i + 1}] = {i % 2 == 0 ? TrialSide::candidate : TrialSide::former, std::to_string(i / pictures_a_kind)};
        }
    }
    void stars(int picture, int value) { said.signals.push_back({app::StarSignal{picture, value}, 0}); }
    void pick(int picture, bool picked) { said.signals.push_back({app::PickSignal{picture, picked}, 0}); }
    std::vector<std::pair<ItemId, ItemId>> open() const { return app::openPairs(said, pictures); }
    void duel(int first, int second, DuelOutcome outcome) { said.signals.push_back({app::DuelSignal{first, second, outcome}, 0}); }
    app::TrialCount count() const { return app::countTrial(said, pictures); }
};

}  // namespace

class BlindTrialTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        home_ = std::make_unique<tests::TemporaryLibrary>();
        script_ = std::make_shared<tests::FakeScript>();
        learning_ = std::make_shared<tests::LearningScript>();
    }
    void cleanup() {
        close();
        home_.reset();
    }

    // Sharing a batch.

    void aBatchIsHalfAndHalfWithTheSeedsOfTheWhole() {
        auto request = tests::requestFor("a teapot", 40);
        request.num_images = 5;
        std::set<TrialSide> firsts;
        for (const std::uint64_t chance : {0U, 1U}) {
            const auto shares = app::shareBlindly(request, {{"new", 1.0}}, {{"old", 0.5}}, 3, chance);
            QCOMPARE(shares.size(), std::size_t{2});
            QCOMPARE(shares[0].request.num_images, 3);
            QCOMPARE(shares[0].request.seed, std::uint64_t{40});
            QCOMPARE(shares[1].request.num_images, 2);
            QCOMPARE(shares[1].request.seed, std::uint64_t{43});
            QVERIFY(shares[0].side != shares[1].side);
            for (const auto& share : shares) QCOMPARE(share.request.adapters.front().id, share.side == TrialSide::candidate ? "new" : "old");
            firsts.insert(shares[0].side);
        }
        QCOMPARE(firsts.size(), std::size_t{2});
    }

    void aSharedBatchWithCandidatesKeepsItsBlocksOfSeeds() {
        auto request = tests::requestFor("a teapot", 40);
        request.num_images = 3;
        request.candidates = 4;
        const auto shares = app::shareBlindly(request, {{"new", 1.0}}, {}, 0, 0);
        QCOMPARE(shares[0].request.seed, std::uint64_t{40});
        QCOMPARE(shares[1].request.seed, std::uint64_t{48});
        for (const auto& share : shares) QCOMPARE(share.request.candidates, 4);
        // What is stored is one picture, so both sides' are of one kind, with candidates or without.
        QCOMPARE(app::kindOf(inference::request_for_image(shares[0].request, 0, 2)), app::kindOf(inference::request_for_image(shares[1].request, 0)));
    }

    void aBatchOfOneGoesToWhoHasDrawnLess() {
        const auto request = tests::requestFor("a teapot");
        for (const std::uint64_t chance : {0U, 1U}) {
            QVERIFY(app::shareBlindly(request, {{"new", 1.0}}, {}, 1, chance).front().side == TrialSide::former);
            QVERIFY(app::shareBlindly(request, {{"new", 1.0}}, {}, -1, chance).front().side == TrialSide::candidate);
            QCOMPARE(app::shareBlindly(request, {{"new", 1.0}}, {}, 0, chance).size(), std::size_t{1});
        }
        QVERIFY(app::shareBlindly(request, {{"new", 1.0}}, {}, 0, 0).front().side !=
                app::shareBlindly(request, {{"new", 1.0}}, {}, 0, 1).front().side);
    }

    void picturesOfOneBatchAreOfOneKindWhateverTheirSideAndSeed() {
        auto request = tests::requestFor("a teapot", 1);
        auto other = tests::requestFor("a teapot", 9);
        other.adapters = {{candidate_id.toStdString(), 1.0}};
        QCOMPARE(app::kindOf(request), app::kindOf(other));
        other.guidance_scale += 1.0;
        QVERIFY(app::kindOf(request) != app::kindOf(other));
    }

    // Counting.

    void aCandidateThatWinsSevenTimesIsBetter() {
        Said said(20);
        for (int i = 0; i < 20; i += 2) {
            said.stars(i, 5);
            said.stars(i + 1, 2);
            const auto count = said.count();
            QCOMPARE(count.verdict == Verdict::better, count.answers >= 7);
            QCOMPARE(count.answers, std::min(7, i / 2 + 1));  // what is said after the verdict changes nothing
            QCOMPARE(count.wins, count.answers);
        }
    }

    void aCandidateThatLosesFiveTimesIsNotBetter() {
        Said said(20);
        for (int i = 0; i < 10; i += 2) said.duel(i + 1, i, DuelOutcome::first);
        QCOMPARE(said.count(), (app::TrialCount{0, 5, Verdict::not_better}));
    }

    void halfAndHalfDecidesNothingSoon() {
        Said said(12);
        for (int i = 0; i < 12; i += 2) said.duel(i, i + 1, i % 4 == 0 ? DuelOutcome::first : DuelOutcome::second);
        QCOMPARE(said.count(), (app::TrialCount{3, 6, Verdict::undecided}));
    }

    void equalStarsAndEqualDuelsAreNoAnswers() {
        Said said(4);
        said.stars(0, 3);
        said.stars(1, 3);
        said.duel(2, 3, DuelOutcome::equal);
        QCOMPARE(said.count(), app::TrialCount{});
    }

    void aDuelStandsAgainstTheStarsOfTheSameTwo() {
        Said said(2);
        said.stars(0, 1);
        said.stars(1, 5);
        said.duel(0, 1, DuelOutcome::first);
        QCOMPARE(said.count(), (app::TrialCount{1, 1, Verdict::undecided}));
    }

    void twoAndTwoPicturesAreTwoAnswers() {
        Said said(4, 4);
        for (int i = 0; i < 4; ++i) said.stars(i, i % 2 == 0 ? 4 : 2);
        QCOMPARE(said.count(), (app::TrialCount{2, 2, Verdict::undecided}));
    }

    void picturesOfOtherPromptsOrOutsideTheTrialAreNotCompared() {
        Said said(4);
        said.stars(0, 5);
        said.stars(3, 1);  // the former's, of another prompt
        said.duel(0, 3, DuelOutcome::first);
        said.said.items.push_back({99});
        said.stars(4, 1);
        said.duel(0, 4, DuelOutcome::first);
        said.duel(0, 2, DuelOutcome::first);  // both the candidate's
        QCOMPARE(said.count(), app::TrialCount{});
    }

    void aPickedAndARejectedPictureAreAnAnswer() {
        Said said(6);
        said.pick(0, true);
        QCOMPARE(said.count(), app::TrialCount{});  // of the other side nothing was said
        said.pick(1, false);
        said.pick(2, true);
        said.pick(3, true);  // liked alike
        said.pick(5, true);
        said.pick(4, false);
        QCOMPARE(said.count(), (app::TrialCount{1, 2, Verdict::undecided}));
    }

    void starsThatSayAgainWhatThePicksSaidAreNoSecondAnswer() {
        Said said(2);
        said.pick(0, true);
        said.pick(1, false);
        said.stars(0, 5);
        said.stars(1, 1);
        QCOMPARE(said.count(), (app::TrialCount{1, 1, Verdict::undecided}));
        Said other(4, 4);
        other.stars(0, 5);
        other.stars(1, 1);
        other.pick(2, true);
        other.pick(1, false);  // has answered already
        QCOMPARE(other.count().answers, 1);
        other.pick(3, false);
        QCOMPARE(other.count(), (app::TrialCount{2, 2, Verdict::undecided}));
    }

    void aDuelStandsAgainstThePicksOfTheSameTwo() {
        Said said(2);
        said.pick(0, false);
        said.pick(1, true);
        said.duel(0, 1, DuelOutcome::first);
        QCOMPARE(said.count(), (app::TrialCount{1, 1, Verdict::undecided}));
    }

    void whatIsOpenIsOfOneKindAndBothSidesAndHasNotAnswered() {
        Said said(8);
        using Pairs = std::vector<std::pair<ItemId, ItemId>>;
        QVERIFY(said.open() == (Pairs{{{7}, {8}}, {{5}, {6}}, {{3}, {4}}, {{1}, {2}}}));  // the newest first
        said.stars(6, 5);
        QCOMPARE(said.open().size(), std::size_t{4});  // alone it is no answer
        said.stars(7, 1);
        said.pick(4, true);
        said.pick(5, false);
        said.duel(2, 3, DuelOutcome::equal);
        QVERIFY(said.open() == (Pairs{{{1}, {2}}}));
        Said uneven(3);
        QCOMPARE(uneven.open().size(), std::size_t{1});  // of the second kind only one side was drawn
    }

    // The service.

    void anAdapterThatPassedTheGateIsOnTrialAcrossARestart() {
        accept(former_id);
        open();
        QVERIFY(trials_->trial());
        must(trials_->takeNow());
        close();
        accept(candidate_id);
        for (int start = 0; start < 2; ++start) {
            open();
            QCOMPARE(trials_->trial()->candidate_id, candidate_id);
            QCOMPARE(trials_->trial()->former_id, former_id);
            close();
        }
        accept(candidate_id);  // the job was killed before it was marked as done
        open();
        QCOMPARE(trials_->trial()->former_id, former_id);
        QVERIFY(verdict(candidate_id) == AdapterVerdict::provisional);
        QVERIFY(verdict(former_id) == AdapterVerdict::accepted);
    }

    void enoughAnswersForItMakeItCurrentAndKillingTheProgramLosesNone() {
        accept(candidate_id);
        open();
        QSignalSpy ended(trials_.get(), &app::TrialService::ended);
        for (int i = 0; i < 4; ++i) answer(true);
        QTRY_COMPARE(trials_->count(), (app::TrialCount{4, 4, Verdict::undecided}));
        close();
        open();
        QCOMPARE(trials_->count().wins, 4);
        QSignalSpy ended_now(trials_.get(), &app::TrialService::ended);
        for (int i = 0; i < 3; ++i) answer(true);
        QTRY_COMPARE(ended_now.size(), 1);
        QVERIFY(!trials_->trial());
        QCOMPARE(taste_->active().adapter_id, candidate_id);
        QVERIFY(verdict(candidate_id) == AdapterVerdict::accepted);
        QVERIFY(must(trials_->outcomes()).at(candidate_id) == TrialOutcome::accepted);
        QCOMPARE(taste_->knowledge().stars, 14);  // and they stay what they are: things said
    }

    void enoughAnswersAgainstItGoBackToTheFormerAndItsStrength() {
        accept(former_id);
        open();
        must(trials_->takeNow());
        must(taste_->setAdapter(former_id, 0.6));
        close();
        accept(candidate_id);
        open();
        for (int i = 0; i < 5; ++i) answer(false);
        QTRY_VERIFY(!trials_->trial());
        QCOMPARE(taste_->active().adapter_id, former_id);
        QCOMPARE(taste_->active().strength, 0.6);
        QVERIFY(verdict(candidate_id) == AdapterVerdict::rejected);
        QVERIFY(must(trials_->outcomes()).at(candidate_id) == TrialOutcome::refused);
    }

    void aStarThatIsTakenBackIsAsIfItHadNotBeenSaid() {
        accept(candidate_id);
        open();
        const auto [ours, theirs] = answer(true);
        QTRY_COMPARE(trials_->count().answers, 1);
        must(home_->library->setRating(ours, 0));
        QTRY_COMPARE(trials_->count().answers, 0);
        must(home_->library->setRating(ours, 1));  // and now the other way
        QTRY_COMPARE(trials_->count(), (app::TrialCount{0, 1, Verdict::undecided}));
        must(taste_->answerDuel(theirs, ours, DuelAnswer::right));
        QTRY_COMPARE(trials_->count(), (app::TrialCount{1, 1, Verdict::undecided}));
    }

    void picksCountLikeDuels() {
        accept(candidate_id);
        open();
        const auto [ours, theirs] = draw();
        must(taste_->pick({theirs}, app::PickAnswer::rejected));
        must(taste_->pick({ours}, app::PickAnswer::picked));
        QTRY_COMPARE(trials_->count(), (app::TrialCount{1, 1, Verdict::undecided}));
        must(taste_->pick({ours}, app::PickAnswer::taken_back));
        QTRY_COMPARE(trials_->count(), app::TrialCount{});
    }

    void aDuelAsksFirstOfWhatIsOnTrial() {
        accept(candidate_id);
        open();
        const auto first = draw();
        const auto second = draw();
        // Newer, and of one prompt too: without a trial they would be asked first.
        for (int i = 0; i < 4; ++i) {
            const QString path = home_->imagePath(QStringLiteral("plain-%1.png").arg(i));
            must(home_->library->add(path, tests::requestFor("plain", static_cast<std::uint64_t>(i)), {16, 16}, false, 1.0, 1000));
        }
        taste_->reload();
        const auto asked = taste_->nextPair({});
        QVERIFY(asked == second);
        QVERIFY(taste_->nextPair({second}) == first);
        QVERIFY(taste_->nextPair({{second.second, second.first}}) == first);  // either way round
        must(taste_->answerDuel(second.first, second.second, DuelAnswer::left));
        QTRY_COMPARE(trials_->count().answers, 1);
        QVERIFY(taste_->nextPair({}) == first);
        must(home_->library->moveToTrash({first.second}));
        const auto plain = taste_->nextPair({});
        QVERIFY(plain && home_->library->find(plain->first)->prompt == QStringLiteral("plain"));
        must(home_->library->restoreFromTrash({first.second}));
        QVERIFY(taste_->nextPair({}) == first);
        must(trials_->putBack());
        QVERIFY(taste_->nextPair({}) != first);
    }

    void whatWasSaidOfAPictureOutlivesItInTheTrash() {
        accept(candidate_id);
        open();
        const auto [ours, theirs] = answer(true);
        QTRY_COMPARE(trials_->count().answers, 1);
        must(home_->library->moveToTrash({ours, theirs}));
        answer(true);
        QTRY_COMPARE(trials_->count().answers, 2);
    }

    void theUserMayDecideBothWaysAtAnyTime() {
        accept(candidate_id);
        open();
        must(trials_->putBack());
        QCOMPARE(taste_->active().adapter_id, QString());
        QVERIFY(must(trials_->outcomes()).at(candidate_id) == TrialOutcome::put_back);
        QCOMPARE(trials_->takeNow().error().code, inference::ErrorCode::invalid_request);
        accept(candidate_id);  // learned once more
        taste_->reload();
        must(trials_->takeNow());
        QCOMPARE(taste_->active().adapter_id, candidate_id);
        QVERIFY(verdict(candidate_id) == AdapterVerdict::accepted);
    }

    void choosingAnotherVersionEndsTheTrialAndKeepsTheChoice() {
        accept(former_id);
        open();
        must(trials_->takeNow());
        accept(candidate_id);
        taste_->reload();
        QVERIFY(trials_->trial());
        must(taste_->setAdapter(QString(), 1.0));
        QVERIFY(!trials_->trial());
        QCOMPARE(taste_->active().adapter_id, QString());
    }

    void aNewerCandidateIsMeasuredAgainstTheLastProvenOne() {
        accept(former_id);
        open();
        must(trials_->takeNow());
        accept(candidate_id);
        accept(newer_id);
        taste_->reload();
        QCOMPARE(trials_->trial()->candidate_id, newer_id);
        QCOMPARE(trials_->trial()->former_id, former_id);
        QVERIFY(must(trials_->outcomes()).at(candidate_id) == TrialOutcome::superseded);
        // However many come, the measure is kept.
        app::AdapterTable table(*home_->database);
        QCOMPARE(must(table.prune({}, 0)), QStringList{candidate_id});
    }

    void onlyWhatAsksForTheCandidateIsShared() {
        accept(candidate_id);
        open();
        auto request = tests::requestFor("a teapot");
        request.num_images = 4;
        QCOMPARE(trials_->share(request, 1).size(), std::size_t{1});  // of the base, as an older picture that is used again
        request.adapters = taste_->adapters();
        QCOMPARE(trials_->share(request, 1).size(), std::size_t{2});
        request.initial_latents_path = "/latents.safetensors";
        QCOMPARE(trials_->share(request, 1).size(), std::size_t{1});
        QCOMPARE(trials_->share(request, 1)[0].trial, 0);  // and nothing that is said of it counts
    }

    void aCandidateThatWasRemovedFromDiskEndsTheTrial() {
        accept(candidate_id);
        open();
        QVERIFY(QDir(home_->paths.adaptersDir()).removeRecursively());
        auto request = tests::requestFor("a teapot");
        request.adapters = taste_->adapters();
        const auto shares = trials_->share(request, 1);
        QCOMPARE(shares.size(), std::size_t{1});
        QVERIFY(shares[0].request.adapters.empty());
        QVERIFY(!trials_->trial());
        QCOMPARE(taste_->active().adapter_id, QString());
        QVERIFY(must(trials_->outcomes()).at(candidate_id) == TrialOutcome::file_gone);
    }

    void aCandidateOfAnotherModelWaitsForItsOwn() {
        accept(candidate_id, "another-model");
        open();
        auto request = tests::requestFor("a teapot");
        request.num_images = 4;
        request.adapters = taste_->adapters();
        const auto shares = trials_->share(request, 0);
        QCOMPARE(shares.size(), std::size_t{1});
        QCOMPARE(shares[0].trial, 0);  // and nothing that is said of it counts
        QVERIFY(must(trials_->outcomes()).at(candidate_id) == TrialOutcome::running);
    }

    void forgettingEverythingForgetsTheTrial() {
        accept(candidate_id);
        open();
        answer(true);
        must(taste_->forgetActive());
        QVERIFY(!trials_->trial());
        QVERIFY(must(trials_->outcomes()).empty());
    }

private:
    /// As the training service does with an adapter that passed the gate.
    void accept(const QString& id, const std::string& model = "fake-model") {
        const QString folder = home_->paths.adaptersDir() + QLatin1Char('/') + id;
        QVERIFY(QDir().mkpath(folder));
        QFile file(folder + QStringLiteral("/adapter.safetensors"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        app::AdapterRow row;
        row.id = id;
        row.model_id = model;
        row.manifest = "{}";
        row.created_at = QDateTime::currentDateTimeUtc();
        must(app::AdapterTable(*home_->database).insertAsCurrent(row));
    }
    AdapterVerdict verdict(const QString& id) {
        for (const auto& row : must(app::AdapterTable(*home_->database).load({}))) {
            if (row.id == id) return row.verdict;
        }
        qFatal("there is no such adapter");
    }
    /// Draws a pair of a new prompt and rates it. @return the candidate's and the former's picture
    std::pair<ItemId, ItemId> answer(bool for_it) {
        const auto [ours, theirs] = draw();
        must(home_->library->setRating(ours, for_it ? 5 : 2));
        must(home_->library->setRating(theirs, for_it ? 2 : 5));
        return {ours, theirs};
    }
    std::pair<ItemId, ItemId> draw() {
        auto request = tests::requestFor("prompt " + std::to_string(++batches_));
        request.num_images = 2;
        request.adapters = taste_->adapters();
        std::map<TrialSide, ItemId> items;
        for (const BlindShare& share : trials_->share(request, static_cast<std::uint64_t>(batches_))) {
            const app::JobId job{++jobs_};
            must(trials_->noteJob(job, share));
            const auto picture = inference::request_for_image(share.request, 0);
            items[share.side] =
                must(home_->library->add(home_->imagePath(QStringLiteral("%1.png").arg(jobs_)), picture, {16, 16}, false, 1.0, job.value));
        }
        return {items.at(TrialSide::candidate), items.at(TrialSide::former)};
    }
    void open() {
        engine_ = std::make_unique<app::EngineThread>(tests::fakeLearningFactory(script_, learning_));
        taste_ = std::make_unique<app::TasteService>(*engine_, *home_->library, *home_->database);
        must(taste_->restore());
        trials_ = std::make_unique<app::TrialService>(*engine_, *taste_, *home_->database, home_->paths.adaptersDir());
        must(trials_->restore());
        engine_->load();
        QTRY_VERIFY(engine_->model().has_value());
    }
    void close() {
        trials_.reset();
        taste_.reset();
        engine_.reset();
        if (home_) home_->reopen();
    }

    std::unique_ptr<tests::TemporaryLibrary> home_;
    std::shared_ptr<tests::FakeScript> script_;
    std::shared_ptr<tests::LearningScript> learning_;
    std::unique_ptr<app::EngineThread> engine_;
    std::unique_ptr<app::TasteService> taste_;
    std::unique_ptr<app::TrialService> trials_;
    qint64 jobs_ = 0;
    int batches_ = 0;
};

APP_TEST(blind_trial, BlindTrialTest)
#include "blind_trial_test.moc"
