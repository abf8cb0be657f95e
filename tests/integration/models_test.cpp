// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/models_test.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSignalSpy>
#include <QtTest>

#include <unistd.h>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/generation/generation_service.h"
#include "app/imaging/image_exporter.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/models/model_catalogue.h"
#include "app/models/model_switcher.h"
#include "app/prompt/token_counter.h"
#include "ui/start/model_source.h"
#include "ui/start/program_files.h"

namespace {

constexpr int patience_ms = 60000;

/// All services, with a tiny pipeline in the starter's place.
class Studio {
public:
    Studio(const QString& profile, const QString& starter) {
        const auto files = ui::ProgramFiles::beside(QFileInfo(QStringLiteral(FUSELIGHT_PROGRAM)).absolutePath());
        inference::EngineConfig config;
        config.device = "cpu";
        config.dtype = inference::Dtype::float32;
        app::Application::Options options;
        options.paths = app::ProfilePaths::inside(profile);
        config.cache_path = options.paths.cache_dir.toStdString();
        options.models = ui::modelBackend(files.engine_module.toStdString(), config);
        options.starter = {starter, QFileInfo(starter).path() + QStringLiteral("/text")};
        auto opened = app::Application::open(std::move(options));
        if (!opened) qFatal("%s", opened.error().detail.c_str());
        application_ = *std::move(opened);
        QObject::connect(&models(), &app::ModelCatalogue::refused, &models(),
                         [this](const QString&, const inference::Error& error) { refusal = error; });
        QObject::connect(&models(), &app::ModelCatalogue::added, &models(), [this](app::ModelId id) { added = id; });
        QObject::connect(&switcher(), &app::ModelSwitcher::failed, &models(),
                         [this](app::ModelId, const inference::Error& error) { refusal = error; });
    }

    app::ModelCatalogue& models() { return application_->models(); }
    app::ModelSwitcher& switcher() { return application_->modelSwitcher(); }
    app::Application* operator->() { return application_.get(); }

    bool waitUntilLoaded(app::ModelId id) {
        return QTest::qWaitFor([&] { return switcher().current() == id && !switcher().wanted(); }, patience_ms);
    }
    /// Adds a folder: `added` or `refusal` says what became of it.
    bool add(const QString& folder, const QString& text_model = {}) {
        added.reset();
        refusal.reset();
        models().add(folder, text_model);
        return QTest::qWaitFor([&] { return added || refusal; }, patience_ms) && added;
    }
    /// The pixels of one picture; none when the job does not end well.
    inference::PixelBuffer draw(std::uint64_t seed) {
        inference::GenerationRequest request;
        request.prompt = "a red apple";
        request.seed = seed;
        const auto job = application_->generation().submit(request);
        if (!job) return {};
        const auto ended = [&] { return app::isFinished(application_->queue().find(*job)->state); };
        if (!QTest::qWaitFor(ended, patience_ms) || application_->queue().find(*job)->state != app::JobState::done) return {};
        return app::readImage(application_->library().items().front().path).value_or(inference::PixelBuffer{});
    }
    std::string modelOfNewestPicture() {
        const auto request = application_->library().request(application_->library().items().front().id);
        return request ? request->model_id : std::string();
    }

