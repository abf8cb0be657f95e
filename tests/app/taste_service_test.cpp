// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_service.h"

#include "app/engine/engine_thread.h"
#include "tests/app/app_test.h"
#include "tests/app/fake_learning.h"
#include "tests/support/temporary_library.h"

#include <QSignalSpy>

#include <cmath>

using app::DuelAnswer;
using app::EngineThread;
using app::ItemId;
using app::TasteService;
using tests::must;

namespace {

double warmthOf(const inference::PixelBuffer& pixels) { return app::pixelStatistics(pixels)[static_cast<std::size_t>(app::PixelStatistic::warmth)]; }

}  // namespace

class TasteServiceTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        home_ = std::make_unique<tests::TemporaryLibrary>();
        script_ = std::make_shared<tests::FakeScript>();
        script_->previews = false;
        learning_ = std::make_shared<tests::LearningScript>();
        pictures_.clear();
    }
    void cleanup() {
        close();
        home_.reset();
    }

    void itIsSilentBeforeItKnowsSomething() {
        draw(32);
        open();
        QCOMPARE(service_->knowledge().needed, 12);
        QVERIFY(!service_->opinion(pictures_[0].first));
        must(home_->library->setRating(pictures_[0].first, 4));
        QTRY_COMPARE(service_->knowledge().stars, 1);
        QCOMPARE(service_->knowledge().needed, 11);
        QTest::qWait(200);
        QVERIFY(!service_->knowledge().speaks);
        QVERIFY(service_->directions().empty());
    }

    void starsTeachItAndItForetellsPicturesNobodyRated() {
        draw(48);
        open();
        rate(0, 32);
        QTRY_VERIFY_WITH_TIMEOUT(service_->knowledge().speaks, 20000);
        // Of unrated pictures the warmest is foretold more stars than the coolest.
        auto unrated = std::vector(pictures_.begin() + 32, pictures_.end());
        std::sort(unrated.begin(), unrated.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
        QTRY_VERIFY(service_->opinion(unrated.front().first).has_value() && service_->opinion(unrated.back().first).has_value());
        QVERIFY(service_->opinion(unrated.back().first)->stars > service_->opinion(unrated.front().first)->stars + 1.0);
        QVERIFY(service_->opinion(unrated.back().first)->deviation > 0.0);
        QVERIFY(service_->knowledge().explained > 0.3);
        const auto directions = service_->directions();
        QVERIFY(!directions.empty());
        QCOMPARE(directions.front().liked.size(), qsizetype{3});
        QVERIFY(!service_->taughtPairs().empty());
    }

    void itJudgesCandidatesWhileItSpeaks() {
        draw(48);
        open();
        QVERIFY(!service_->judge());
        rate(0, 32);
        QTRY_VERIFY_WITH_TIMEOUT(service_->knowledge().speaks, 20000);
        const auto judge = service_->judge();
        QVERIFY(judge);
        std::vector<inference::Candidate> candidates = drawnCandidates(8);
        const auto scores = (*judge)(candidates);
        QCOMPARE(scores.size(), candidates.size());
        const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
        const auto worst = std::min_element(scores.begin(), scores.end()) - scores.begin();
        QVERIFY(warmthOf(candidates[static_cast<std::size_t>(best)].pixels) > warmthOf(candidates[static_cast<std::size_t>(worst)].pixels));
        // What another model saw says nothing here.
        candidates[static_cast<std::size_t>(best)].features.version = "of another model";
        QCOMPARE((*judge)(candidates)[static_cast<std::size_t>(best)], app::PictureJudge::unreadable);
        candidates[static_cast<std::size_t>(worst)].features.image[0] = std::nanf("");
        QCOMPARE((*judge)(candidates)[static_cast<std::size_t>(worst)], app::PictureJudge::unreadable);
        // It is the taste as it stood: forgetting it takes nothing from whoever has it.
        must(service_->forgetActive());
        QVERIFY(!service_->judge());
        QCOMPARE((*judge)(drawnCandidates(8)), scores);
    }

    void afterAStartWhatWasLearnedIsAwaitedUntilItSpeaks() {
        draw(48);
        open();
        rate(0, 32);
        QTRY_VERIFY_WITH_TIMEOUT(service_->knowledge().speaks, 20000);
        close();
        engine_ = std::make_unique<EngineThread>(tests::fakeLearningFactory(script_, learning_));
        service_ = std::make_unique<TasteService>(*engine_, *home_->library, *home_->database);
        must(service_->restore());
        QVERIFY(service_->knowledge().pending);
        QSignalSpy changed(service_.get(), &TasteService::knowledgeChanged);
        bool gap = false;
        connect(service_.get(), &TasteService::knowledgeChanged, this, [&] { gap = gap || (!service_->knowledge().pending && !service_->judge()); });
        engine_->load();
        QTRY_VERIFY_WITH_TIMEOUT(service_->judge().has_value(), 20000);
        QVERIFY(!service_->knowledge().pending);
        QVERIFY2(!gap, "there was a moment in which it was neither awaited nor there");
    }

    void whatNeverSpeaksIsNotAwaitedForEver() {
        draw(40);
        open();
        QVERIFY2(!service_->knowledge().pending, "of no answers nothing can be expected");
        for (int i = 0; i < 40; ++i) must(home_->library->setRating(pictures_[static_cast<std::size_t>(i)].first, 3));
        close();
        open();
        QVERIFY(service_->knowledge().pending);
        QTRY_VERIFY_WITH_TIMEOUT(!service_->knowledge().pending, 20000);
        QVERIFY(!service_->judge());
    }

    void aModelThatCannotLearnLeavesNothingToAwait() {
        draw(16);
        open();
        rate(0, 16);
        close();
        engine_ = std::make_unique<EngineThread>(tests::fakeEngineFactory(script_));
        service_ = std::make_unique<TasteService>(*engine_, *home_->library, *home_->database);
        must(service_->restore());
        QVERIFY(service_->knowledge().pending);
        engine_->load();
        QTRY_VERIFY(!service_->knowledge().pending);
        QVERIFY(!service_->judge());
    }

    void aModelThatCannotLearnInThePlaceOfOneThatCanIsSilent() {
        draw(48);
        open();
        rate(0, 32);
        QTRY_VERIFY_WITH_TIMEOUT(service_->knowledge().speaks, 20000);
        engine_->replace(tests::fakeEngineFactory(script_), "fake-model", true);
        QTRY_VERIFY(!service_->knowledge().speaks);
        QVERIFY(!service_->knowledge().pending);
        QVERIFY(!service_->judge());
    }

    void anotherTasteDoesNotJudgeWithTheLastOnesHead() {
        draw(48);
        open();
        rate(0, 32);
        QTRY_VERIFY_WITH_TIMEOUT(service_->judge().has_value(), 20000);
        must(service_->addProfile(QStringLiteral("The bakery")));
        QVERIFY(!service_->judge());
        QVERIFY(!service_->knowledge().pending);
        must(service_->setActive(service_->profiles().front().id));
        QVERIFY(service_->judge() || service_->knowledge().pending);
        QTRY_VERIFY_WITH_TIMEOUT(service_->judge().has_value(), 20000);
    }

    void randomStarsDoNotMakeItSpeak() {
        // Of all random raters one in twenty passes for a taste, by the rule of the head; this one is of the others.
        constexpr std::uint64_t rater = 4;
        draw(40);
        open();
        for (int i = 0; i < 40; ++i) {
            const auto stars = 1 + static_cast<int>(5.0 * app::uniformFromCounter(rater, static_cast<std::uint64_t>(i)));
            must(home_->library->setRating(pictures_[static_cast<std::size_t>(i)].first, stars));
        }
        QTRY_COMPARE(service_->knowledge().stars, 40);
        QTRY_VERIFY(service_->opinion(pictures_.front().first).has_value() == service_->knowledge().speaks);
        QTest::qWait(1000);
        QVERIFY(!service_->knowledge().speaks);
    }

    void aDuelIsAskedOnceAndNeverBetweenPrompts() {
        draw(8);
        open();
        std::vector<std::pair<ItemId, ItemId>> passed;
        for (int i = 0; i < 12; ++i) {
            const auto pair = service_->nextPair(passed);
            QVERIFY(pair);
            QVERIFY(pair->first != pair->second);
            QCOMPARE(home_->library->find(pair->first)->prompt, home_->library->find(pair->second)->prompt);
            for (const auto& [a, b] : passed) QVERIFY(std::minmax(a, b) != std::minmax(pair->first, pair->second));
            passed.push_back(*pair);
        }
        QVERIFY2(!service_->nextPair(passed), "two grids of four have twelve pairs");
    }

    void anAnsweredPairIsNotAskedAgainAfterARestart() {
        draw(4);
        open();
        for (int i = 0; i < 6; ++i) {
            const auto pair = service_->nextPair({});
            QVERIFY(pair);
            must(service_->answerDuel(pair->first, pair->second, DuelAnswer::left));
        }
        QVERIFY(!service_->nextPair({}));
        QCOMPARE(service_->knowledge().duels, 6);
        close();
        open();
        QCOMPARE(service_->knowledge().duels, 6);
        QVERIFY(!service_->nextPair({}));
    }

    void aSkippedPairTeachesNothing() {
        draw(4);
        open();
        const auto pair = service_->nextPair({});
        must(service_->answerDuel(pair->first, pair->second, DuelAnswer::right));
        QCOMPARE(service_->knowledge().duels, 1);
        must(service_->answerDuel(pair->first, pair->second, DuelAnswer::skip));
        QCOMPARE(service_->knowledge().duels, 0);
    }

    void profilesKeepTheirAnswersApart() {
        draw(8);
        open();
        must(home_->library->setRating(pictures_[0].first, 5));
        QTRY_COMPARE(service_->knowledge().stars, 1);
        QSignalSpy changed(service_.get(), &TasteService::profileChanged);
        must(service_->addProfile(QStringLiteral("The bakery")));
        QCOMPARE(changed.size(), 1);
        QCOMPARE(service_->active().name, QStringLiteral("The bakery"));
        QCOMPARE(service_->knowledge().stars, 0);
        must(service_->setActive(service_->profiles().front().id));
        QCOMPARE(service_->knowledge().stars, 1);
    }

    void whatIsDrawnWithIsTheAdapterAtItsStrength() {
        open();
        QVERIFY(service_->adapters().empty());
        const QString id(64, QLatin1Char('a'));
        must(service_->setAdapter(id, 0.5));
        QCOMPARE(service_->adapters().size(), std::size_t{1});
        QCOMPARE(service_->adapters().front().strength, 0.5);
        must(service_->setAdapter(id, 0.0));
        QVERIFY2(service_->adapters().empty(), "nothing is the base, to the bit");
        must(service_->setAdapter({}, 1.0));
        QVERIFY(service_->adapters().empty());
    }

    void aVersionIsOfTheModelItWasMadeFor() {
        open();
        app::AdapterRow row;
        row.id = QString(64, QLatin1Char('a'));
        row.model_id = "an earlier model";
        row.manifest = "{}";
        row.verdict = app::AdapterVerdict::imported;
        row.created_at = QDateTime::currentDateTimeUtc();
        must(app::AdapterTable(*home_->database).insert(row));
        QVERIFY(service_->isOfAnotherModel(row.id, "fake-model"));
        QVERIFY(!service_->isOfAnotherModel(row.id, "an earlier model"));
        QVERIFY2(!service_->isOfAnotherModel(QString(64, QLatin1Char('f')), "fake-model"), "what nobody knows is the engine's to judge");
    }

    void forgettingLeavesNoAnswer() {
        draw(8);
        open();
        must(home_->library->setRating(pictures_[0].first, 5));
        const auto pair = service_->nextPair({});
        must(service_->answerDuel(pair->first, pair->second, DuelAnswer::left));
        QTRY_COMPARE(service_->knowledge().stars, 1);
        must(service_->forgetActive());
        QCOMPARE(service_->knowledge().stars, 0);
        QCOMPARE(service_->knowledge().duels, 0);
        QVERIFY(!must(service_->exportAnswers()).contains("left"));
    }

private:
    void open() {
        engine_ = std::make_unique<EngineThread>(tests::fakeLearningFactory(script_, learning_));
        service_ = std::make_unique<TasteService>(*engine_, *home_->library, *home_->database);
        must(service_->restore());
        engine_->load();
        QTRY_VERIFY(engine_->model().has_value());
    }
    void close() {
        service_.reset();
        engine_.reset();
    }
    /// Pictures in grids of four, each of a prompt of its own, with their warmth.
    void draw(int count) {
        tests::FakeLearningEngine engine(script_, learning_);
        for (int i = 0; i < count; ++i) {
            const auto request = tests::requestFor("prompt " + std::to_string(i / 4), static_cast<std::uint64_t>(i));
            inference::PixelBuffer pixels;
            inference::GenerationCallbacks callbacks;
            callbacks.on_image = [&](inference::RenderedImage image) { pixels = std::move(image.pixels); };
            must(engine.generate(request, callbacks, {}));
            const QString path = home_->imagePath(QStringLiteral("%1.png").arg(i));
            must(app::writeImage(path, pixels, request, {}));
            pictures_.emplace_back(must(home_->library->add(path, request, {16, 16}, true, 1.0, 1 + i / 4)), warmthOf(pixels));
        }
    }
    /// Pictures of one prompt as the engine shows them to a judge.
    std::vector<inference::Candidate> drawnCandidates(int count) {
        tests::FakeLearningEngine engine(script_, learning_);
        auto request = tests::requestFor("prompt 0", 1000);
        request.candidates = count;
        std::vector<inference::Candidate> all;
        inference::GenerationCallbacks callbacks;
        callbacks.judge = [&](const std::vector<inference::Candidate>& candidates) {
            if (all.empty()) all = candidates;
            return std::vector<double>(candidates.size());
        };
        must(engine.generate(request, callbacks, {}));
        return all;
    }
    void rate(std::size_t first, std::size_t last) {
        std::vector<double> sorted;
        for (std::size_t i = first; i < last; ++i) sorted.push_back(pictures_[i].second);
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t i = first; i < last; ++i) {
            const auto below = std::lower_bound(sorted.begin(), sorted.end(), pictures_[i].second) - sorted.begin();
            must(home_->library->setRating(pictures_[i].first, 1 + static_cast<int>(below * 5 / static_cast<std::ptrdiff_t>(last - first))));
        }
    }

    std::unique_ptr<tests::TemporaryLibrary> home_;
    std::shared_ptr<tests::FakeScript> script_;
    std::shared_ptr<tests::LearningScript> learning_;
    std::vector<std::pair<ItemId, double>> pictures_;
    std::unique_ptr<EngineThread> engine_;
    std::unique_ptr<TasteService> service_;
};

APP_TEST(taste_service, TasteServiceTest)
#include "taste_service_test.moc"
