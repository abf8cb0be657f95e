// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/command_line_test.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QtEndian>
#include <QtTest>

#include <algorithm>
#include <csignal>

#include "app/feedback/pixel_statistics.h"
#include "app/imaging/image_exporter.h"
#include "tests/support/trainer_checkpoint_file.h"
#include "ui/start/program_files.h"

namespace {

struct Outcome {
    int status = -1;
    QByteArray output;
    QByteArray errors;
};

constexpr int patience_ms = 180000;

Outcome run(const QStringList& arguments, const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment()) {
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(FUSELIGHT_PROGRAM), arguments);
    if (!process.waitForFinished(patience_ms)) {
        process.kill();
        return {-1, {}, "did not end"};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

QStringList draw(const QString& output, const QStringList& more = {}) {
    return QStringList{QStringLiteral("generate"),
                       QStringLiteral("--prompt"),
                       QStringLiteral("빨간 사과"),
                       QStringLiteral("--steps"),
                       QStringLiteral("2"),
                       QStringLiteral("--output"),
                       output} +
        more;
}

QStringList makeTiny(const QString& folder, const QStringList& more = {}) {
    return QStringList{QStringLiteral("make-random-pipeline"),
                       folder,
                       QStringLiteral("--preset"),
                       QStringLiteral("tiny"),
                       QStringLiteral("--format"),
                       QStringLiteral("float32"),
                       QStringLiteral("--tokenizer"),
                       QStringLiteral(FUSELIGHT_TEST_SUPPORT "/tokenizer.model"),
                       QStringLiteral("--json")} +
        more;
}

/// The tensors of a float32 safetensors file.
std::vector<tests::CheckpointTensor> tensorsOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray bytes = file.readAll();
    const auto header_size = qFromLittleEndian<qint64>(bytes.constData());
    const auto header = QJsonDocument::fromJson(bytes.mid(8, header_size)).object();
    std::vector<tests::CheckpointTensor> tensors;
    for (auto entry = header.begin(); entry != header.end(); ++entry) {
        const auto offsets = entry->toObject().value(QStringLiteral("data_offsets")).toArray();
        tests::CheckpointTensor tensor{entry.key().toStdString(), {}, {}};
        for (const auto& side : entry->toObject().value(QStringLiteral("shape")).toArray()) tensor.shape.push_back(side.toInt());
        tensor.bytes = bytes.mid(8 + header_size + offsets.at(0).toInt(), offsets.at(1).toInt() - offsets.at(0).toInt()).toStdString();
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

inference::PixelBuffer pixelsOf(const QString& path) { return app::readImage(path).value_or(inference::PixelBuffer{}); }

/// The largest difference of any channel, or 256 when the sizes differ.
int distance(const inference::PixelBuffer& a, const inference::PixelBuffer& b) {
    if (a.bytes.size() != b.bytes.size() || a.bytes.empty()) return 256;
    int largest = 0;
    for (std::size_t i = 0; i < a.bytes.size(); ++i) largest = std::max(largest, std::abs(int{a.bytes[i]} - int{b.bytes[i]}));
    return largest;
}

}  // namespace

void CommandLineTest::helpAndVersionNeedNoModelAndNoDisplay() {
    auto bare = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) bare.remove(QString::fromLatin1(name));
    bare.insert(QStringLiteral("FUSELIGHT_TEXT_MODEL"), QStringLiteral("/nowhere"));
    for (const QStringList& words : {QStringList{}, QStringList{QStringLiteral("generate")}, QStringList{QStringLiteral("bench")},
                                     QStringList{QStringLiteral("make-random-pipeline")}, QStringList{QStringLiteral("import-checkpoint")}}) {
        const auto help = run(words + QStringList{QStringLiteral("--help")}, bare);
        QCOMPARE(help.status, 0);
        QVERIFY2(help.output.contains("Usage:"), help.output.constData());
        const auto version = run(words + QStringList{QStringLiteral("--version")}, bare);
        QCOMPARE(version.status, 0);
        QVERIFY2(version.output.startsWith("fuselight "), version.output.constData());
    }
    const auto window = run({}, bare);
    QCOMPARE(window.status, 6);
    QVERIFY2(window.errors.contains("fuselight generate"), window.errors.constData());
}

void CommandLineTest::drawsAPictureThatCarriesItsRequest() {
    const QString file = path(QStringLiteral("apple.png"));
    const auto outcome = run(draw(file, {QStringLiteral("--seed"), QStringLiteral("18446744073709551615")}));
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    const auto pixels = pixelsOf(file);
    QCOMPARE(pixels.width, 128);
    QCOMPARE(pixels.height, 128);
    QCOMPARE(pixels.channels, 4);
    const auto request = app::readEmbeddedRequest(file);
    QVERIFY(request.has_value());
    QCOMPARE(QString::fromStdString(request->prompt), QStringLiteral("빨간 사과"));
    QCOMPARE(request->num_inference_steps, 2);
    QCOMPARE(request->seed, std::uint64_t{18446744073709551615ull});
    QVERIFY(!request->model_id.empty());
}

void CommandLineTest::theSameRequestDrawsTheSamePixels() {
    const QString first = path(QStringLiteral("first.png"));
    const QString second = path(QStringLiteral("second.png"));
    QCOMPARE(run(draw(first)).status, 0);
    QCOMPARE(run(draw(second)).status, 0);
    QCOMPARE(distance(pixelsOf(first), pixelsOf(second)), 0);
    const QString other = path(QStringLiteral("other.png"));
    QCOMPARE(run(draw(other, {QStringLiteral("--seed"), QStringLiteral("1")})).status, 0);
    QVERIFY(distance(pixelsOf(first), pixelsOf(other)) > 8);
}

void CommandLineTest::severalImagesAreNumberedAndEachIsWhatItsSeedDrawsAlone() {
    const QStringList exact = {QStringLiteral("--dtype"), QStringLiteral("float32")};
    QCOMPARE(run(draw(path(QStringLiteral("many.png")),
                      exact +
                          QStringList{QStringLiteral("--seed"), QStringLiteral("40"), QStringLiteral("--count"), QStringLiteral("3"),
                                      QStringLiteral("--batch-size"), QStringLiteral("2")}))
                 .status,
             0);
    for (int i = 0; i < 3; ++i) {
        const QString alone = path(QStringLiteral("alone-%1.png").arg(i));
        QCOMPARE(run(draw(alone, exact + QStringList{QStringLiteral("--seed"), QString::number(40 + i)})).status, 0);
        const int difference = distance(pixelsOf(alone), pixelsOf(path(QStringLiteral("many-%1.png").arg(i))));
        QVERIFY2(difference <= 1, qPrintable(QStringLiteral("image %1 differs by %2").arg(i).arg(difference)));
    }
}

void CommandLineTest::savedLatentsOfNoStepsGoBackIn() {
    const QString latents = path(QStringLiteral("final.safetensors"));
    QCOMPARE(run(draw(path(QStringLiteral("a.png")), {QStringLiteral("--save-latents"), latents})).status, 0);
    QVERIFY(QFileInfo(latents).size() > 8 * 16 * 16 * 4);
    const QString from_file = path(QStringLiteral("b.png"));
    const auto again = run(draw(from_file, {QStringLiteral("--latents"), latents}));
    QVERIFY2(again.status == 0, again.errors.constData());
    QVERIFY(distance(pixelsOf(path(QStringLiteral("a.png"))), pixelsOf(from_file)) > 0);
    const auto wrong_count =
        run(draw(path(QStringLiteral("c.png")), {QStringLiteral("--latents"), latents, QStringLiteral("--count"), QStringLiteral("2")}));
    QCOMPARE(wrong_count.status, 2);
    QVERIFY2(wrong_count.errors.contains("latents"), wrong_count.errors.constData());
}

void CommandLineTest::savesEveryFormatItNames() {
    for (const char* ending : {"png", "webp", "tif", "jpg"}) {
        const QString file = path(QStringLiteral("format.") + QString::fromLatin1(ending));
        const auto outcome = run(draw(file));
        QVERIFY2(outcome.status == 0, outcome.errors.constData());
        QCOMPARE(pixelsOf(file).width, 128);
        QVERIFY2(app::readEmbeddedRequest(file).has_value(), ending);
    }
}

void CommandLineTest::answersInJsonWhenAsked() {
    const auto outcome = run(draw(path(QStringLiteral("json.png")), {QStringLiteral("--json")}));
    QCOMPARE(outcome.status, 0);
    const auto answer = QJsonDocument::fromJson(outcome.output).object();
    const auto images = answer.value(QStringLiteral("images")).toArray();
    QCOMPARE(images.size(), 1);
    QVERIFY(QFileInfo::exists(images.at(0).toObject().value(QStringLiteral("path")).toString()));
    QVERIFY(!answer.value(QStringLiteral("model")).toObject().value(QStringLiteral("id")).toString().isEmpty());
    QCOMPARE(answer.value(QStringLiteral("candidates")).toInt(), 1);

    const auto refused = run(draw(path(QStringLiteral("json.png")), {QStringLiteral("--json"), QStringLiteral("--width"), QStringLiteral("100")}));
    QCOMPARE(refused.status, 2);
    const auto error = QJsonDocument::fromJson(refused.output).object().value(QStringLiteral("error")).toObject();
    QCOMPARE(error.value(QStringLiteral("code")).toString(), QStringLiteral("invalid_request"));
}

void CommandLineTest::keepsTheBestOfSeveralByTheProfilesRatings() {
    const QStringList profile{QStringLiteral("--profile"), path(QStringLiteral("taste"))};
    constexpr int count = 32;
    QVERIFY(QDir(folder_.path()).mkpath(QStringLiteral("rated")));
    const auto drawn =
        run(draw(path(QStringLiteral("rated/apple.png")),
                 {QStringLiteral("--count"), QString::number(count), QStringLiteral("--batch-size"), QStringLiteral("4"), QStringLiteral("--json")}));
    QVERIFY2(drawn.status == 0, drawn.errors.constData());
    // Brighter ones get more stars.
    const auto brightness = [](const QString& file) {
        return app::pixelStatistics(pixelsOf(file))[static_cast<std::size_t>(app::PixelStatistic::brightness)];
    };
    std::vector<std::pair<double, QString>> pictures;
    for (const auto& image : QJsonDocument::fromJson(drawn.output).object().value(QStringLiteral("images")).toArray()) {
        const QString file = image.toObject().value(QStringLiteral("path")).toString();
        pictures.emplace_back(brightness(file), file);
    }
    QCOMPARE(pictures.size(), std::size_t{count});
    std::sort(pictures.begin(), pictures.end());
    for (int stars = 1; stars <= 5; ++stars) {
        QStringList files;
        for (int i = 0; i < count; ++i) {
            if (1 + i * 5 / count == stars) files.append(pictures[static_cast<std::size_t>(i)].second);
        }
        const auto rated = run(QStringList{QStringLiteral("rate"), QStringLiteral("--stars"), QString::number(stars)} + profile + files);
        QVERIFY2(rated.status == 0, rated.errors.constData());
    }
    const QStringList exact = {QStringLiteral("--dtype"), QStringLiteral("float32")};
    const QString best = path(QStringLiteral("best.png"));
    const auto outcome = run(draw(best,
                                  exact + profile +
                                      QStringList{QStringLiteral("--best-of"), QStringLiteral("4"), QStringLiteral("--seed"), QStringLiteral("1000"),
                                                  QStringLiteral("--json")}));
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    const auto answer = QJsonDocument::fromJson(outcome.output).object();
    QCOMPARE(answer.value(QStringLiteral("candidates")).toInt(), 4);
    const auto images = answer.value(QStringLiteral("images")).toArray();
    QCOMPARE(images.size(), 1);
    const auto request = images.at(0).toObject().value(QStringLiteral("request")).toObject();
    QVERIFY(!request.contains(QStringLiteral("candidates")));
    const auto seed = request.value(QStringLiteral("seed")).toInt();
    QVERIFY2(seed >= 1000 && seed < 1004, qPrintable(QString::number(seed)));
    // It is the picture that its seed draws alone, and not the darkest of the four.
    std::vector<double> all;
    for (int each = 1000; each < 1004; ++each) {
        const QString alone = path(QStringLiteral("alone-%1.png").arg(each));
        QCOMPARE(run(draw(alone, exact + QStringList{QStringLiteral("--seed"), QString::number(each)})).status, 0);
        all.push_back(brightness(alone));
        if (each == seed) QVERIFY(distance(pixelsOf(alone), pixelsOf(best)) <= 1);
    }
    QVERIFY(brightness(best) > *std::min_element(all.begin(), all.end()));
}

void CommandLineTest::refusesWhatCannotBeDoneWithOneSentenceAndItsCode_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("says");
    const auto row = [this](const char* name, const QStringList& more, int status, const char* says) {
        QTest::newRow(name) << draw(path(QStringLiteral("refused.png")), more) << status << QString::fromLatin1(says);
    };
    row("unknown option", {QStringLiteral("--colour")}, 2, "colour");
    row("a size the model cannot make", {QStringLiteral("--width"), QStringLiteral("100")}, 2, "width is 100");
    row("a size beyond all bounds", {QStringLiteral("--height"), QStringLiteral("100000000000")}, 2, "height");
    row("no steps", {QStringLiteral("--steps"), QStringLiteral("0")}, 2, "steps");
    row("guidance that is no number", {QStringLiteral("--guidance-scale"), QStringLiteral("nan")}, 2, "guidance-scale");
    row("a negative seed", {QStringLiteral("--seed"), QStringLiteral("-1")}, 2, "seed");
    row("a word too many", {QStringLiteral("apple")}, 2, "apple");
    row("an unknown dtype", {QStringLiteral("--dtype"), QStringLiteral("int3")}, 2, "dtype");
    row("an unknown format of the weights", {QStringLiteral("--weights"), QStringLiteral("int3")}, 2, "weights");
    row("a memory limit that is none", {QStringLiteral("--memory-limit"), QStringLiteral("0")}, 2, "memory-limit");
    row("a memory limit in which nothing runs", {QStringLiteral("--memory-limit"), QStringLiteral("10")}, 4, "one by one");
    row("an ending that names no format", {QStringLiteral("--output"), QStringLiteral("picture.bmp")}, 2, "picture.bmp");
    row("a folder that is not there", {QStringLiteral("--output"), QStringLiteral("/nowhere/picture.png")}, 5, "/nowhere");
    row("a model that is not there", {QStringLiteral("--model"), QStringLiteral("/nowhere/model")}, 3, "/nowhere/model");
    row("latents that are not there", {QStringLiteral("--latents"), QStringLiteral("/nowhere/x.safetensors")}, 5, "/nowhere/x.safetensors");
    row("candidates among which nobody can choose",
        {QStringLiteral("--best-of"), QStringLiteral("4"), QStringLiteral("--profile"), path(QStringLiteral("new-profile"))}, 2,
        "does not know your taste yet");
    row("more candidates than are allowed", {QStringLiteral("--best-of"), QStringLiteral("17")}, 2, "best-of");
    row("more memory than there is",
        {QStringLiteral("--width"), QStringLiteral("4096"), QStringLiteral("--height"), QStringLiteral("4096"), QStringLiteral("--count"),
         QStringLiteral("64"), QStringLiteral("--batch-size"), QStringLiteral("64")},
        4, "memory");
}

