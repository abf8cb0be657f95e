// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_service.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/training_job_table.h"
#include "tests/app/app_test.h"
#include "tests/app/fake_learning.h"
#include "tests/support/temporary_library.h"

#include <QDirIterator>
#include <QEventLoop>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

using app::EngineThread;
using app::ItemId;
using app::TrainingJobId;
using app::TrainingService;
using app::TrainingState;
using inference::ErrorCode;
using tests::must;

namespace {

constexpr int whole_run_ms = 120'000;

double warmthOf(const inference::PixelBuffer& pixels) { return app::pixelStatistics(pixels)[static_cast<std::size_t>(app::PixelStatistic::warmth)]; }

/// What the fake engine draws for a prompt and a seed.
inference::PixelBuffer drawn(tests::FakeLearningEngine& engine, const inference::GenerationRequest& request) {
    inference::PixelBuffer pixels;
    inference::GenerationCallbacks callbacks;
    callbacks.on_image = [&](inference::RenderedImage image) { pixels = std::move(image.pixels); };
    if (!engine.generate(request, callbacks, {})) qFatal("the fake engine does not draw");
    return pixels;
}

QStringList foldersIn(const QString& path) { return QDir(path).entryList(QDir::Dirs | QDir::NoDotAndDotDot); }

}  // namespace

class TrainingServiceTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        home_ = std::make_unique<tests::TemporaryLibrary>();
        script_ = std::make_shared<tests::FakeScript>();
        script_->previews = false;
        learning_ = std::make_shared<tests::LearningScript>();
        learning_->adapters_dir = home_->paths.data_dir + QStringLiteral("/adapters");
        items_.clear();
    }
    void cleanup() {
        close();
        home_.reset();
    }

    void aTasteIsLearnedAndDrawnWith() {
        rate([](double warmth, int) { return warmth; });
        open();
        QSignalSpy accepted(service_.get(), &TrainingService::adapterAccepted);
        const auto id = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(id));
        const auto* job = service_->find(id);
        QVERIFY2(job->state == TrainingState::accepted, job->measures.isEmpty() ? job->error.detail.c_str() : job->measures.constData());
        QCOMPARE(accepted.size(), 1);
        QCOMPARE(learning_->steps.load(), learning_->num_steps);
        QCOMPARE(foldersIn(learning_->adapters_dir), QStringList{job->adapter_id});
        const QString folder = learning_->adapters_dir + QLatin1Char('/') + job->adapter_id;
        QCOMPARE(QDir(folder + QStringLiteral("/thumbs")).entryList({QStringLiteral("*.png")}).size(), 24);
        QFile manifest(folder + QStringLiteral("/manifest.json"));
        QVERIFY(manifest.open(QIODevice::ReadOnly));
        const auto outcome = QJsonDocument::fromJson(manifest.readAll()).object().value(QStringLiteral("outcome")).toObject();
        QVERIFY(outcome.value(QStringLiteral("accepted")).toBool());
        QVERIFY(outcome.value(QStringLiteral("measures")).toObject().value(QStringLiteral("judged_win")).toDouble() > 0.6);
        QCOMPARE(outcome.value(QStringLiteral("measures")).toObject().value(QStringLiteral("judged_pictures")).toInt(), 96);
        app::SignalStore signals(*home_->database);
        QCOMPARE(must(signals.profiles())[0].adapter_id, job->adapter_id);
        QTRY_VERIFY(foldersIn(home_->paths.data_dir + QStringLiteral("/training")).isEmpty());
        // And it does what the user likes.
        tests::FakeLearningEngine engine(script_, learning_);
        double gain = 0.0;
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            auto request = tests::requestFor("anything", 100 + seed);
            const double before = warmthOf(drawn(engine, request));
            request.adapters = {{job->adapter_id.toStdString(), 1.0}};
            gain += warmthOf(drawn(engine, request)) - before;
        }
        QVERIFY(gain > 0.0);
    }

    void randomStarsAreRefusedBeforeAnythingIsTrained() {
        rate([](double, int number) { return app::normalFromCounter(99, static_cast<std::uint64_t>(number)); });
        open();
        const auto id = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(id));
        QCOMPARE(service_->find(id)->state, TrainingState::rejected);
        QCOMPARE(service_->find(id)->reasons, QStringLiteral("no_pattern"));
        QCOMPARE(learning_->sessions.load(), 0);
        QVERIFY(foldersIn(learning_->adapters_dir).isEmpty());
    }

    void aCandidateThatIgnoresPromptsIsRefusedAndLeavesNothing() {
        learning_->damaged = true;
        learning_->colour_per_strength = 60.0;
        rate([](double warmth, int) { return warmth; });
        open();
        const auto id = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(id));
        QCOMPARE(service_->find(id)->state, TrainingState::rejected);
        QVERIFY2(!service_->find(id)->reasons.isEmpty(), "no reason is given");
        QVERIFY(foldersIn(learning_->adapters_dir).isEmpty());
        app::SignalStore signals(*home_->database);
        QVERIFY(must(signals.profiles())[0].adapter_id.isEmpty());
    }

    void whatCannotBeLearnedFromIsRefusedWithASentence() {
        open();
        QVERIFY(service_->queue({}, {}, 10, 1).error().detail.find("0 rated pictures") != std::string::npos);
        rate([](double, int) { return 0.0; }, 16);
        QVERIFY(service_->queue({}, {}, 10, 1).error().detail.find("rated the same") != std::string::npos);
        for (std::size_t i = 0; i < 8; ++i) QFile::remove(home_->library->find(items_[i])->path);
        const auto refused = service_->queue({}, {}, 10, 1);
        QCOMPARE(refused.error().code, ErrorCode::invalid_request);
        QVERIFY2(refused.error().detail.find("8 more were rated and are gone") != std::string::npos, refused.error().detail.c_str());
        QVERIFY(service_->jobs().empty());
    }

    void picturesThatVanishAfterwardsAreLeftOut() {
        rate([](double warmth, int) { return warmth; });
        open();
        script_->close();  // nothing is drawn before the files are gone
        QFile::remove(home_->library->find(items_[0])->path);
        must(home_->library->setRating(items_[1], 0));
        const auto id = must(service_->queue({}, {}, 10, 1));
        script_->open();
        QVERIFY(finished(id));
        QCOMPARE(service_->find(id)->state, TrainingState::accepted);
        QCOMPARE(service_->find(id)->inputs.examples.size(), items_.size() - 2);
    }

    void aPausedJobStandsStillAndEndsInTheSameAdapter() {
        rate([](double warmth, int) { return warmth; });
        open();
        const auto first = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(first));
        const QString adapter = service_->find(first)->adapter_id;
        QVERIFY(!adapter.isEmpty());
        const auto second = must(service_->queue({}, {}, 10, 1));
        QTRY_VERIFY_WITH_TIMEOUT(service_->find(second)->state == TrainingState::preparing, whole_run_ms);
        for (int i = 0; i < 5; ++i) {
            if (app::isFinished(service_->find(second)->state)) break;
            must(service_->pause(second));
            QCOMPARE(service_->find(second)->state, TrainingState::paused);
            must(service_->resume(second));
            QTest::qWait(100);
        }
        QVERIFY(finished(second));
        QCOMPARE(service_->find(second)->adapter_id, adapter);
    }

    void aCancelledJobLeavesNoFiles() {
        rate([](double warmth, int) { return warmth; });
        open();
        const auto id = must(service_->queue({}, {}, 10, 1));
        QTRY_VERIFY_WITH_TIMEOUT(!foldersIn(home_->paths.data_dir + QStringLiteral("/training")).isEmpty(), whole_run_ms);
        must(service_->cancel(id));
        QCOMPARE(service_->find(id)->state, TrainingState::cancelled);
        QTRY_VERIFY(foldersIn(home_->paths.data_dir + QStringLiteral("/training")).isEmpty());
        QCOMPARE(service_->pause(id).error().code, ErrorCode::invalid_request);
    }

    void aJobGoesOnAtTheNextStartAndEndsInTheSameAdapter() {
        rate([](double warmth, int) { return warmth; });
        open();
        const auto first = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(first));
        const QString adapter = service_->find(first)->adapter_id;
        const auto second = must(service_->queue({}, {}, 10, 1));
        QTRY_VERIFY_WITH_TIMEOUT(service_->find(second)->state == TrainingState::preparing, whole_run_ms);
        close();
        open();
        QVERIFY(finished(second));
        QCOMPARE(service_->find(second)->state, TrainingState::accepted);
        QCOMPARE(service_->find(second)->adapter_id, adapter);
    }

    void threeCrashesAtTheSameStepMakeItFail() {
        rate([](double warmth, int) { return warmth; });
        app::TrainingJobTable table(*home_->database);
        open();
        must(service_->pause(must(service_->queue({}, {}, 10, 1))));
        const TrainingJobId id = service_->jobs()[0].id;
        close();
        for (int crash = 1; crash <= 3; ++crash) {
            must(home_->database->execute(QStringLiteral("UPDATE training_jobs SET state = 'running', step = 7")));
            const auto rows = must(table.load());
            QCOMPARE(rows[0].crashes, crash - 1);
            open(false);
            QCOMPARE(service_->find(id)->state, crash < 3 ? TrainingState::queued : TrainingState::failed);
            close();
        }
        QVERIFY(must(table.load())[0].error.detail.find("step 7") != std::string::npos);
    }

    void aFullDiskIsSaidAndTheJobGoesOnWhenTriedAgain() {
        learning_->fail_at_step = 4;
        rate([](double warmth, int) { return warmth; });
        open();
        const auto id = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(id));
        QCOMPARE(service_->find(id)->state, TrainingState::failed);
        QCOMPARE(service_->find(id)->error.code, ErrorCode::io);
        learning_->fail_at_step = -1;
        must(service_->retry(id));
        QVERIFY(finished(id));
        QCOMPARE(service_->find(id)->state, TrainingState::accepted);
        QCOMPARE(learning_->steps.load(), learning_->num_steps);
    }

    void aJobThatMeetsItsEndInMemoryGoesOnWithLess() {
        learning_->short_at_step = 4;
        learning_->shortages = 3;
        rate([](double warmth, int) { return warmth; });
        open();
        const auto id = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(id));
        QCOMPARE(service_->find(id)->state, TrainingState::accepted);
        QCOMPARE(learning_->sessions.load(), 4);
        QCOMPARE(learning_->steps.load(), learning_->num_steps);  // none was done twice
    }

    void theFourthTimeItFailsAndSaysWhy() {
        learning_->short_at_step = 4;
        learning_->shortages = 100;
        rate([](double warmth, int) { return warmth; });
        open();
        const auto id = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(id));
        QCOMPARE(service_->find(id)->state, TrainingState::failed);
        QCOMPARE(service_->find(id)->error.code, ErrorCode::out_of_memory);
        QCOMPARE(learning_->sessions.load(), 4);
    }

    void onTheBatteryJobsStandStillAndGoOnAfterwards() {
        rate([](double warmth, int) { return warmth; });
        open();
        service_->setHeldBack(true);
        const auto first = must(service_->queue({}, {}, 10, 1));
        QTest::qWait(100);
        QCOMPARE(service_->find(first)->state, TrainingState::queued);
        service_->setHeldBack(false);
        QTRY_VERIFY_WITH_TIMEOUT(learning_->steps.load() > 0 || app::isFinished(service_->find(first)->state), whole_run_ms);
        QVERIFY(finished(first));
        const QString adapter = service_->find(first)->adapter_id;
        // Another one, held in its midst.
        const auto second = must(service_->queue({}, {}, 10, 1));
        QTRY_VERIFY_WITH_TIMEOUT(service_->find(second)->state == TrainingState::preparing, whole_run_ms);
        service_->setHeldBack(true);
        QTest::qWait(200);  // the slice that was under way ends
        const auto requests = script_->requests().size();
        QTest::qWait(300);
        QCOMPARE(script_->requests().size(), requests);
        QVERIFY(!app::isFinished(service_->find(second)->state));
        service_->setHeldBack(false);
        QVERIFY(finished(second));
        QCOMPARE(service_->find(second)->adapter_id, adapter);
    }

    void aJobThatIsHeldBackCanBeCancelled() {
        rate([](double warmth, int) { return warmth; });
        open();
        const auto id = must(service_->queue({}, {}, 10, 1));
        QTRY_VERIFY_WITH_TIMEOUT(service_->find(id)->state == TrainingState::preparing, whole_run_ms);
        service_->setHeldBack(true);
        must(service_->cancel(id));
        QTRY_VERIFY(foldersIn(home_->paths.data_dir + QStringLiteral("/training")).isEmpty());
        service_->setHeldBack(false);
        const auto next = must(service_->queue({}, {}, 10, 1));
        QVERIFY(finished(next));
    }

    void whatIsRatedLaterDoesNotChangeAJob() {
        rate([](double warmth, int) { return warmth; });
        open();
        const auto id = must(service_->queue({}, {}, 10, 1));
        const auto hash = service_->find(id)->inputs.signals_hash;
        must(home_->library->setRating(items_[3], 0));
        close();
        open(false);
        QCOMPARE(service_->find(id)->inputs.signals_hash, hash);
        QCOMPARE(service_->find(id)->inputs.examples.size(), items_.size());
    }

    void aThousandOperationsLeaveNoJobStuck() {
        rate([](double warmth, int) { return warmth; });
        open();
        std::vector<TrainingJobId> ids;
        for (int i = 0; i < 4; ++i) ids.push_back(must(service_->queue({}, {}, 10, 1)));
        for (std::uint64_t i = 0; i < 1000; ++i) {
            const auto id = ids[static_cast<std::size_t>(app::uniformFromCounter(5, 2 * i) * 4.0)];
            switch (static_cast<int>(app::uniformFromCounter(5, 2 * i + 1) * 4.0)) {
            case 0: static_cast<void>(service_->pause(id)); break;
            case 1: static_cast<void>(service_->resume(id)); break;
            case 2: static_cast<void>(service_->cancel(id)); break;
            default: static_cast<void>(service_->retry(id)); break;
            }
            if (i % 10 == 0) QCoreApplication::processEvents();
        }
        for (const auto id : ids) {
            if (service_->find(id)->state == TrainingState::paused) must(service_->resume(id));
        }
        for (const auto id : ids) QVERIFY(finished(id));
        app::TrainingJobTable table(*home_->database);
        for (const auto& job : must(table.load())) QVERIFY(job.state == service_->find(job.id)->state);
    }

