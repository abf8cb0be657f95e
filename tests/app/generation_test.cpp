// SPDX-License-Identifier: Apache-2.0
#include "app/generation/generation_service.h"
#include "app/generation/picture_file.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_library.h"

#include <QDeadlineTimer>

#include <unistd.h>

#include <cmath>
#include <functional>
#include <thread>

using app::EngineThread;
using app::GenerationService;
using app::ItemId;
using app::Job;
using app::JobId;
using app::JobQueue;
using app::JobState;
using app::Library;
using inference::ErrorCode;
using inference::GenerationRequest;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool counts_memory = false;  // freed memory is held back to find its late use
#else
constexpr bool counts_memory = true;
#endif

GenerationRequest batchOf(int images, std::uint64_t seed = 100) {
    auto request = tests::requestFor("three strawberries", seed);
    request.num_images = images;
    return request;
}

/// Likes red: fakePixels makes it 37 times the seed, modulo 256.
std::vector<double> reddest(const std::vector<inference::Candidate>& candidates) {
    std::vector<double> scores;
    for (const auto& candidate : candidates) scores.push_back(candidate.pixels.bytes[0]);
    return scores;
}

GenerationRequest bestOf(int candidates, int images = 1) {
    auto request = batchOf(images, 100);
    request.candidates = candidates;
    return request;
}

qint64 residentBytes() {
    QFile statm(QStringLiteral("/proc/self/statm"));
    if (!statm.open(QIODevice::ReadOnly)) return 0;
    return statm.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE);
}

}  // namespace

class GenerationTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        studio_ = std::make_unique<tests::TemporaryLibrary>();
        script_ = std::make_shared<tests::FakeScript>();
        open();
    }
    void cleanup() {
        close();
        QCOMPARE(script_->engines.load(), 0);
        studio_.reset();
    }

    void defaultsComeFromTheModel() {
        load();
        GenerationRequest request;
        request.prompt = "p";
        const JobId id = submit(request);
        QTRY_COMPARE(stateOf(id), JobState::done);
        const auto drawn = script_->requests().back();
        QCOMPARE(drawn.width, 16);
        QCOMPARE(drawn.height, 16);
        QCOMPARE(drawn.num_inference_steps, 4);
        QCOMPARE(drawn.guidance_scale, 3.0);
        QCOMPARE(drawn.model_id, std::string("fake-model"));
        QVERIFY(queue_->find(id)->request == drawn);
        // The stored request has them too: it draws the same picture with any later default.
        const auto stored = library().request(library().items().front().id);
        QVERIFY_OK(stored);
        QVERIFY(*stored == drawn);
    }

    void badRequestsAreRefusedByTheNameOfTheirField_data() {
        QTest::addColumn<std::function<void(GenerationRequest&)>>("spoil");
        QTest::addColumn<QByteArray>("named");
        using Spoil = std::function<void(GenerationRequest&)>;
        const auto row = [](const char* name, const char* named, Spoil spoil) { QTest::addRow("%s", name) << std::move(spoil) << QByteArray(named); };
        row("negative width", "width", [](auto& r) { r.width = -8; });
        row("odd height", "height", [](auto& r) { r.height = 17; });
        row("huge width", "width", [](auto& r) { r.width = 100000; });
        row("too many steps", "num_inference_steps", [](auto& r) { r.num_inference_steps = 1001; });
        row("negative steps", "num_inference_steps", [](auto& r) { r.num_inference_steps = -1; });
        row("too much guidance", "guidance_scale", [](auto& r) { r.guidance_scale = 100.5; });
        row("guidance is not a number", "guidance_scale", [](auto& r) { r.guidance_scale = std::nan(""); });
        row("no image", "num_images", [](auto& r) { r.num_images = 0; });
        row("too many images", "num_images", [](auto& r) { r.num_images = 1025; });
        row("empty batch", "batch_size", [](auto& r) { r.batch_size = 0; });
        row("a prompt too long", "prompt", [](auto& r) { r.prompt.assign(100000, 'x'); });
        row("a prompt that is no text", "prompt", [](auto& r) { r.prompt = "caf\xe9"; });
        row("a prompt with a zero", "negative_prompt", [](auto& r) { r.negative_prompt = std::string("a\0b", 3); });
    }
    void badRequestsAreRefusedByTheNameOfTheirField() {
        QFETCH(std::function<void(GenerationRequest&)>, spoil);
        QFETCH(QByteArray, named);
        load();
        auto request = tests::requestFor("p");
        spoil(request);
        const auto refused = service_->submit(request);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::invalid_request);
        QVERIFY2(refused.error().detail.find(named.toStdString()) != std::string::npos, refused.error().detail.c_str());
        QVERIFY(queue_->jobs().empty());
    }

    void unusualPromptsAreDrawnAndKept_data() {
        QTest::addColumn<QString>("prompt");
        QTest::addRow("none") << QString();
        QTest::addRow("emoji") << QStringLiteral("🍓👩‍🎨🇰🇷");
        QTest::addRow("Hangul") << QStringLiteral("노란 배경의 딸기 세 개");
        QTest::addRow("right to left") << QStringLiteral("ثلاث فراولات على خلفية صفراء");
        QTest::addRow("control characters") << QStringLiteral("a\tb\r\nc\x01\x7f");
        QTest::addRow("path") << QStringLiteral("../../../etc/passwd");
        QTest::addRow("long") << QString(60000, QLatin1Char('x'));
    }
    void unusualPromptsAreDrawnAndKept() {
        QFETCH(QString, prompt);
        load();
        const JobId id = submit(tests::requestFor(prompt.toStdString()));
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(library().items().size(), std::size_t{1});
        const auto& item = library().items().front();
        QCOMPARE(item.prompt, prompt);
        QCOMPARE(QFileInfo(item.path).absolutePath(), studio_->paths.images_dir);
        const auto embedded = app::readEmbeddedRequest(item.path);
        QVERIFY_OK(embedded);
        QCOMPARE(QString::fromStdString(embedded->prompt), prompt);
    }

    void aRequestForAnotherModelIsRefused() {
        load();
        auto request = tests::requestFor("p");
        request.model_id = "another";
        const auto refused = service_->submit(request);
        QCOMPARE(refused.error().code, ErrorCode::model_not_found);
        QVERIFY(refused.error().detail.find("another") != std::string::npos);
    }

    void adaptersOfAnotherModelAreTakenOutOfWhatIsAsked() {
        const inference::AdapterUse ours{std::string(64, 'a'), 0.5}, foreign{std::string(64, 'b'), 1.0};
        service_->setAdapterFits([&](const std::string& id, const std::string& model) { return model == script_->model.id && id == ours.id; });
        auto request = tests::requestFor("early");
        request.adapters = {ours, foreign};
        const JobId early = submit(request);
        QCOMPARE(queue_->find(early)->request.adapters.size(), std::size_t{2});  // which model will draw is not known yet
        load();
        QTRY_COMPARE(stateOf(early), JobState::done);
        QCOMPARE(queue_->find(early)->request.adapters, std::vector{ours});
        const JobId late = submit(request);
        QTRY_COMPARE(stateOf(late), JobState::done);
        for (const auto& drawn : script_->requests()) QCOMPARE(drawn.adapters, std::vector{ours});
    }

    void aJobOfAModelThatIsGoneIsDrawnWithAnotherWhereOneSaysSo() {
        const inference::AdapterUse foreign{std::string(64, 'b'), 1.0};
        service_->setAdapterFits([](const std::string&, const std::string& model) { return model == "gone"; });
        auto request = tests::requestFor("of the model that is gone");
        request.model_id = "gone";
        request.adapters = {foreign};
        const JobId job = submit(request);
        request.width = 17;
        const JobId odd = submit(request);
        load();
        const JobId other = submit(tests::requestFor("of this one"));
        QTRY_COMPARE(stateOf(other), JobState::done);
        QCOMPARE(stateOf(job), JobState::waiting);
        QVERIFY_OK(service_->drawWith(job, script_->model.id));
        QTRY_COMPARE(stateOf(job), JobState::done);
        QCOMPARE(queue_->find(job)->request.model_id, script_->model.id);
        QVERIFY(queue_->find(job)->request.adapters.empty());
        // What this model cannot draw stays as it was.
        QCOMPARE(service_->drawWith(odd, script_->model.id).error().code, ErrorCode::invalid_request);
        QCOMPARE(stateOf(odd), JobState::waiting);
        QCOMPARE(queue_->find(odd)->request.model_id, std::string("gone"));
    }

    void aRequestMayBeQueuedBeforeTheModelIsLoaded() {
        GenerationRequest request;
        request.prompt = "early";
        const JobId id = submit(request);
        auto odd = tests::requestFor("odd");
        odd.width = 17;  // whether a model can make this is known only once there is one
        const JobId bad = submit(odd);
        auto never = tests::requestFor("never");
        never.num_images = 0;
        QCOMPARE(service_->submit(never).error().code, ErrorCode::invalid_request);
        QCOMPARE(queue_->find(id)->request.width, 0);
        load();
        QTRY_COMPARE(stateOf(bad), JobState::failed);
        QCOMPARE(stateOf(id), JobState::done);
        QCOMPARE(queue_->find(id)->request.width, 16);
        QCOMPARE(queue_->find(bad)->error.code, ErrorCode::invalid_request);
        QVERIFY(queue_->find(bad)->error.detail.find("16 and 24") != std::string::npos);
        QCOMPARE(failures_.size(), std::size_t{1});
        QCOMPARE(script_->requests().size(), std::size_t{1});
    }

    void everyPictureIsStoredBeforeItIsShown() {
        load();
        QList<QByteArray> seen;
        QString announced;
        connect(service_.get(), &GenerationService::pictureWritten, this, [&](const QString& path, const QImage& thumbnail) {
            QVERIFY(QFile::exists(path));
            QCOMPARE(thumbnail.size(), QSize(16, 16));
            announced = path;
            seen.append("written");
        });
        connect(&library(), &Library::itemAdded, this, [&](ItemId id) {
            const auto* item = library().find(id);
            QCOMPARE(item->path, announced);
            auto row = studio_->database->execute(QStringLiteral("SELECT job_id FROM items WHERE id = ?"), {id.value});
            QVERIFY(row && row->next());
            QVERIFY(app::readImage(item->path).has_value());
            seen.append("added");
        });
        int expected_index = 0;
        connect(service_.get(), &GenerationService::imageFinished, this, [&](JobId job, int index, ItemId id) {
            QCOMPARE(index, expected_index++);
            QCOMPARE(queue_->find(job)->images_done, index + 1);
            const auto seed = 100 + static_cast<std::uint64_t>(index);
            QVERIFY(*app::readImage(library().find(id)->path) == tests::fakePixels(16, 16, 4, seed));
            QCOMPARE(library().request(id)->seed, seed);
            QCOMPARE(library().request(id)->num_images, 1);
            QVERIFY(*app::readEmbeddedRequest(library().find(id)->path) == *library().request(id));
            QVERIFY(library().find(id)->has_alpha);
            seen.append("finished");
        });
        const JobId id = submit(batchOf(3));
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(seen, (QList<QByteArray>{"written", "added", "finished", "written", "added", "finished", "written", "added", "finished"}));
    }

    void theSeedAfterTheLargestIsZero() {
        load();
        const JobId id = submit(batchOf(2, 0xFFFFFFFFFFFFFFFFull));
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(library().items().size(), std::size_t{2});
        QCOMPARE(library().request(library().items()[0].id)->seed, std::uint64_t{0});
        QCOMPARE(library().request(library().items()[1].id)->seed, 0xFFFFFFFFFFFFFFFFull);
    }

    void theLivePreviewFollowsTheRunningJob() {
        load();
        script_->allow(2);
        auto request = batchOf(2);
        request.batch_size = 2;
        const JobId id = submit(request);
        QTRY_COMPARE(service_->livePreview().step, 2);
        QCOMPARE(service_->livePreview().job, id);
        QCOMPARE(service_->livePreview().num_steps, 4);
        QCOMPARE(service_->livePreview().images.size(), std::size_t{2});
        QVERIFY(service_->isBusy());
        QCOMPARE(queue_->find(id)->fraction, 0.5);
        script_->open();
        QTRY_COMPARE(stateOf(id), JobState::done);
        QVERIFY(service_->livePreview().images.empty());
        QCOMPARE(service_->livePreview().job, JobId{});
        QVERIFY(!service_->isBusy());
    }

    void theBestCandidateIsStoredAsAPictureOfItsOwnSeed() {
        load();
        service_->setJudging({reddest, false});
        const JobId id = submit(bestOf(4, 2));
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(script_->requests().front().candidates, 4);
        QCOMPARE(seedsOldestFirst(), (QList<quint64>{103, 107}));
        for (const auto& item : library().items()) {
            const auto stored = tests::must(library().request(item.id));
            QCOMPARE(stored.candidates, 1);
            QCOMPARE(stored.num_images, 1);
            QVERIFY(tests::must(app::readEmbeddedRequest(item.path)) == stored);
            // Used again it is drawn without anybody's judgement, and is the same picture.
            service_->setJudging({});
            const auto pixels = tests::must(app::readImage(item.path));
            const JobId again = submit(stored);
            QTRY_COMPARE(stateOf(again), JobState::done);
            QVERIFY(tests::must(app::readImage(library().items().front().path)) == pixels);
            break;
        }
    }

    void candidatesAreRefusedWhileNobodyKnowsTheTaste() {
        load();
        const auto refused = service_->submit(bestOf(4));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::invalid_request);
        QCOMPARE(QString::fromStdString(refused.error().detail),
                 QStringLiteral("Fuselight does not know your taste yet: rate more pictures, or set candidates to 1"));
        QVERIFY(queue_->jobs().empty());
        // What is wrong whoever judges is said first.
        QVERIFY(service_->submit(bestOf(17)).error().detail.starts_with("candidates is 17"));
        service_->setJudging({reddest, false});
        QVERIFY(service_->submit(bestOf(4)).has_value());
    }

    void candidatesWaitForAJudgeWhoIsAwaitedAndLetOthersPass() {
        service_->setJudging({{}, true});
        const JobId best = submit(bestOf(4));
        const JobId plain = submit(batchOf(1, 500));
        load();
        QTRY_COMPARE(stateOf(plain), JobState::done);
        QTest::qWait(20);
        QCOMPARE(stateOf(best), JobState::waiting);
        service_->setJudging({reddest, false});
        QTRY_COMPARE(stateOf(best), JobState::done);
        QCOMPARE(library().request(library().items().front().id)->seed, std::uint64_t{103});
    }

    void candidatesFailWhenTheJudgeWhoWasAwaitedDoesNotCome() {
        service_->setJudging({{}, true});
        const JobId id = submit(bestOf(4));
        load();
        service_->setJudging({});
        QTRY_COMPARE(stateOf(id), JobState::failed);
        QCOMPARE(queue_->find(id)->error, app::nobodyJudges());
        QCOMPARE(failures_.size(), std::size_t{1});
        QVERIFY(script_->requests().empty());
        // By then it is known again: trying it again draws it.
        service_->setJudging({reddest, false});
        queue_->retry(id);
        QTRY_COMPARE(stateOf(id), JobState::done);
    }

    void aJobWithCandidatesGoesOnAtItsBlockOfSeedsAfterTheProgramEnded() {
        load();
        service_->setJudging({reddest, false});
        script_->allow(4 + 3);  // a picture, and most of the second
        const JobId id = submit(bestOf(4, 3));
        QTRY_COMPARE(queue_->find(id)->images_done, 1);
        restart();
        service_->setJudging({reddest, false});
        script_->open();
        load();
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(script_->requests().back().seed, std::uint64_t{104});
        QCOMPARE(script_->requests().back().num_images, 2);
        QCOMPARE(script_->requests().back().candidates, 4);
        QCOMPARE(seedsOldestFirst(), (QList<quint64>{103, 107, 110}));
        verifyEveryFile();
    }

    void theLivePreviewShowsOneOfEachPicturesCandidates() {
        load();
        service_->setJudging({reddest, false});
        script_->allow(2);
        auto request = bestOf(4, 2);
        request.batch_size = 2;
        const JobId id = submit(request);
        QTRY_COMPARE(service_->livePreview().step, 2);
        QCOMPARE(service_->livePreview().images.size(), std::size_t{2});
        const auto before = service_->livePreview().images;
        script_->allow(1);
        QTRY_COMPARE(service_->livePreview().step, 3);
        QCOMPARE(service_->livePreview().images.size(), std::size_t{2});
        QVERIFY2(service_->livePreview().images[0] != before[0], "the one that was shown was given up");
        script_->open();
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(seedsOldestFirst(), (QList<quint64>{103, 107}));
    }

    void aCancelledBatchKeepsItsFinishedPictures() {
        load();
        script_->allow(2 * 4 + 1);  // two pictures and a step
        const JobId id = submit(batchOf(5));
        QTRY_COMPARE(queue_->find(id)->images_done, 2);
        queue_->cancel(id);
        QTRY_COMPARE(stateOf(id), JobState::cancelled);
        QCOMPARE(library().items().size(), std::size_t{2});
        QVERIFY(failures_.empty());  // a cancel is no failure
        QVERIFY(!service_->isBusy());
        script_->open();
        queue_->retry(id);
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(seedsOldestFirst(), (QList<quint64>{100, 101, 102, 103, 104}));
        QCOMPARE(script_->requests().back().seed, std::uint64_t{102});
    }

    void anErrorOfTheEngineIsTheJobsAndTheNextOneRuns() {
        load();
        script_->error = inference::Error{ErrorCode::out_of_memory, "64 GB of 8"};
        script_->images_before_error = 1;
        const JobId id = submit(batchOf(3));
        QTRY_COMPARE(stateOf(id), JobState::failed);
        QCOMPARE(queue_->find(id)->error, *script_->error);
        QCOMPARE(failures_.size(), std::size_t{1});
        QCOMPARE(failures_[0], *script_->error);
        QCOMPARE(library().items().size(), std::size_t{1});
        script_->error.reset();
        const JobId next = submit(batchOf(1));
        QTRY_COMPARE(stateOf(next), JobState::done);
    }

    void aDiskThatTakesNoFileIsTheJobsErrorAndARetryDrawsNothingAgain() {
        load();
        script_->allow(4);  // one picture
        const JobId id = submit(batchOf(3));
        QTRY_COMPARE(queue_->find(id)->images_done, 1);
        const QString away = studio_->paths.images_dir + QStringLiteral("-away");
        QVERIFY(QFile::rename(studio_->paths.images_dir, away));
        QFile obstacle(studio_->paths.images_dir);
        QVERIFY(obstacle.open(QIODevice::WriteOnly));
        script_->allow(4);  // the second picture has no place; the third is not begun
        QTRY_COMPARE(stateOf(id), JobState::failed);
        QCOMPARE(queue_->find(id)->error.code, ErrorCode::io);
        QVERIFY2(queue_->find(id)->error.detail.find(studio_->paths.images_dir.toStdString()) != std::string::npos,
                 queue_->find(id)->error.detail.c_str());
        QCOMPARE(failures_.size(), std::size_t{1});
        QCOMPARE(library().items().size(), std::size_t{1});
        QCOMPARE(script_->steps.load(), 8);

        QVERIFY(obstacle.remove());
        QVERIFY(QFile::rename(away, studio_->paths.images_dir));
        script_->open();
        queue_->retry(id);
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(seedsOldestFirst(), (QList<quint64>{100, 101, 102}));
        QCOMPARE(script_->steps.load(), 12);  // the second picture was kept in memory
        verifyEveryFile();
    }

    void aDatabaseThatRefusesAPictureIsTheJobsErrorAndARetryStoresIt() {
        load();
        script_->allow(4);
        const JobId id = submit(batchOf(2));
        QTRY_COMPARE(queue_->find(id)->images_done, 1);
        refuseWrites(true);
        script_->allow(4);
        QTRY_COMPARE(stateOf(id), JobState::failed);
        refuseWrites(false);
        QCOMPARE(queue_->find(id)->error.code, ErrorCode::io);
        QCOMPARE(library().items().size(), std::size_t{1});
        script_->close();  // nothing needs to be drawn
        queue_->retry(id);
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(library().items().size(), std::size_t{2});
        verifyEveryFile();
    }

    void closingWhileDrawingKeepsWhatIsDoneAndTheJobGoesOnNextTime() {
        load();
        script_->allow(2 * 4 + 2);
        const JobId id = submit(batchOf(5));
        const JobId waiting = submit(batchOf(1, 500));
        QTRY_COMPARE(queue_->find(id)->images_done, 2);
        restart();
        QCOMPARE(stateOf(id), JobState::waiting);
        QCOMPARE(queue_->jobs().front().id, id);
        QCOMPARE(queue_->find(id)->images_done, 2);
        QCOMPARE(library().items().size(), std::size_t{2});
        script_->open();
        load();
        QTRY_COMPARE(stateOf(waiting), JobState::done);
        QCOMPARE(stateOf(id), JobState::done);
        QCOMPARE(seedsOldestFirst(), (QList<quint64>{100, 101, 102, 103, 104, 500}));
        QCOMPARE(script_->requests()[1].num_images, 3);
        verifyEveryFile();
    }

    void aCancelJustBeforeTheEndOfTheProgramIsACancel() {
        load();
        script_->allow(1);
        const JobId id = submit(batchOf(2));
        QTRY_COMPARE(script_->steps.load(), 1);
        queue_->cancel(id);
        restart();
        QCOMPARE(stateOf(id), JobState::cancelled);
    }

    void picturesStoredJustBeforeACrashAreNotDrawnAgain() {
        load();
        script_->allow(2 * 4 + 1);
        const JobId id = submit(batchOf(3));
        QTRY_COMPARE(queue_->find(id)->images_done, 2);
        close();
        // The row of the second picture was written and the job's count was not.
        QVERIFY_OK(studio_->database->execute(QStringLiteral("UPDATE jobs SET images_done = 1 WHERE id = ?"), {id.value}));
        studio_->reopen();
        open();
        script_->open();
        load();
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(script_->requests().back().seed, std::uint64_t{102});
        QCOMPARE(seedsOldestFirst(), (QList<quint64>{100, 101, 102}));
        QCOMPARE(queue_->find(id)->images_done, 3);
    }

    void aFileWrittenJustBeforeACrashIsReplacedByTheSamePicture() {
        load();
        script_->allow(1);
        const JobId id = submit(batchOf(1));
        QTRY_COMPARE(script_->steps.load(), 1);
        const QString file = studio_->imagePath(app::pictureFileName(*queue_->find(id), 0));
        close();
        QVERIFY_OK(app::writeImage(file, tests::fakePixels(16, 16, 4, 100), batchOf(1), {}));
        studio_->reopen();
        open();
        script_->open();
        load();
        QTRY_COMPARE(stateOf(id), JobState::done);
        QTRY_COMPARE(library().items().size(), std::size_t{1});
        QCOMPARE(library().items().front().path, file);
        QCOMPARE(QDir(studio_->paths.images_dir).entryList(QDir::Files | QDir::Hidden).size(), 1);
    }

    void afterTheEndNothingStarts() {
        load();
        const JobId id = submit(batchOf(1));
        service_->shutdown();
        service_->shutdown();
        QCOMPARE(script_->engines.load(), 0);
        QCoreApplication::processEvents();
        QCOMPARE(stateOf(id), JobState::waiting);
        // Not even when the model's arrival was still in the mail.
        restart();
        engine_->load();
        while (script_->engines != 1) std::this_thread::yield();
        service_->shutdown();
        QCoreApplication::processEvents();
        QCOMPARE(stateOf(id), JobState::waiting);
        QVERIFY(script_->requests().empty());
    }

    void fileNamesTellTimePromptSeedAndJob() {
        QCOMPARE(app::slugOf(QStringLiteral("Three Strawberries, on a YELLOW background!")), QStringLiteral("three-strawberries-on-a-yellow"));
        QCOMPARE(app::slugOf(QStringLiteral("  Žluťoučký  kůň ")), QStringLiteral("zlutoucky-kun"));
        QCOMPARE(app::slugOf(QStringLiteral("딸기 🍓")), QStringLiteral("picture"));
        QCOMPARE(app::slugOf(QString()), QStringLiteral("picture"));
        QCOMPARE(app::slugOf(QStringLiteral("../../etc/passwd\0")), QStringLiteral("etc-passwd"));
        QVERIFY(app::slugOf(QString(100000, QLatin1Char('x'))).size() <= 40);
        Job job;
        job.id = {7};
        job.request = batchOf(2, 12345);
        job.created_at = QDateTime(QDate(2026, 11, 24), QTime(15, 30, 12), Qt::LocalTime);
        QCOMPARE(app::pictureFileName(job, 1), QStringLiteral("20261124-153012-three-strawberries-s12346-7-1.png"));
        job.request.candidates = 4;
        QCOMPARE(app::pictureFileName(job, 1), QStringLiteral("20261124-153012-three-strawberries-s12349-7-1.png"));
    }

    void aThousandCancelsLeaveNothingBehind() {
        load();
        script_->previews = false;
        script_->close();
        qint64 before = 0;
        for (int i = 0; i < 1000; ++i) {
            if (i == 100) before = residentBytes();  // pools, caches and the list of finished jobs have their size by now
            const JobId id = submit(batchOf(2, static_cast<std::uint64_t>(i)));
            // By turns while it waits, when it was just started, and in the middle of a step.
            if (i % 3 == 1) QVERIFY(soon([&] { return stateOf(id) == JobState::running; }));
            if (i % 3 == 2) QVERIFY(soon([&] { return script_->requests().size() > reached_; }));
            queue_->cancel(id);
            QVERIFY(soon([&] { return stateOf(id) == JobState::cancelled; }));
            reached_ = script_->requests().size();
        }
        if (counts_memory) {
            const qint64 growth = residentBytes() - before;
            qInfo("the program grew by %lld KiB", static_cast<long long>(growth / 1024));
            QVERIFY2(growth < 16 * 1024 * 1024, "memory grows with every cancel");
        }
        QCOMPARE(script_->engines.load(), 1);
        QCOMPARE(script_->steps.load(), 0);
        QVERIFY(queue_->running() == nullptr);
        QCOMPARE(queue_->waitingCount(), 0);
        QVERIFY(!service_->isBusy());
        QVERIFY(failures_.empty());
        QVERIFY(library().items().empty());
        QVERIFY(QDir(studio_->paths.images_dir).entryList(QDir::Files | QDir::Hidden).isEmpty());
        script_->open();
        const JobId id = submit(batchOf(1));
        QTRY_COMPARE(stateOf(id), JobState::done);
        QCOMPARE(library().items().size(), std::size_t{1});
    }

