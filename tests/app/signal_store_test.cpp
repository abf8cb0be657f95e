// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/signal_store.h"
#include "app/feedback/training_job_table.h"
#include "tests/app/app_test.h"
#include "tests/support/temporary_library.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using app::DuelAnswer;
using app::ItemId;
using app::PickAnswer;
using app::SignalStore;
using app::TasteId;
using app::TrainingEvent;
using app::TrainingInputs;
using app::TrainingState;
using inference::ErrorCode;
using tests::must;

namespace {

inference::PictureFeatures features(const std::string& version, float value) { return {version, {value, 2.0F}, {3.0F}, {4.0F, 5.0F, 6.0F}}; }

TrainingInputs someInputs() {
    TrainingInputs inputs;
    inputs.model_id = "fake-model";
    inputs.examples = {{{7}, QStringLiteral("/a.png"), "a \"quoted\" 고양이", "", 3, 4.0}, {{8}, QStringLiteral("/b.png"), "b", "draw", 3, 1.0}};
    inputs.prompts = {"one", "two"};
    inputs.gate_prompts = {"three"};
    inputs.drawing = tests::requestFor("p");
    inputs.config.steps = 33;
    inputs.config.seed = 0xFFFFFFFFFFFFFFFFULL;
    inputs.seed = 12345678901234567890ULL;
    inputs.budget_minutes = 7.5;
    inputs.signals_hash = "abc";
    return inputs;
}

constexpr std::array all_states = {TrainingState::queued,   TrainingState::preparing,  TrainingState::running,
                                   TrainingState::paused,   TrainingState::evaluating, TrainingState::accepted,
                                   TrainingState::rejected, TrainingState::cancelled,  TrainingState::failed};

}  // namespace

class SignalStoreTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        home_ = std::make_unique<tests::TemporaryLibrary>();
        store_ = std::make_unique<SignalStore>(*home_->database);
        items_.clear();
        for (int i = 0; i < 4; ++i) items_.push_back(home_->add(QStringLiteral("%1.png").arg(i), tests::requestFor("p")));
    }
    void cleanup() {
        store_.reset();
        home_.reset();
    }

    void starsPicksAndDuelsComeBackInTheOrderTheyWereSaid() {
        must(home_->library->setRating(items_[0], 4));
        must(store_->pick(items_[1], PickAnswer::rejected));
        must(store_->duel(items_[2], items_[0], DuelAnswer::right));
        const auto said = must(store_->signalsOf({}));
        QCOMPARE(said.signals.size(), std::size_t{3});
        QCOMPARE(said.items, (std::vector{items_[0], items_[1], items_[2]}));
        const auto star = std::get<app::StarSignal>(said.signals[0].what);
        QCOMPARE(star.stars, 4);
        QVERIFY(!std::get<app::PickSignal>(said.signals[1].what).picked);
        const auto duel = std::get<app::DuelSignal>(said.signals[2].what);
        QCOMPARE(duel.first, 2);
        QCOMPARE(duel.second, 0);
        QCOMPARE(duel.outcome, app::DuelOutcome::second);
        QCOMPARE(said.signals[0].grid, 1);  // the job's
    }

    void theLastWordStandsAndCanBeTakenBack() {
        must(home_->library->setRating(items_[0], 4));
        must(home_->library->setRating(items_[0], 2));
        must(home_->library->setRating(items_[1], 5));
        must(home_->library->setRating(items_[1], 0));
        must(store_->pick(items_[2], PickAnswer::picked));
        must(store_->pick(items_[2], PickAnswer::taken_back));
        must(store_->duel(items_[2], items_[3], DuelAnswer::left));
        must(store_->duel(items_[3], items_[2], DuelAnswer::equal));
        must(store_->duel(items_[0], items_[3], DuelAnswer::skip));
        const auto said = must(store_->signalsOf({}));
        QCOMPARE(said.signals.size(), std::size_t{2});
        QCOMPARE(std::get<app::StarSignal>(said.signals[0].what).stars, 2);
        QCOMPARE(std::get<app::DuelSignal>(said.signals[1].what).outcome, app::DuelOutcome::equal);
        QCOMPARE(said.rating_ids.size(), std::size_t{1});
    }

    void aClockSetBackDoesNotBringAnOldWordBack() {
        must(home_->library->setRating(items_[0], 5));
        must(home_->database->execute(
            QStringLiteral("INSERT INTO ratings (item_id, stars, request, model_id, file, rated_at) VALUES (?, 1, '{}', '', '', 5)"),
            {items_[0].value}));
        const auto said = must(store_->signalsOf({}));
        QCOMPARE(said.signals.size(), std::size_t{1});
        QCOMPARE(std::get<app::StarSignal>(said.signals[0].what).stars, 1);
    }

    void aRatingOfADeletedPictureStays() {
        must(home_->library->setRating(items_[0], 5));
        must(home_->library->moveToTrash({items_[0]}));
        QCOMPARE(must(store_->signalsOf({})).signals.size(), std::size_t{1});
    }

    void tastesDoNotMix() {
        must(home_->library->setRating(items_[0], 5));
        const auto second = must(store_->addProfile(QStringLiteral("night")));
        must(store_->setActiveProfile(second));
        QCOMPARE(must(store_->activeProfile()), second);
        must(home_->library->setRating(items_[1], 1));
        must(store_->pick(items_[2], PickAnswer::picked));
        QCOMPARE(must(store_->signalsOf({})).signals.size(), std::size_t{1});
        QCOMPARE(must(store_->signalsOf(second)).signals.size(), std::size_t{2});
        QCOMPARE(store_->setActiveProfile({99}).error().code, ErrorCode::invalid_request);
        QCOMPARE(must(store_->activeProfile()), second);
        must(store_->renameProfile(second, QStringLiteral("day")));
        must(store_->setAdapter(second, QStringLiteral("abc"), 1.5));
        QVERIFY((must(store_->profiles())[1] == app::TasteProfile{second, QStringLiteral("day"), QStringLiteral("abc"), 1.5, {}, 1.0}));
        QVERIFY2(!store_->setAdapter(second, QStringLiteral("abc"), 2.5), "more than 200 %");
    }

    void aSecondAdapterGoesWithTheFirst() {
        must(store_->setAdapter({}, QStringLiteral("one"), 0.8));
        must(store_->setSecond({}, QStringLiteral("two"), 0.5));
        QCOMPARE(must(store_->profiles())[0].second_id, QStringLiteral("two"));
        QCOMPARE(must(store_->profiles())[0].second_strength, 0.5);
        QVERIFY2(!store_->setSecond({}, QStringLiteral("two"), 2.5), "more than 200 %");
        must(store_->setAdapter({}, QStringLiteral("one"), 1.2));
        QCOMPARE(must(store_->profiles())[0].second_id, QStringLiteral("two"));
        must(store_->setAdapter({}, QStringLiteral("three"), 1.0));
        QVERIFY2(must(store_->profiles())[0].second_id.isEmpty(), "another first one ends the mix");
        must(store_->setSecond({}, QStringLiteral("two"), 0.5));
        must(store_->setSecond({}, {}, 0.0));
        QVERIFY(must(store_->profiles())[0].second_id.isEmpty());
    }

    void theBatteryIsSparedUnlessOneSaysOtherwise() {
        QVERIFY(!must(store_->trainsOnBattery()));
        must(store_->setTrainsOnBattery(true));
        QVERIFY(must(store_->trainsOnBattery()));
    }

    void theHashFollowsWhatWasSaid() {
        must(home_->library->setRating(items_[0], 5));
        const auto before = must(store_->signalsOf({})).hash;
        QCOMPARE(before, must(store_->signalsOf({})).hash);
        must(store_->pick(items_[1], PickAnswer::picked));
        QVERIFY(before != must(store_->signalsOf({})).hash);
    }

    void aPictureIsNotComparedWithItself() {
        QCOMPARE(store_->duel(items_[0], items_[0], DuelAnswer::left).error().code, ErrorCode::invalid_request);
    }

    void ownPicturesAreMarked() {
        must(store_->markOwn(items_[0]));
        must(store_->markOwn(items_[0]));
        QVERIFY(must(store_->isOwn(items_[0])));
        QVERIFY(!must(store_->isOwn(items_[1])));
    }

    void featuresComeBackForTheirVersionOnly() {
        app::PixelStatistics statistics = {};
        statistics[1] = 0.25;
        must(store_->putFeatures(items_[0], features("v1", 1.0F), statistics));
        must(store_->putFeatures(items_[1], features("v2", 9.0F), statistics));
        const auto found = must(store_->features("v1", items_));
        QCOMPARE(found.size(), std::size_t{1});
        QVERIFY((found.at(items_[0]).states == std::vector{1.0F, 2.0F}));
        QVERIFY((found.at(items_[0]).prompt == std::vector{4.0F, 5.0F, 6.0F}));
        QCOMPARE(found.at(items_[0]).pixels[1], 0.25);
        QVERIFY((must(store_->features("v1", items_, true)).at(items_[0]).states == std::vector{3.0F}));
        must(store_->dropOtherFeatures("v2"));
        QVERIFY(must(store_->features("v1", items_)).empty());
        QCOMPARE(must(store_->features("v2", items_)).size(), std::size_t{1});
        must(home_->database->execute(QStringLiteral("UPDATE picture_features SET states = x'010203'")));
        QCOMPARE(store_->features("v2", items_).error().code, ErrorCode::corrupt_file);
    }

    void everythingSaidCanBeTakenAway() {
        must(home_->library->setRating(items_[0], 4));
        must(store_->pick(items_[1], PickAnswer::rejected));
        must(store_->duel(items_[2], items_[0], DuelAnswer::skip));
        const auto json = QJsonDocument::fromJson(must(store_->exportJson())).object().value(QStringLiteral("signals")).toArray();
        QCOMPARE(json.size(), 3);
        QCOMPARE(json[0].toObject().value(QStringLiteral("answer")).toString(), QStringLiteral("4"));
        QCOMPARE(json[2].toObject().value(QStringLiteral("other_item")).toInteger(), items_[0].value);
        const auto lines = must(store_->exportCsv()).split('\n');
        QCOMPARE(lines.size(), 5);
        QVERIFY(lines[2].startsWith(QByteArray("pick," + QByteArray::number(items_[1].value) + ",,rejected,1,")));
    }

    void forgettingRemovesWhatWasDerivedAndLeavesOtherTastes() {
        must(home_->library->setRating(items_[0], 4));
        must(store_->pick(items_[1], PickAnswer::rejected));
        must(store_->putFeatures(items_[0], features("v", 1.0F), {}));
        app::TrainingJobTable jobs(*home_->database);
        must(jobs.insert({}, someInputs()));
        must(home_->database->execute(QStringLiteral(
            "INSERT INTO adapters (id, profile_id, model_id, manifest, verdict, created_at) VALUES ('aa', 1, 'm', '{}', 'accepted', 1)")));
        must(store_->setAdapter({}, QStringLiteral("aa"), 0.5));
        const auto second = must(store_->addProfile(QStringLiteral("night")));
        must(store_->setActiveProfile(second));
        must(home_->library->setRating(items_[2], 3));
        QCOMPARE(must(store_->forget({})), QStringList{QStringLiteral("aa")});
        QVERIFY(must(store_->signalsOf({})).signals.empty());
        QCOMPARE(must(store_->signalsOf(second)).signals.size(), std::size_t{1});
        QVERIFY(must(store_->features("v", items_)).empty());
        QVERIFY(must(jobs.load()).empty());
        QVERIFY(must(store_->profiles())[0].adapter_id.isEmpty());
        home_->reopen();
        QCOMPARE(home_->library->find(items_[0])->rating, 0);
        QCOMPARE(home_->library->find(items_[2])->rating, 3);
        QVERIFY2(!home_->database->execute(QStringLiteral("DELETE FROM ratings")), "the log's guard was not put back");
    }

    void aJobsInputsComeBackToTheLastBit() {
        const auto inputs = someInputs();
        QVERIFY(must(app::trainingInputsFromJson(app::toJson(inputs))) == inputs);
        QCOMPARE(app::trainingInputsFromJson("[]").error().code, ErrorCode::corrupt_file);
        auto text = app::toJson(inputs);
        text.replace("\"steps\":33", "\"steps\":-4");
        QCOMPARE(app::trainingInputsFromJson(text).error().code, ErrorCode::corrupt_file);
        text = app::toJson(inputs);
        text.replace("\"rating\":4", "\"rating\":\"x\"");
        QCOMPARE(app::trainingInputsFromJson(text).error().code, ErrorCode::corrupt_file);
    }

    void aJobMovesOnlyByTheTableAndOnlyOnce() {
        app::TrainingJobTable jobs(*home_->database);
        const auto id = must(jobs.insert({}, someInputs()));
        QCOMPARE(must(jobs.move(id, TrainingState::queued, TrainingEvent::claim)), TrainingState::preparing);
        QCOMPARE(jobs.move(id, TrainingState::queued, TrainingEvent::claim).error().code, ErrorCode::invalid_request);
        QCOMPARE(jobs.move(id, TrainingState::preparing, TrainingEvent::accept).error().code, ErrorCode::invalid_request);
        const auto rows = must(jobs.load());
        QCOMPARE(rows.size(), std::size_t{1});
        QCOMPARE(rows[0].state, TrainingState::preparing);
        QVERIFY(rows[0].inputs == someInputs());
    }

    void inputsThatWereChangedOnDiskMakeAFailedJob() {
        app::TrainingJobTable jobs(*home_->database);
        must(jobs.insert({}, someInputs()));
        must(home_->database->execute(QStringLiteral("UPDATE training_jobs SET inputs = replace(inputs, '\"steps\":33', '\"steps\":34')")));
        const auto rows = must(jobs.load());
        QCOMPARE(rows[0].state, TrainingState::failed);
        QCOMPARE(rows[0].error.code, ErrorCode::corrupt_file);
    }

    void everyStateHasAWayOutAndTheEndsAreEnds() {
        constexpr std::array events = {TrainingEvent::claim,     TrainingEvent::prepared, TrainingEvent::trained, TrainingEvent::accept,
                                       TrainingEvent::reject,    TrainingEvent::pause,    TrainingEvent::resume,  TrainingEvent::cancel,
                                       TrainingEvent::interrupt, TrainingEvent::fail,     TrainingEvent::retry};
        for (const auto state : all_states) {
            const bool leaves = std::any_of(events.begin(), events.end(), [&](auto event) { return app::transition(state, event).has_value(); });
            const bool is_end = state == TrainingState::accepted || state == TrainingState::rejected;
            QCOMPARE(leaves, !is_end);
            QCOMPARE(app::transition(state, TrainingEvent::cancel).has_value(), !app::isFinished(state));
            QCOMPARE(*app::parseTrainingState(QLatin1String(app::to_string(state))), state);
        }
        QVERIFY(!app::parseTrainingState(QStringLiteral("sleeping")));
        QCOMPARE(*app::transition(TrainingState::evaluating, TrainingEvent::interrupt), TrainingState::queued);
        QCOMPARE(*app::transition(TrainingState::paused, TrainingEvent::resume), TrainingState::queued);
    }

private:
    std::unique_ptr<tests::TemporaryLibrary> home_;
    std::unique_ptr<SignalStore> store_;
    std::vector<ItemId> items_;
};

APP_TEST(signal_store, SignalStoreTest)
#include "signal_store_test.moc"