    std::optional<app::ModelId> added;
    std::optional<inference::Error> refusal;

private:
    std::unique_ptr<app::Application> application_;
};

struct Outcome {
    int status = -1;
    QByteArray output;
    QByteArray errors;
    QJsonObject json() const { return QJsonDocument::fromJson(output).object(); }
};

Outcome run(const QStringList& arguments) {
    QProcess process;
    process.start(QStringLiteral(FUSELIGHT_PROGRAM), arguments);
    if (!process.waitForFinished(patience_ms)) return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

}  // namespace

void ModelsTest::init() { folder_ = std::make_unique<QTemporaryDir>(); }

QString ModelsTest::write(const QString& name, const QStringList& changes) const {
    const int status = QProcess::execute(QStringLiteral(WRITE_TINY_MODEL), QStringList{path(name), name} + changes);
    if (status != 0) qFatal("%s cannot be written", qPrintable(name));
    return path(name) + QStringLiteral("/pipeline");
}

void ModelsTest::addsSwitchesDrawsAndSwitchesBack() {
    const QString one = write(QStringLiteral("one")), two = write(QStringLiteral("two"), {QStringLiteral("large"), QStringLiteral("embedded")});
    Studio studio(path(QStringLiteral("profile")), one);
    const app::ModelId starter = studio.models().starter().id;
    QVERIFY(studio.waitUntilLoaded(starter));
    const auto before = studio.draw(3);
    QCOMPARE(before.width, 32);

    QVERIFY(studio.add(two));
    const app::ModelId other = *studio.added;
    QTRY_VERIFY_WITH_TIMEOUT(!studio.models().find(other)->identity.empty(), patience_ms);
    const std::string identity = studio.models().find(other)->identity;
    QCOMPARE(studio.models().find(other)->description->native_sizes.front().width, 64);
    studio.switcher().use(other);
    QVERIFY(studio.waitUntilLoaded(other));
    QCOMPARE(studio->engine().model()->id, identity);
    const auto picture = studio.draw(3);
    QCOMPARE(picture.width, 64);
    QCOMPARE(picture.height, 48);
    QCOMPARE(studio.modelOfNewestPicture(), identity);

    studio.switcher().use(starter);
    QVERIFY(studio.waitUntilLoaded(starter));
    QVERIFY2(studio.draw(3) == before, "a model draws the same picture before and after another one was loaded");
    QVERIFY(studio.modelOfNewestPicture() != identity);
}

void ModelsTest::aBadFolderIsSaidByFileAndFieldAndThePreviousModelGoesOn_data() {
    QTest::addColumn<QStringList>("changes");
    QTest::addColumn<QString>("damage");
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char* name, const QStringList& changes, const QString& damage, const QStringList& words) {
        QTest::newRow(name) << changes << damage << words;
    };
    row("a missing shard", {}, QStringLiteral("index"),
        {QStringLiteral("transformer/model.safetensors.index.json"), QStringLiteral("weight_map"), QStringLiteral("part-0.safetensors")});
    row("a wrong shape in a transformer's layer", {QStringLiteral("wrong-shape")}, {},
        {QStringLiteral("transformer/model.safetensors"), QStringLiteral("dit.layers.1.mlp.up_proj.weight"), QStringLiteral("[64, 16]")});
    row("a wrong shape in the autoencoder", {QStringLiteral("wrong-autoencoder")}, {},
        {QStringLiteral("vae/diffusion_pytorch_model.safetensors"), QStringLiteral("decoder.conv_in.weight")});
    row("a weight that is no number", {QStringLiteral("nan")}, {},
        {QStringLiteral("vae/diffusion_pytorch_model.safetensors"), QStringLiteral("decoder.conv_out.weight"), QStringLiteral("NaN")});
    row("an unknown class", {QStringLiteral("unknown-class")}, {},
        {QStringLiteral("model_index.json"), QStringLiteral("_class_name"), QStringLiteral("StableDiffusionPipeline")});
    row("an unknown value of a config", {QStringLiteral("unknown-position")}, {},
        {QStringLiteral("transformer/config.json"), QStringLiteral("pos_embed"), QStringLiteral("spiral")});
    row("a loop of links", {}, QStringLiteral("loop"), {QStringLiteral("transformer/model.safetensors")});
    row("a weight file that is cut short", {}, QStringLiteral("cut"), {QStringLiteral("vae/diffusion_pytorch_model.safetensors")});
    row("a config that is no JSON", {}, QStringLiteral("json"), {QStringLiteral("vae/config.json")});
    row("an empty folder", {}, QStringLiteral("empty"), {QStringLiteral("model_index.json")});
}