private:
    void open(bool load = true) {
        engine_ = std::make_unique<EngineThread>(tests::fakeLearningFactory(script_, learning_));
        service_ = std::make_unique<TrainingService>(*engine_, *home_->library, *home_->database, home_->paths);
        must(service_->restore());
        if (!load) return;
        engine_->load();
        QTRY_VERIFY(engine_->model().has_value());
    }
    void close() {
        service_.reset();
        engine_.reset();
    }
    /// By an event loop of its own: qWaitFor sleeps 10 ms between two looks, and a run is a thousand slices that each come back to this thread.
    bool finished(TrainingJobId id) {
        const auto ended = [&] { return app::isFinished(service_->find(id)->state); };
        if (ended()) return true;
        QEventLoop loop;
        connect(service_.get(), &TrainingService::jobChanged, &loop, [&] {
            if (ended()) loop.quit();
        });
        QTimer::singleShot(whole_run_ms, &loop, &QEventLoop::quit);
        loop.exec();
        return ended();
    }
    /// Pictures in grids of four, each of a prompt of its own; stars are the fifth of `score` that a picture is in.
    template <typename Score> void rate(Score score, int count = 32) {
        tests::FakeLearningEngine engine(script_, learning_);
        std::vector<double> scores;
        for (int i = 0; i < count; ++i) {
            const auto request = tests::requestFor("prompt " + std::to_string(i / 4), static_cast<std::uint64_t>(i));
            const auto pixels = drawn(engine, request);
            const QString path = home_->imagePath(QStringLiteral("%1.png").arg(i));
            must(app::writeImage(path, pixels, request, {}));
            items_.push_back(must(home_->library->add(path, request, {16, 16}, true, 1.0, 1 + i / 4)));
            scores.push_back(score(warmthOf(pixels), i));
        }
        auto sorted = scores;
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const auto below = std::lower_bound(sorted.begin(), sorted.end(), scores[i]) - sorted.begin();
            must(home_->library->setRating(items_[i], 1 + static_cast<int>(below * 5 / count)));
        }
    }

    std::unique_ptr<tests::TemporaryLibrary> home_;
    std::shared_ptr<tests::FakeScript> script_;
    std::shared_ptr<tests::LearningScript> learning_;
    std::unique_ptr<EngineThread> engine_;
    std::unique_ptr<TrainingService> service_;
    std::vector<ItemId> items_;
};

APP_TEST(training_service, TrainingServiceTest)
#include "training_service_test.moc"
