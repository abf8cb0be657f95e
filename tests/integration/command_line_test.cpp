// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/command_line_test.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QtTest>

#include <csignal>

#include "app/imaging/image_exporter.h"
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
    for (const QStringList& words : {QStringList{}, QStringList{QStringLiteral("generate")}, QStringList{QStringLiteral("bench")}}) {
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

    const auto refused = run(draw(path(QStringLiteral("json.png")), {QStringLiteral("--json"), QStringLiteral("--width"), QStringLiteral("100")}));
    QCOMPARE(refused.status, 2);
    const auto error = QJsonDocument::fromJson(refused.output).object().value(QStringLiteral("error")).toObject();
    QCOMPARE(error.value(QStringLiteral("code")).toString(), QStringLiteral("invalid_request"));
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
    row("an ending that names no format", {QStringLiteral("--output"), QStringLiteral("picture.bmp")}, 2, "picture.bmp");
    row("a folder that is not there", {QStringLiteral("--output"), QStringLiteral("/nowhere/picture.png")}, 5, "/nowhere");
    row("a model that is not there", {QStringLiteral("--model"), QStringLiteral("/nowhere/model")}, 3, "/nowhere/model");
    row("latents that are not there", {QStringLiteral("--latents"), QStringLiteral("/nowhere/x.safetensors")}, 5, "/nowhere/x.safetensors");
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