void ModelsTest::aBadFolderIsSaidByFileAndFieldAndThePreviousModelGoesOn() {
    QFETCH(QStringList, changes);
    QFETCH(QString, damage);
    QFETCH(QStringList, words);
    const QString one = write(QStringLiteral("one")), bad = write(QStringLiteral("bad"), changes);
    const QString weights = bad + QStringLiteral("/transformer/model.safetensors");
    if (damage == QStringLiteral("index")) {
        QVERIFY(QFile::rename(weights, bad + QStringLiteral("/transformer/part-1.safetensors")));
        QFile index(weights + QStringLiteral(".index.json"));
        QVERIFY(index.open(QIODevice::WriteOnly));
        index.write(R"({"weight_map": {"dit.proj_out.bias": "part-1.safetensors", "dit.proj_out.weight": "part-0.safetensors"}})");
    } else if (damage == QStringLiteral("loop")) {
        QVERIFY(QFile::remove(weights));
        QVERIFY(::symlink("model.safetensors", QFile::encodeName(weights).constData()) == 0);
    } else if (damage == QStringLiteral("cut")) {
        QFile file(bad + QStringLiteral("/vae/diffusion_pytorch_model.safetensors"));
        QVERIFY(file.resize(file.size() / 2));
    } else if (damage == QStringLiteral("json")) {
        QFile file(bad + QStringLiteral("/vae/config.json"));
        QVERIFY(file.resize(file.size() / 2));
    } else if (damage == QStringLiteral("empty")) {
        QVERIFY(QDir(bad).removeRecursively());
        QVERIFY(QDir().mkpath(bad));
    }

    Studio studio(path(QStringLiteral("profile")), one);
    const app::ModelId starter = studio.models().starter().id;
    QVERIFY(studio.waitUntilLoaded(starter));
    // Some folders are refused by a look into them, the others when their weights are read.
    if (studio.add(bad)) {
        studio.switcher().use(*studio.added);
        QTRY_VERIFY_WITH_TIMEOUT(studio.refusal.has_value(), patience_ms);
    }
    const QString sentence = QString::fromStdString(studio.refusal->detail);
    for (const QString& word : words) QVERIFY2(sentence.contains(word), qPrintable(sentence));
    QCOMPARE(studio.switcher().current(), std::optional(starter));
    QCOMPARE(studio.draw(3).width, 32);
}