void CommandLineTest::refusesWhatCannotBeDoneWithOneSentenceAndItsCode() {
    QFETCH(QStringList, words);
    QFETCH(int, status);
    QFETCH(QString, says);
    const auto outcome = run(words);
    QVERIFY2(outcome.status == status, outcome.errors.constData());
    QVERIFY2(outcome.errors.contains(says.toUtf8()), outcome.errors.constData());
    const auto lines = outcome.errors.trimmed().split('\n');
    QVERIFY2(lines.last().startsWith("fuselight: "), outcome.errors.constData());
    QVERIFY(!QFileInfo::exists(path(QStringLiteral("refused.png"))));
}

void CommandLineTest::aDamagedModelIsNamedAndNothingIsWritten() {
    const QString starter = ui::ProgramFiles::beside(QFileInfo(QStringLiteral(FUSELIGHT_PROGRAM)).absolutePath()).starter_pipeline;
    const QString broken = path(QStringLiteral("broken"));
    QVERIFY(QProcess::execute(QStringLiteral("cp"), {QStringLiteral("-rL"), starter, broken}) == 0);
    QVERIFY(QFile::resize(broken + QStringLiteral("/transformer/model.safetensors"), 1'000'000));
    const auto outcome = run(draw(path(QStringLiteral("never.png")), {QStringLiteral("--model"), broken}));
    QCOMPARE(outcome.status, 3);
    QVERIFY2(outcome.errors.contains("model.safetensors"), outcome.errors.constData());
    QVERIFY(!QFileInfo::exists(path(QStringLiteral("never.png"))));
}

