// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/job_survival_test.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTimer>
#include <QtTest>

#include <unistd.h>

#include <algorithm>

#include "app/feedback/pixel_statistics.h"
#include "app/feedback/training_manifest.h"
#include "app/feedback/training_run.h"
#include "app/imaging/image_exporter.h"
#include "ui/start/model_source.h"
#include "ui/start/program_files.h"

namespace {

constexpr int patience_ms = 120'000;
constexpr int rated_pictures = 32;
constexpr int pictures_of_grid = 4;

QString inputsFile(const QString& folder) { return folder + QStringLiteral("/inputs.json"); }
QString workDir(const QString& folder) { return folder + QStringLiteral("/work"); }
QString adaptersDir(const QString& folder) { return folder + QStringLiteral("/adapters"); }

QByteArray contentsOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// On one thread: the number of threads decides the order of sums.
std::unique_ptr<inference::Engine> openEngine(const QString& folder) {
    const auto files = ui::ProgramFiles::beside(QFileInfo(QStringLiteral(FUSELIGHT_PROGRAM)).absolutePath());
    inference::EngineConfig config;
    config.pipeline_path = QString(folder + QStringLiteral("/model/pipeline")).toStdString();
    config.text_model_path = QString(folder + QStringLiteral("/model/text")).toStdString();
    config.adapters_path = adaptersDir(folder).toStdString();
    config.device = "cpu";
    config.dtype = inference::Dtype::float32;
    config.num_threads = 1;
    auto engine = ui::engineFactory(files.engine_module.toStdString(), config)([](const inference::LoadProgress&) {}, {});
    if (!engine) qFatal("%s", engine.error().detail.c_str());
    return *std::move(engine);
}

void say(const QByteArray& line) {
    const QByteArray bytes = line + '\n';
    if (::write(STDOUT_FILENO, bytes.constData(), static_cast<std::size_t>(bytes.size())) != bytes.size()) ::_exit(3);
}

}  // namespace

int runJobSurvivalChild(const QString& folder) {
    auto inputs = app::trainingInputsFromJson(contentsOf(inputsFile(folder)));
    if (!inputs) qFatal("%s", inputs.error().detail.c_str());
    const auto engine = openEngine(folder);
    say("began");
    app::TrainingRun::Options options;
    options.adapters_dir = adaptersDir(folder);
    options.work_dir = workDir(folder);
    app::TrainingRun run(*std::move(inputs), std::move(options));
    while (run.advance(*engine, {})) {
    }
    if (!run.outcome()) qFatal("%s", run.outcome().error().detail.c_str());
    QJsonObject outcome = QJsonDocument::fromJson(app::measuresJson(*run.outcome())).object();
    outcome.remove(QStringLiteral("seconds"));
    outcome.insert(QStringLiteral("adapter"), run.outcome()->adapter_id);
    say(QJsonDocument(outcome).toJson(QJsonDocument::Compact));
    return 0;
}

void JobSurvivalTest::init() {
    folder_ = std::make_unique<QTemporaryDir>();
    QVERIFY(folder_->isValid());
    QCOMPARE(QProcess::execute(QStringLiteral(WRITE_TINY_MODEL), {folder_->filePath(QStringLiteral("model")), QStringLiteral("Tiny")}), 0);
    ratePictures();
}