private:
    void open() {
        failures_.clear();
        queue_ = std::make_unique<JobQueue>(*studio_->database);
        tests::must(queue_->restore());
        engine_ = std::make_unique<EngineThread>(tests::fakeEngineFactory(script_));
        service_ = std::make_unique<GenerationService>(*engine_, *queue_, library(), studio_->paths);
        connect(service_.get(), &GenerationService::jobFailed, this, [this](JobId, const inference::Error& error) { failures_.push_back(error); });
    }
    void close() {
        service_.reset();
        engine_.reset();
        queue_.reset();
    }
    void restart() {
        close();
        studio_->reopen();
        open();
    }
    void load() {
        engine_->load();
        QTRY_VERIFY(engine_->model().has_value());
    }
    JobId submit(const GenerationRequest& request) { return tests::must(service_->submit(request)); }
    JobState stateOf(JobId id) const { return queue_->find(id)->state; }
    /// QTRY_... looks twenty times a second, which is too seldom for a thousand waits.
    static bool soon(const std::function<bool()>& holds) {
        QDeadlineTimer deadline(5000);
        while (!holds() && !deadline.hasExpired()) QCoreApplication::processEvents();
        return holds();
    }
    Library& library() { return *studio_->library; }
    void refuseWrites(bool refuse) { QVERIFY_OK(studio_->database->execute(QStringLiteral("PRAGMA query_only = %1").arg(refuse ? 1 : 0))); }
    QList<quint64> seedsOldestFirst() {
        QList<quint64> seeds;
        for (auto item = library().items().rbegin(); item != library().items().rend(); ++item) seeds.append(library().request(item->id)->seed);
        return seeds;
    }
    void verifyEveryFile() {
        for (const auto& item : library().items()) {
            const auto pixels = app::readImage(item.path);
            QVERIFY_OK(pixels);
            QVERIFY(*pixels == tests::fakePixels(16, 16, 4, library().request(item.id)->seed));
        }
        QCOMPARE(QDir(studio_->paths.images_dir).entryList(QDir::Files | QDir::Hidden).size(), static_cast<qsizetype>(library().items().size()));
    }

    std::unique_ptr<tests::TemporaryLibrary> studio_;
    std::shared_ptr<tests::FakeScript> script_;
    std::unique_ptr<JobQueue> queue_;
    std::unique_ptr<EngineThread> engine_;
    std::unique_ptr<GenerationService> service_;
    std::vector<inference::Error> failures_;
    std::size_t reached_ = 0;  ///< requests that the engine saw
};

APP_TEST(generation, GenerationTest)
#include "generation_test.moc"