void CommandLineTest::anInterruptedRunSaysSoWithItsCode() {
    QProcess process;
    process.start(QStringLiteral(FUSELIGHT_PROGRAM), draw(path(QStringLiteral("long.png")), {QStringLiteral("--steps"), QStringLiteral("1000")}));
    QVERIFY(process.waitForStarted());
    QElapsedTimer waited;
    waited.start();
    QByteArray errors;
    while (!errors.contains("step") && waited.elapsed() < patience_ms) {
        process.waitForReadyRead(1000);
        errors += process.readAllStandardError();
    }
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(patience_ms));
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(!QFileInfo::exists(path(QStringLiteral("long.png"))));
}

void CommandLineTest::aRandomPipelineDrawsAndLayersFromDiskDrawTheSame() {
    const QString folder = path(QStringLiteral("random"));
    const auto made = run(makeTiny(folder));
    QVERIFY2(made.status == 0, made.errors.constData());
    QVERIFY(QJsonDocument::fromJson(made.output).object().value(QStringLiteral("parameters")).toInt() > 10'000);

    const auto with = [&](const QString& name, const QStringList& more) {
        const auto outcome = run(draw(path(name), QStringList{QStringLiteral("--model"), folder} + more));
        if (outcome.status != 0) qWarning("%s", outcome.errors.constData());
        return outcome;
    };
    QVERIFY(!with(QStringLiteral("resident.png"), {}).errors.contains("read from disk"));
    QVERIFY(with(QStringLiteral("streamed.png"), {QStringLiteral("--stream-layers")}).errors.contains("read from disk"));
    QCOMPARE(distance(pixelsOf(path(QStringLiteral("resident.png"))), pixelsOf(path(QStringLiteral("streamed.png")))), 0);
    const auto narrow = with(QStringLiteral("narrow.png"), {QStringLiteral("--weights"), QStringLiteral("int8"), QStringLiteral("--json")});
    QVERIFY2(narrow.output.contains("int8 weights"), narrow.output.constData());

    const auto again = run(makeTiny(folder));
    QCOMPARE(again.status, 2);
    QVERIFY2(again.errors.contains("not an empty folder"), again.errors.constData());
    const auto unknown = run(makeTiny(path(QStringLiteral("other")), {QStringLiteral("--set"), QStringLiteral("transformer.colour=1")}));
    QCOMPARE(unknown.status, 2);
    QVERIFY2(unknown.errors.contains("transformer.colour"), unknown.errors.constData());
    QVERIFY(!QFileInfo::exists(path(QStringLiteral("other"))));
}

void CommandLineTest::aTrainersCheckpointBecomesAPipeline() {
    const QString trained = path(QStringLiteral("trained"));
    QCOMPARE(run(makeTiny(trained)).status, 0);
    auto tensors = tensorsOf(trained + QStringLiteral("/transformer/model.safetensors"));
    QVERIFY(tensors.size() > 50);
    const auto save = [&](const QString& name) {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(tests::trainer_checkpoint_file(tensors)));
    };
    const auto import = [&](const QString& name, const QString& out) {
        return run({QStringLiteral("import-checkpoint"), path(name), QStringLiteral("--pipeline"), trained, QStringLiteral("--out"), path(out),
                    QStringLiteral("--json")});
    };
    save(QStringLiteral("ema.pt"));
    const auto imported = import(QStringLiteral("ema.pt"), QStringLiteral("imported"));
    QVERIFY2(imported.status == 0, imported.errors.constData());
    QCOMPARE(QJsonDocument::fromJson(imported.output).object().value(QStringLiteral("tensors")).toInt(), static_cast<int>(tensors.size()));
    QCOMPARE(run(draw(path(QStringLiteral("before.png")), {QStringLiteral("--model"), trained})).status, 0);
    QCOMPARE(run(draw(path(QStringLiteral("after.png")), {QStringLiteral("--model"), path(QStringLiteral("imported"))})).status, 0);
    QCOMPARE(distance(pixelsOf(path(QStringLiteral("before.png"))), pixelsOf(path(QStringLiteral("after.png")))), 0);

    tensors.erase(tensors.begin());
    save(QStringLiteral("cut.pt"));
    const auto missing = import(QStringLiteral("cut.pt"), QStringLiteral("never"));
    QCOMPARE(missing.status, 3);
    QVERIFY2(missing.errors.contains("cut.pt") && missing.errors.contains("is missing"), missing.errors.constData());
    QVERIFY(!QFileInfo::exists(path(QStringLiteral("never"))));
    const auto nothing =
        run({QStringLiteral("import-checkpoint"), path(QStringLiteral("ema.pt")), QStringLiteral("--out"), path(QStringLiteral("x"))});
    QCOMPARE(nothing.status, 2);
    QVERIFY2(nothing.errors.contains("--pipeline"), nothing.errors.constData());
}