/// Pictures that the model drew, rated by their warmth.
void JobSurvivalTest::ratePictures() {
    const auto engine = openEngine(folder_->path());
    app::TrainingInputs inputs;
    inputs.model_id = engine->model().id;
    inputs.seed = 3;
    inputs.budget_minutes = 1000.0;  // time decides nothing
    inputs.drawing = inference::with_defaults({}, engine->model());
    inputs.drawing.num_inference_steps = 2;
    inputs.config.steps = 12;
    inputs.config.groups_per_step = 2;
    inputs.config.checkpoint_steps = 3;
    inputs.config.learning_rate = 5e-3;
    inputs.prompts = {"a boat", "a tree", "a stone"};
    inputs.gate_prompts = {"a cup", "a lamp", "a door", "a shoe"};
    std::vector<double> warmth;
    for (int i = 0; i < rated_pictures; ++i) {
        auto request = inputs.drawing;
        request.prompt = "an apple " + std::to_string(i / pictures_of_grid);
        request.seed = static_cast<std::uint64_t>(i);
        inference::PixelBuffer pixels;
        inference::GenerationCallbacks callbacks;
        callbacks.on_image = [&](inference::RenderedImage image) { pixels = std::move(image.pixels); };
        QVERIFY(engine->generate(request, callbacks, {}));
        const QString path = folder_->filePath(QStringLiteral("%1.png").arg(i));
        QVERIFY(app::writeImage(path, pixels, request, {}));
        warmth.push_back(app::pixelStatistics(pixels)[static_cast<std::size_t>(app::PixelStatistic::warmth)]);
        inputs.examples.push_back({{i + 1}, path, request.prompt, {}, 1 + i / pictures_of_grid, 0.0});
    }
    auto sorted = warmth;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < warmth.size(); ++i) {
        const auto below = std::lower_bound(sorted.begin(), sorted.end(), warmth[i]) - sorted.begin();
        inputs.examples[i].rating = 1.0 + static_cast<double>(below * 5 / rated_pictures);
    }
    QFile file(inputsFile(folder_->path()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(app::toJson(inputs));
}

bool JobSurvivalTest::run(int delay_ms) {
    said_.clear();
    QProcess child;
    child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("job_survival_child"), folder_->path()});
    QSignalSpy ended(&child, &QProcess::finished);
    if (!QTest::qWaitFor([&] { return child.canReadLine() || !ended.isEmpty(); }, patience_ms) || child.readLine() != "began\n") {
        QTest::qFail("the process did not begin", __FILE__, __LINE__);
        return false;
    }
    if (delay_ms >= 0) QTimer::singleShot(delay_ms, &child, &QProcess::kill);
    if (!QTest::qWaitFor([&] { return !ended.isEmpty(); }, patience_ms)) {
        QTest::qFail("the process does not end", __FILE__, __LINE__);
        return false;
    }
    if (child.exitStatus() == QProcess::CrashExit && delay_ms >= 0) return false;
    if (child.exitStatus() == QProcess::CrashExit || child.exitCode() != 0) {
        QTest::qFail("the job failed", __FILE__, __LINE__);
        return false;
    }
    said_ = child.readAllStandardOutput();
    return true;
}

JobSurvivalTest::End JobSurvivalTest::end() const {
    const QString id = QJsonDocument::fromJson(said_).object().value(QStringLiteral("adapter")).toString();
    End end;
    end.outcome = said_;
    end.trained = contentsOf(workDir(folder_->path()) + QStringLiteral("/trained.safetensors"));
    if (!id.isEmpty()) end.shipped = contentsOf(adaptersDir(folder_->path()) + QStringLiteral("/%1/adapter.safetensors").arg(id));
    return end;
}

void JobSurvivalTest::compare(const End& end, const End& expected) {
    QVERIFY2(end.trained == expected.trained, "another adapter was trained");
    QCOMPARE(end.outcome, expected.outcome);
    QVERIFY2(end.shipped == expected.shipped, "another file was shipped");
}

void JobSurvivalTest::forgetTheRun() const {
    QDir(workDir(folder_->path())).removeRecursively();
    QDir(adaptersDir(folder_->path())).removeRecursively();
}

void JobSurvivalTest::aJobThatIsKilledAnywhereEndsInTheSameAdapter() {
    QElapsedTimer timer;
    timer.start();
    QVERIFY(run(-1));
    const int undisturbed_ms = static_cast<int>(timer.elapsed());
    const End expected = end();
    QVERIFY2(!expected.trained.isEmpty(), expected.outcome.constData());
    forgetTheRun();

    const int kills = std::max(1, qEnvironmentVariableIntValue("FUSELIGHT_TEST_KILLS"));
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("%d kills within %d ms, moments from seed %u; undisturbed: %s", kills, undisturbed_ms, seed, expected.outcome.constData());
    QRandomGenerator moments(seed);
    int met_training = 0;
    int met_judging = 0;
    int ends = 0;
    for (int kill = 0; kill < kills;) {
        const bool whole = run(moments.bounded(std::max(1, undisturbed_ms / 2)));
        if (QTest::currentTestFailed()) return;
        if (whole) {
            compare(end(), expected);
            if (QTest::currentTestFailed()) return;
            ++ends;
            forgetTheRun();
            continue;
        }
        ++kill;
        const bool judged = QFile::exists(workDir(folder_->path()) + QStringLiteral("/trained.safetensors"));
        const bool trained = !QDir(workDir(folder_->path()) + QStringLiteral("/checkpoint")).isEmpty();
        met_judging += judged ? 1 : 0;
        met_training += trained && !judged ? 1 : 0;
    }
    QVERIFY(run(-1));
    compare(end(), expected);
    qInfo("%d ends; %d kills met the training, %d the judging", ends + 1, met_training, met_judging);
    // A few moments may all miss; thirty that do would prove nothing.
    if (kills >= 30) QVERIFY2(met_training + met_judging > 0, "no kill met the training or the judging");
}
