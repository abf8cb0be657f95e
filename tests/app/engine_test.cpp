// SPDX-License-Identifier: Apache-2.0
#include "app/engine/engine_thread.h"
#include "app/engine/engine_worker.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_library.h"

#include <QThread>

using app::EngineThread;
using app::EngineWorker;
using app::JobId;
using inference::ErrorCode;

namespace {

inference::GenerationRequest batchOf(int images, std::uint64_t seed = 7) {
    auto request = tests::requestFor("p", seed);
    request.num_images = images;
    return request;
}

}  // namespace

class EngineTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { script_ = std::make_shared<tests::FakeScript>(); }
    void cleanup() {
        engine_.reset();
        QCOMPARE(script_->engines.load(), 0);
    }

    void loadingReportsAndThenNamesTheModel() {
        make();
        QList<QByteArray> seen;
        connect(engine_.get(), &EngineThread::loadProgressed, this, [&](double fraction) {
            QCOMPARE(fraction, 0.5);
            seen.append("progress");
        });
        connect(engine_.get(), &EngineThread::modelLoaded, this, [&](const inference::ModelInfo& model) {
            QVERIFY(model == script_->model);
            QVERIFY(engine_->model() == model);
            seen.append("loaded");
        });
        QVERIFY(!engine_->model());
        engine_->load();
        QVERIFY2(seen.isEmpty(), "load() waited");
        QTRY_COMPARE(seen, (QList<QByteArray>{"progress", "loaded"}));
        QCOMPARE(script_->engines.load(), 1);
    }

    void loadingTwiceMakesOneEngine() {
        make();
        QSignalSpy loaded(engine_.get(), &EngineThread::modelLoaded);
        engine_->load();
        engine_->load();
        QTRY_COMPARE(loaded.size(), 1);
        engine_->load();
        engine_->generate(JobId{1}, batchOf(1), 0, {});  // by its end a second load would have been reported
        QTRY_COMPARE(outcomes_.size(), 1);
        QCOMPARE(loaded.size(), 1);
        QCOMPARE(script_->engines.load(), 1);
    }

    void aModelThatCannotBeLoadedIsSaidAndCanBeTriedAgain() {
        script_->load_error = inference::Error{ErrorCode::model_not_found, "no transformer/config.json"};
        make();
        QList<inference::Error> failures;
        connect(engine_.get(), &EngineThread::loadFailed, this, [&](const inference::Error& failure) { failures.append(failure); });
        engine_->load();
        QTRY_COMPARE(failures.size(), 1);
        QCOMPARE(failures.front(), *script_->load_error);
        QVERIFY(!engine_->model());
        engine_->generate(JobId{1}, batchOf(1), 0, {});
        QTRY_COMPARE(outcomes_.size(), 1);
        QCOMPARE(outcomes_[0].error().code, ErrorCode::internal);
        script_->load_error.reset();
        engine_->load();
        QTRY_VERIFY(engine_->model().has_value());
        QCOMPARE(failures.size(), 1);
    }

    void theEngineIsMadeUsedAndDestroyedOnItsThread() {
        struct Places {
            std::atomic<QThread*> made{nullptr}, used{nullptr}, destroyed{nullptr};
        };
        struct Traced final : inference::Engine {
            Traced(std::shared_ptr<tests::FakeScript> script, Places& seen) : inner(std::move(script)), places(seen) {
                places.made = QThread::currentThread();
            }
            ~Traced() override { places.destroyed = QThread::currentThread(); }
            Traced(const Traced&) = delete;
            Traced& operator=(const Traced&) = delete;
            const inference::ModelInfo& model() const noexcept override { return inner.model(); }
            inference::Result<inference::GenerationSummary> generate(const inference::GenerationRequest& request,
                                                                     const inference::GenerationCallbacks& callbacks, std::stop_token stop) override {
                places.used = QThread::currentThread();
                return inner.generate(request, callbacks, std::move(stop));
            }
            tests::FakeEngine inner;
            Places& places;
        };
        Places places;
        auto thread = std::make_unique<EngineThread>(
            [&](const inference::LoadProgressFn&, std::stop_token) -> inference::Result<std::unique_ptr<inference::Engine>> {
                return std::make_unique<Traced>(script_, places);
            });
        QSignalSpy finished(thread.get(), &EngineThread::finished);
        connect(thread.get(), &EngineThread::finished, this, [] { QCOMPARE(QThread::currentThread(), QCoreApplication::instance()->thread()); });
        thread->load();
        thread->generate(JobId{1}, batchOf(1), 0, {});
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(places.destroyed == nullptr);
        thread.reset();
        QVERIFY(places.made != nullptr && places.made != QThread::currentThread());
        QCOMPARE(places.used.load(), places.made.load());
        QCOMPARE(places.destroyed.load(), places.made.load());
    }

    void picturesStepsAndPreviewsArriveInOrder() {
        load();
        auto request = batchOf(2);
        request.num_inference_steps = 2;
        QList<QByteArray> seen;
        connect(engine_.get(), &EngineThread::previewed, this, [&](JobId id, int first_image, const std::vector<QImage>& images) {
            QCOMPARE(id, JobId{5});
            QCOMPARE(images.size(), std::size_t{1});
            QCOMPARE(images[0].format(), QImage::Format_ARGB32_Premultiplied);  // painting converts nothing
            seen.append("preview " + QByteArray::number(first_image));
        });
        connect(engine_.get(), &EngineThread::stepped, this, [&](JobId, const inference::StepProgress& step) {
            QVERIFY(step.previews.empty());
            seen.append("step " + QByteArray::number(step.step));
        });
        connect(engine_.get(), &EngineThread::imageReady, this, [&](JobId, const std::shared_ptr<const inference::RenderedImage>& image) {
            QVERIFY(image->pixels == tests::fakePixels(16, 16, 4, 7 + static_cast<std::uint64_t>(image->index)));
            seen.append("image " + QByteArray::number(image->index));
        });
        connect(engine_.get(), &EngineThread::finished, this, [&] { seen.append("finished"); });
        engine_->generate(JobId{5}, request, 0, {});
        QTRY_COMPARE(outcomes_.size(), 1);
        QVERIFY_OK(outcomes_[0]);
        QCOMPARE(seen,
                 (QList<QByteArray>{"preview 0", "step 1", "preview 0", "step 2", "image 0", "preview 1", "step 1", "preview 1", "step 2", "image 1",
                                    "finished"}));
    }

    void aCancelIsHonouredWithinAStep() {
        load();
        script_->allow(2);
        std::stop_source stop;
        QSignalSpy stepped(engine_.get(), &EngineThread::stepped);
        engine_->generate(JobId{1}, batchOf(4), 0, stop.get_token());
        QTRY_COMPARE(stepped.size(), 2);
        stop.request_stop();
        QTRY_COMPARE(outcomes_.size(), 1);
        QCOMPARE(outcomes_[0].error().code, ErrorCode::cancelled);
        QCOMPARE(script_->steps.load(), 2);
        script_->open();
        engine_->generate(JobId{2}, batchOf(1), 0, {});
        QTRY_COMPARE(outcomes_.size(), 2);
        QVERIFY_OK(outcomes_[1]);
    }

    void aJobThatIsCancelledBeforeItsStartNeverReachesTheEngine() {
        load();
        std::stop_source stop;
        stop.request_stop();
        engine_->generate(JobId{1}, batchOf(1), 0, stop.get_token());
        QTRY_COMPARE(outcomes_.size(), 1);
        QCOMPARE(outcomes_[0].error().code, ErrorCode::cancelled);
        QVERIFY(script_->requests().empty());
    }

    void anErrorOfTheEngineArrivesWithWhatWasDone() {
        script_->error = inference::Error{ErrorCode::out_of_memory, "the batch needs 64 GB"};
        script_->images_before_error = 2;
        load();
        QSignalSpy images(engine_.get(), &EngineThread::imageReady);
        engine_->generate(JobId{1}, batchOf(4), 0, {});
        QTRY_COMPARE(outcomes_.size(), 1);
        QCOMPARE(outcomes_[0].error(), *script_->error);
        QCOMPARE(images.size(), 2);
    }

    void whatIsLeftOfAJobKeepsItsNumbersAndSeeds() {
        EngineWorker worker(tests::fakeEngineFactory(script_));
        QList<int> indices;
        QList<double> fractions;
        worker.on_load_progress = [](double) {};
        worker.on_loaded = [](const inference::Result<inference::ModelInfo>& model) { QVERIFY_OK(model); };
        worker.on_step = [&](JobId, const inference::StepProgress& step, const std::vector<QImage>&) {
            QCOMPARE(step.num_images, 4);
            if (step.step == step.num_steps) fractions.append(step.fraction);
        };
        worker.on_image = [&](JobId, const std::shared_ptr<const inference::RenderedImage>& image) {
            indices.append(image->index);
            QCOMPARE(image->request.seed, 100 + static_cast<std::uint64_t>(image->index));
        };
        int finished = 0;
        worker.on_finished = [&](JobId, const inference::Result<inference::GenerationSummary>& outcome) {
            QVERIFY_OK(outcome);
            ++finished;
        };
        worker.load({});
        worker.generate(JobId{1}, batchOf(4, 100), 2, {});
        QCOMPARE(indices, (QList<int>{2, 3}));
        QCOMPARE(fractions, (QList<double>{0.75, 1.0}));

        // Given latents belong to the whole request: it runs whole and the first images are passed over.
        indices.clear();
        fractions.clear();
        auto given = batchOf(4, 100);
        given.initial_latents_path = "latents.safetensors";
        worker.generate(JobId{2}, given, 2, {});
        QCOMPARE(indices, (QList<int>{2, 3}));
        QCOMPARE(fractions, (QList<double>{0.25, 0.5, 0.75, 1.0}));
        QCOMPARE(script_->requests().back().num_images, 4);
        QCOMPARE(finished, 2);
    }

    void whatIsLeftOfAJobWithCandidatesGoesOnAtItsBlockOfSeeds() {
        EngineWorker worker(tests::fakeEngineFactory(script_));
        QList<int> indices;
        QList<quint64> seeds;
        QList<double> fractions;
        worker.on_load_progress = [](double) {};
        worker.on_loaded = [](const auto&) {};
        worker.on_step = [&](JobId, const inference::StepProgress& step, const std::vector<QImage>& previews) {
            QCOMPARE(step.num_images, 3);
            QCOMPARE(previews.size(), std::size_t{1});
            if (step.step == step.num_steps) fractions.append(step.fraction);
        };
        worker.on_image = [&](JobId, const auto& image) {
            indices.append(image->index);
            seeds.append(image->request.seed);
            QCOMPARE(image->request.candidates, 1);
        };
        worker.on_finished = [](JobId, const inference::Result<inference::GenerationSummary>& outcome) { QVERIFY_OK(outcome); };
        // Red is 37 times the seed, modulo 256: of 104 to 107 most in the last, of 108 to 111 in the last but one.
        const app::CandidateJudge reddest = [](const std::vector<inference::Candidate>& candidates) {
            std::vector<double> scores;
            for (const auto& candidate : candidates) scores.push_back(candidate.pixels.bytes[0]);
            return scores;
        };
        worker.load({});
        auto request = batchOf(3, 100);
        request.candidates = 4;
        worker.generate(JobId{1}, request, 1, {}, reddest);
        QCOMPARE(script_->requests().back().seed, std::uint64_t{104});
        QCOMPARE(script_->requests().back().candidates, 4);
        QCOMPARE(indices, (QList<int>{1, 2}));
        QCOMPARE(seeds, (QList<quint64>{107, 110}));
        QCOMPARE(fractions.size(), 2);
        QCOMPARE(fractions[0], 2.0 / 3.0);
        QCOMPARE(fractions[1], 1.0);
    }

    void theLastSeedOfAllIsFollowedByTheFirst() {
        EngineWorker worker(tests::fakeEngineFactory(script_));
        QList<quint64> seeds;
        worker.on_load_progress = [](double) {};
        worker.on_loaded = [](const auto&) {};
        worker.on_step = [](JobId, const auto&, const auto&) {};
        worker.on_image = [&](JobId, const auto& image) { seeds.append(image->request.seed); };
        worker.on_finished = [](JobId, const auto&) {};
        worker.load({});
        worker.generate(JobId{1}, batchOf(3, 0xFFFFFFFFFFFFFFFFull), 1, {});
        QCOMPARE(seeds, (QList<quint64>{0, 1}));
    }

    void theThreadEndsWhileItIsDrawing() {
        load();
        script_->allow(1);
        QSignalSpy stepped(engine_.get(), &EngineThread::stepped);
        engine_->generate(JobId{1}, batchOf(64), 0, {});
        engine_->generate(JobId{2}, batchOf(64), 0, {});
        QTRY_COMPARE(stepped.size(), 1);
        engine_->stopAndWait();
        QCOMPARE(script_->engines.load(), 0);
        QCOMPARE(script_->steps.load(), 1);
        QTRY_VERIFY(!outcomes_.empty());  // what it reported last is still delivered
        QCOMPARE(outcomes_[0].error().code, ErrorCode::cancelled);
    }

    void theThreadEndsWhileItIsLoading() {
        std::atomic<bool> entered{false};
        engine_ = std::make_unique<EngineThread>(
            [&](const inference::LoadProgressFn&, const std::stop_token& stop) -> inference::Result<std::unique_ptr<inference::Engine>> {
                entered = true;
                script_->close();
                script_->waitUntilOpen(stop);
                return inference::failure(ErrorCode::cancelled, "stopped while loading");
            });
        engine_->load();
        QTRY_VERIFY(entered.load());
        engine_.reset();
        QVERIFY(entered);
    }

    void nothingArrivesOnceItIsGone() {
        load();
        bool gone = false;
        connect(engine_.get(), &EngineThread::finished, this, [&] { QVERIFY2(!gone, "a report outlived its thread"); });
        script_->close();
        engine_->generate(JobId{1}, batchOf(1), 0, {});
        QTRY_COMPARE(script_->requests().size(), std::size_t{1});
        engine_.reset();
        gone = true;
        QCoreApplication::processEvents();
    }

    void afterItsEndItDoesNothing() {
        load();
        engine_->stopAndWait();
        engine_->load();
        engine_->generate(JobId{1}, batchOf(1), 0, {});
        engine_->stopAndWait();
        QCoreApplication::processEvents();
        QVERIFY(script_->requests().empty());
        QVERIFY(outcomes_.empty());
    }

    void aThreadThatNeverLoadedEnds() {
        make();
        engine_.reset();
        QCOMPARE(script_->engines.load(), 0);
    }

private:
    void make() {
        outcomes_.clear();
        engine_ = std::make_unique<EngineThread>(tests::fakeEngineFactory(script_));
        connect(engine_.get(), &EngineThread::finished, this,
                [this](JobId, const inference::Result<inference::GenerationSummary>& outcome) { outcomes_.push_back(outcome); });
    }
    void load() {
        make();
        engine_->load();
        QTRY_VERIFY(engine_->model().has_value());
    }

    std::shared_ptr<tests::FakeScript> script_;
    std::unique_ptr<EngineThread> engine_;
    std::vector<inference::Result<inference::GenerationSummary>> outcomes_;
};

APP_TEST(engine, EngineTest)
#include "engine_test.moc"
