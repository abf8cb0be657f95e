// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/studio_test.h"

#include <QFileInfo>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "app/application.h"
#include "app/generation/generation_service.h"
#include "app/imaging/image_exporter.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/prompt/token_counter.h"
#include "ui/start/model_source.h"
#include "ui/start/program_files.h"
#include "ui/window/welcome.h"

namespace {

constexpr int patience_ms = 180000;

std::unique_ptr<app::Application> openStudio(const QString& profile) {
    const auto files = ui::ProgramFiles::beside(QFileInfo(QStringLiteral(FUSELIGHT_PROGRAM)).absolutePath());
    inference::EngineConfig config;
    config.pipeline_path = files.starter_pipeline.toStdString();
    config.text_model_path = files.text_model.toStdString();
    app::Application::Options options;
    options.paths = app::ProfilePaths::inside(profile);
    options.engine = ui::engineFactory(files.engine_module.toStdString(), config);
    options.tokenizer = ui::tokenizerFactory(config.pipeline_path, config.text_model_path);
    auto opened = app::Application::open(std::move(options));
    return opened ? *std::move(opened) : nullptr;
}

inference::GenerationRequest apple(int steps) {
    inference::GenerationRequest request;
    request.prompt = "a red apple";
    request.num_inference_steps = steps;
    request.seed = 5;
    return request;
}

/// Mean difference of the bytes of two RGBA pictures of one size; where nothing can be seen, colours do not count.
double visibleDifference(const inference::PixelBuffer& one, const inference::PixelBuffer& other) {
    double sum = 0.0;
    for (std::size_t i = 0; i < one.bytes.size(); i += 4) {
        const double alpha = one.bytes[i + 3], other_alpha = other.bytes[i + 3];
        for (std::size_t c = 0; c < 3; ++c) sum += std::abs(one.bytes[i + c] * alpha - other.bytes[i + c] * other_alpha) / 255.0;
        sum += std::abs(alpha - other_alpha);
    }
    return sum / static_cast<double>(one.bytes.size());
}

}  // namespace

void StudioTest::aPromptBecomesARatedPictureThatIsThereTomorrow() {
    const QTemporaryDir profile;
    app::ItemId drawn;
    {
        const auto studio = openStudio(profile.path());
        QVERIFY(studio);
        QSignalSpy finished(&studio->generation(), &app::GenerationService::imageFinished);
        QVERIFY(studio->generation().submit(apple(2)).has_value());
        QVERIFY(finished.wait(patience_ms));
        QCOMPARE(studio->library().items().size(), std::size_t{1});
        drawn = studio->library().items().front().id;
        QVERIFY(studio->library().setRating(drawn, 4).has_value());
    }
    const auto tomorrow = openStudio(profile.path());
    QVERIFY(tomorrow);
    const auto* item = tomorrow->library().find(drawn);
    QVERIFY(item != nullptr);
    QCOMPARE(item->rating, 4);
    QCOMPARE(item->prompt, QStringLiteral("a red apple"));
    QCOMPARE(app::readImage(item->path)->width, 128);
    const auto history = tomorrow->library().ratingHistory();
    QCOMPARE(history->size(), std::size_t{1});
    QCOMPARE(history->front().stars, 4);
    QVERIFY(!history->front().request.model_id.empty());
}

void StudioTest::aCancelledBatchKeepsItsFinishedImages() {
    const QTemporaryDir profile;
    const auto studio = openStudio(profile.path());
    auto request = apple(25);
    request.num_images = 50;
    QSignalSpy finished(&studio->generation(), &app::GenerationService::imageFinished);
    const auto job = studio->generation().submit(request);
    QVERIFY(finished.wait(patience_ms));
    studio->queue().cancel(*job);
    QTRY_VERIFY_WITH_TIMEOUT(studio->queue().find(*job)->state == app::JobState::cancelled, patience_ms);
    QVERIFY(!studio->library().items().empty());
    QVERIFY(studio->library().items().size() < 50);
    for (const auto& item : studio->library().items()) QVERIFY(app::readImage(item.path).has_value());
}

void StudioTest::theWindowsPictureIsTheCommandLinesPicture() {
    const QTemporaryDir profile;
    const auto studio = openStudio(profile.path());
    QSignalSpy finished(&studio->generation(), &app::GenerationService::imageFinished);
    QVERIFY(studio->generation().submit(apple(2)).has_value());
    QVERIFY(finished.wait(patience_ms));
    const auto window_pixels = app::readImage(studio->library().items().front().path);
    const QString file = profile.filePath(QStringLiteral("command-line.png"));
    QCOMPARE(QProcess::execute(QStringLiteral(FUSELIGHT_PROGRAM),
                               {QStringLiteral("generate"), QStringLiteral("--prompt"), QStringLiteral("a red apple"), QStringLiteral("--steps"),
                                QStringLiteral("2"), QStringLiteral("--seed"), QStringLiteral("5"), QStringLiteral("--output"), file}),
             0);
    QVERIFY(*app::readImage(file) == *window_pixels);
}

void StudioTest::theTokenCounterCountsWhatTheEngineReads() {
    const QTemporaryDir profile;
    const auto studio = openStudio(profile.path());
    QSignalSpy counted(&studio->tokens(), &app::TokenCounter::counted);
    const QString sentence = QStringLiteral("The capital of France is");
    studio->tokens().measure(app::TokenCounter::Channel::prompt, sentence);
    QVERIFY(counted.wait(patience_ms));
    QCOMPARE(counted.last().at(1).toString(), sentence);
    QCOMPARE(counted.last().at(2).value<app::TokenCount>().count, 6);
}

/// Weights that change without packaging/screenshots.sh would promise what a click does not draw.
void StudioTest::theExampleCardsShowWhatTheStarterDraws() {
    constexpr double most_difference = 4.0;  // of 255, on average: other processors round otherwise, other weights draw otherwise
    const QTemporaryDir profile;
    const auto studio = openStudio(profile.path());
    for (const ui::Example& example : ui::starterExamples()) {
        inference::GenerationRequest request;
        request.prompt = example.prompt.toStdString();
        request.seed = example.seed;
        QSignalSpy finished(&studio->generation(), &app::GenerationService::imageFinished);
        QVERIFY(studio->generation().submit(request).has_value());
        QVERIFY(finished.wait(patience_ms));
        const auto drawn = app::readImage(studio->library().items().front().path);
        const auto card = app::readImage(QStringLiteral(FUSELIGHT_EXAMPLES "/") + QFileInfo(example.picture).fileName());
        QVERIFY(drawn && card);
        QCOMPARE(card->bytes.size(), drawn->bytes.size());
        const double difference = visibleDifference(*drawn, *card);
        QVERIFY2(difference < most_difference, qPrintable(QStringLiteral("%1: %2").arg(example.prompt).arg(difference)));
    }
}