void ModelsTest::aFolderThatIsStillBeingWrittenIsTakenWhenItIsWhole() {
    const QString one = write(QStringLiteral("one")), late = write(QStringLiteral("late"), {QStringLiteral("large")});
    QFile file(late + QStringLiteral("/transformer/model.safetensors"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    const QByteArray whole = file.readAll();
    QVERIFY(file.resize(whole.size() - 1000));
    Studio studio(path(QStringLiteral("profile")), one);
    QVERIFY(studio.waitUntilLoaded(studio.models().starter().id));
    QVERIFY(!studio.add(late));
    QCOMPARE(studio.refusal->code, inference::ErrorCode::corrupt_file);
    QVERIFY(studio.refusal->detail.find("transformer/model.safetensors") != std::string::npos);
    file.seek(0);
    QCOMPARE(file.write(whole), whole.size());
    file.close();
    QVERIFY(studio.add(late));
    studio.switcher().use(*studio.added);
    QVERIFY(studio.waitUntilLoaded(*studio.added));
    QCOMPARE(studio.draw(3).width, 64);
}

void ModelsTest::aFolderThatVanishesAfterItWasAddedIsSaidAndComesBack() {
    const QString one = write(QStringLiteral("one")), two = write(QStringLiteral("two"), {QStringLiteral("large")});
    Studio studio(path(QStringLiteral("profile")), one);
    const app::ModelId starter = studio.models().starter().id;
    QVERIFY(studio.waitUntilLoaded(starter));
    QVERIFY(studio.add(two));
    const app::ModelId other = *studio.added;
    const QString aside = path(QStringLiteral("aside"));
    QVERIFY(QDir().rename(path(QStringLiteral("two")), aside));
    studio.switcher().use(other);
    QTRY_VERIFY_WITH_TIMEOUT(studio.refusal.has_value(), patience_ms);
    QCOMPARE(studio.refusal->code, inference::ErrorCode::model_not_found);
    QVERIFY(app::isMissing(*studio.models().find(other)));
    QCOMPARE(studio.switcher().current(), std::optional(starter));
    QCOMPARE(studio.draw(3).width, 32);
    QVERIFY(QDir().rename(aside, path(QStringLiteral("two"))));
    studio.models().refreshAll();
    QTRY_VERIFY_WITH_TIMEOUT(!studio.models().find(other)->problem, patience_ms);
    studio.switcher().use(other);
    QVERIFY(studio.waitUntilLoaded(other));
}

void ModelsTest::theTokensAreThoseOfTheLoadedModel() {
    const QString one = write(QStringLiteral("one")), two = write(QStringLiteral("two"), {QStringLiteral("embedded")});
    Studio studio(path(QStringLiteral("profile")), one);
    QVERIFY(studio.waitUntilLoaded(studio.models().starter().id));
    // With the text model's folder gone, only the vocabulary inside the other pipeline can be read.
    QVERIFY(QDir(path(QStringLiteral("one/text"))).removeRecursively());
    QVERIFY(studio.add(two));
    studio.switcher().use(*studio.added);
    QVERIFY(studio.waitUntilLoaded(*studio.added));
    QSignalSpy counted(&studio->tokens(), &app::TokenCounter::counted);
    QSignalSpy unavailable(&studio->tokens(), &app::TokenCounter::unavailable);
    studio->tokens().measure(app::TokenCounter::Channel::prompt, QStringLiteral("a red apple"));
    QVERIFY(counted.wait(patience_ms));
    QVERIFY(unavailable.isEmpty());
    QVERIFY(counted.last().at(2).value<app::TokenCount>().count > 3);
}

void ModelsTest::theCommandLineListsAddsInspectsAndRemoves() {
    const QString two = write(QStringLiteral("two"), {QStringLiteral("large"), QStringLiteral("embedded")});
    const QStringList profile = {QStringLiteral("--profile"), path(QStringLiteral("profile")), QStringLiteral("--json")};
    const auto models = [&](const QStringList& words) { return run(QStringList{QStringLiteral("models")} + words + profile); };

    const auto inspected = models({QStringLiteral("inspect"), two});
    QCOMPARE(inspected.status, 0);
    QCOMPARE(inspected.json().value(QStringLiteral("name")).toString(), QStringLiteral("two"));
    const QString identity = inspected.json().value(QStringLiteral("identity")).toString();
    QCOMPARE(identity.size(), 64);
    const QJsonObject description = inspected.json().value(QStringLiteral("description")).toObject();
    QCOMPARE(description.value(QStringLiteral("native_sizes")).toArray().first().toArray().first().toInt(), 64);
    QCOMPARE(models({QStringLiteral("list")}).json().value(QStringLiteral("models")).toArray().size(), 1);

    const auto added = models({QStringLiteral("add"), two});
    QCOMPARE(added.status, 0);
    QCOMPARE(added.json().value(QStringLiteral("identity")).toString(), identity);
    const QJsonArray listed = models({QStringLiteral("list")}).json().value(QStringLiteral("models")).toArray();
    QCOMPARE(listed.size(), 2);
    QVERIFY(listed[0].toObject().value(QStringLiteral("built_in")).toBool());
    QCOMPARE(listed[1].toObject().value(QStringLiteral("identity")).toString(), identity);
    QCOMPARE(listed[1].toObject().value(QStringLiteral("state")).toString(), QStringLiteral("ready"));

    // The studio of the same profile finds it, and knows what it draws with.
    {
        Studio studio(path(QStringLiteral("profile")), write(QStringLiteral("one")));
        QVERIFY(studio.models().findByIdentity(identity.toStdString()) != nullptr);
    }
    QVERIFY(QDir(path(QStringLiteral("two"))).removeRecursively());
    const QJsonArray later = models({QStringLiteral("list")}).json().value(QStringLiteral("models")).toArray();
    QCOMPARE(later[1].toObject().value(QStringLiteral("state")).toString(), QStringLiteral("missing"));
    QCOMPARE(models({QStringLiteral("remove"), identity.left(8)}).status, 0);
    QCOMPARE(models({QStringLiteral("list")}).json().value(QStringLiteral("models")).toArray().size(), 1);
    const auto in_words = run({QStringLiteral("models"), QStringLiteral("list"), QStringLiteral("--profile"), path(QStringLiteral("profile"))});
    QCOMPARE(in_words.status, 0);
    QCOMPARE(in_words.output.count('\n'), 1);
}

void ModelsTest::theCommandLineRefusesWithOneSentenceAndItsCode() {
    const auto models = [&](const QStringList& words) {
        return run(QStringList{QStringLiteral("models"), QStringLiteral("--profile"), path(QStringLiteral("profile"))} + words);
    };
    const QString bad = write(QStringLiteral("bad"), {QStringLiteral("unknown-class")});
    const struct {
        QStringList words;
        int status;
        const char* sentence;
    } cases[] = {{{}, 2, "say what"},
                 {{QStringLiteral("paint")}, 2, "paint"},
                 {{QStringLiteral("add")}, 2, "add"},
                 {{QStringLiteral("add"), path(QStringLiteral("nowhere"))}, 3, "nowhere/model_index.json"},
                 {{QStringLiteral("add"), bad}, 3, "_class_name"},
                 {{QStringLiteral("remove"), QStringLiteral("nobody")}, 2, "nobody"},
                 {{QStringLiteral("list"), QStringLiteral("--colour")}, 2, "colour"}};
    for (const auto& one : cases) {
        const auto outcome = models(one.words);
        QCOMPARE(outcome.status, one.status);
        QVERIFY2(outcome.errors.contains(one.sentence), outcome.errors.constData());
        QCOMPARE(outcome.errors.count('\n'), 1);
    }
}
