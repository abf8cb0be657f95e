// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/adapters_test.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QtTest>

#include <nlohmann/json.hpp>

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "app/feedback/shared_adapter.h"
#include "app/library/open_library.h"

namespace {

constexpr int width = 32;  ///< of the tiny model
constexpr int inner = 64;
const std::string matrix = "transformer.dit.layers.0.mlp.up_proj";

struct LoraFile {
    int rank = 4;
    int in = width;
    std::string name = matrix;
    float value = 0.01F;
    std::map<std::string, std::string> metadata = {{"format", "pt"}};

    QByteArray bytes() const {
        nlohmann::json header;
        header["__metadata__"] = metadata;
        const std::vector<std::pair<std::string, std::vector<int>>> tensors = {{name + ".lora_A.weight", {rank, in}},
                                                                               {name + ".lora_B.weight", {inner, rank}}};
        std::size_t at = 0;
        for (const auto& [tensor, shape] : tensors) {
            const auto size = static_cast<std::size_t>(shape[0]) * static_cast<std::size_t>(shape[1]) * sizeof(float);
            header[tensor] = {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {at, at + size}}};
            at += size;
        }
        const std::string text = header.dump();
        QByteArray out;
        for (int i = 0; i < 8; ++i) out.append(static_cast<char>(text.size() >> (8 * i) & 0xFFU));
        out.append(text.data(), static_cast<qsizetype>(text.size()));
        const std::vector<float> values(at / sizeof(float), value);
        out.append(reinterpret_cast<const char*>(values.data()), static_cast<qsizetype>(at));
        return out;
    }
};

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write %s", qPrintable(path));
}

}  // namespace

QJsonObject AdaptersTest::Outcome::json() const { return QJsonDocument::fromJson(output).object(); }

void AdaptersTest::init() {
    folder_ = std::make_unique<QTemporaryDir>();
    QVERIFY(folder_->isValid());
    QCOMPARE(QProcess::execute(QStringLiteral(WRITE_TINY_MODEL), {path(QStringLiteral("model")), QStringLiteral("Tiny")}), 0);
}

AdaptersTest::Outcome AdaptersTest::run(const QStringList& words) const {
    QProcess program;
    program.start(QStringLiteral(FUSELIGHT_PROGRAM),
                  QStringList{QStringLiteral("adapters")} + words +
                      QStringList{QStringLiteral("--profile"), path(QStringLiteral("profile")), QStringLiteral("--model"),
                                  path(QStringLiteral("model/pipeline")), QStringLiteral("--text-model"), path(QStringLiteral("model/text"))});
    if (!program.waitForFinished(60000)) return {};
    return {program.exitCode(), program.readAllStandardOutput(), program.readAllStandardError()};
}

QStringList AdaptersTest::storedFolders() const {
    return QDir(app::ProfilePaths::inside(path(QStringLiteral("profile"))).adaptersDir())
        .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
}

void AdaptersTest::aSharedFileIsImportedListedExportedAndRemoved() {
    write(path(QStringLiteral("warm.safetensors")), LoraFile().bytes());
    const auto imported = run({QStringLiteral("import"), path(QStringLiteral("warm.safetensors")), QStringLiteral("--json")});
    QVERIFY2(imported.status == 0, imported.errors.constData());
    const QString id = imported.json().value(QStringLiteral("imported")).toString();
    QCOMPARE(id.size(), 64);
    QCOMPARE(storedFolders(), QStringList{id});
    QVERIFY(run({QStringLiteral("import"), path(QStringLiteral("warm.safetensors")), QStringLiteral("--json")})
                .json()
                .value(QStringLiteral("was_there"))
                .toBool());
    const auto listed = run({QStringLiteral("list"), QStringLiteral("--json")}).json().value(QStringLiteral("adapters")).toArray();
    QCOMPARE(listed.size(), 1);
    QCOMPARE(listed[0].toObject().value(QStringLiteral("verdict")).toString(), QStringLiteral("imported"));
    QCOMPARE(listed[0].toObject().value(QStringLiteral("in_use")).toBool(), false);
    QCOMPARE(listed[0].toObject().value(QStringLiteral("file")).toString(), QStringLiteral("warm.safetensors"));

    const auto exported = run({QStringLiteral("export"), id.left(8), path(QStringLiteral("out.safetensors"))});
    QVERIFY2(exported.status == 0, exported.errors.constData());
    QFile out(path(QStringLiteral("out.safetensors")));
    QVERIFY(out.open(QIODevice::ReadOnly));
    QCOMPARE(out.readAll(), LoraFile().bytes());

    const auto removed = run({QStringLiteral("remove"), id.left(8)});
    QVERIFY2(removed.status == 0, removed.errors.constData());
    QVERIFY(storedFolders().isEmpty());
    QVERIFY(run({QStringLiteral("list"), QStringLiteral("--json")}).json().value(QStringLiteral("adapters")).toArray().isEmpty());
}

void AdaptersTest::theManifestTravelsInTheHeaderAndIsOnlyAClaim() {
    write(path(QStringLiteral("plain.safetensors")), LoraFile().bytes());
    const QByteArray manifest = R"({"format": "fuselight adapter", "version": 1, "program": "9.9", "rated_items": [1, 2, 3],
        "outcome": {"ratings": 60, "measures": {"judged_win": 0.72, "judged_win_interval": [0.64, 0.79], "judged_pictures": 96}}})";
    QVERIFY(app::writeSharedAdapter(path(QStringLiteral("plain.safetensors")), manifest, path(QStringLiteral("shared.safetensors"))));
    QFile shared(path(QStringLiteral("shared.safetensors")));
    QVERIFY(shared.open(QIODevice::ReadOnly));
    QVERIFY2(!shared.readAll().contains("rated_items"), "which pictures were rated stays here");

    const auto imported = run({QStringLiteral("import"), path(QStringLiteral("shared.safetensors"))});
    QVERIFY2(imported.status == 0, imported.errors.constData());
    QVERIFY2(imported.output.contains("says of itself: from 60 ratings, preferred in 72 % (64 to 79 %) of 96 pictures"), imported.output.constData());
    auto profile = app::OpenLibrary::open(app::ProfilePaths::inside(path(QStringLiteral("profile"))));
    QVERIFY(profile);
    const auto rows = app::AdapterTable(*profile->database).load({});
    QVERIFY(rows && rows->size() == 1);
    QVERIFY2(!QJsonDocument::fromJson(rows->front().manifest).object().contains(QStringLiteral("outcome")), "nothing was measured here");
    QVERIFY(rows->front().pinned);

    // A manifest that lies, or is none, is passed over; the adapter is what it is.
    int number = 0;
    for (const std::string& bad :
         {std::string("not JSON"),
          std::string(R"({"format": "fuselight adapter", "outcome": {"measures": {"judged_win": 7, "judged_win_interval": [0, 1]}}})"),
          std::string(2'000'000, '['), std::string(R"({"format": "another", "outcome": {"ratings": 5}})")}) {
        LoraFile file;
        file.value = 0.02F + 0.01F * static_cast<float>(number);
        file.metadata["fuselight_manifest"] = bad;
        const QString name = path(QStringLiteral("bad%1.safetensors").arg(number++));
        write(name, file.bytes());
        const auto taken = run({QStringLiteral("import"), name});
        QVERIFY2(taken.status == 0, taken.errors.constData());
        QVERIFY2(!taken.output.contains("preferred"), taken.output.constData());
    }
}

void AdaptersTest::whatIsNoAdapterOfThisModelIsRefusedByFileAndReason_data() {
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QByteArray>("reason");
    LoraFile other_base;
    other_base.metadata["model_id"] = std::string(64, 'a');
    QTest::newRow("another base") << other_base.bytes() << QByteArray("another model");
    LoraFile other_rank;
    other_rank.rank = 300;
    QTest::newRow("a rank beyond the bound") << other_rank.bytes() << QByteArray("rank 300");
    LoraFile other_shape;
    other_shape.in = 48;
    QTest::newRow("another shape") << other_shape.bytes() << QByteArray("(rank, 32)");
    LoraFile other_layer;
    other_layer.name = "transformer.dit.layers.99.mlp.up_proj";
    QTest::newRow("a layer that is not there") << other_layer.bytes() << QByteArray("layers.99");
    LoraFile not_finite;
    not_finite.value = std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("no numbers") << not_finite.bytes() << QByteArray("not finite");
    QByteArray hostile(64, '\xff');
    QTest::newRow("a hostile header") << hostile << QByteArray("header");
    QTest::newRow("cut short") << LoraFile().bytes().chopped(100) << QByteArray("up_proj");
    QTest::newRow("empty") << QByteArray() << QByteArray("");
}

void AdaptersTest::whatIsNoAdapterOfThisModelIsRefusedByFileAndReason() {
    QFETCH(QByteArray, contents);
    QFETCH(QByteArray, reason);
    const QString file = path(QStringLiteral("foreign.safetensors"));
    write(file, contents);
    const auto refused = run({QStringLiteral("import"), file});
    QCOMPARE(refused.status, 3);
    QVERIFY2(refused.errors.contains("foreign.safetensors"), refused.errors.constData());
    QVERIFY2(refused.errors.contains(reason), refused.errors.constData());
    QVERIFY2(storedFolders().isEmpty(), "nothing changes");
    QVERIFY(run({QStringLiteral("list"), QStringLiteral("--json")}).json().value(QStringLiteral("adapters")).toArray().isEmpty());
}

void AdaptersTest::wrongWordsAreRefused() {
    const struct {
        QStringList words;
        int status;
        const char* sentence;
    } cases[] = {{{}, 2, "say what"},
                 {{QStringLiteral("paint")}, 2, "paint"},
                 {{QStringLiteral("export"), QStringLiteral("abcdef")}, 2, "export"},
                 {{QStringLiteral("export"), QStringLiteral("abcdef"), QStringLiteral("x")}, 2, "abcdef"},
                 {{QStringLiteral("remove"), QStringLiteral("a")}, 2, "4 digits"},
                 {{QStringLiteral("import"), path(QStringLiteral("nowhere.safetensors"))}, 5, "nowhere.safetensors"},
                 {{QStringLiteral("import"), folder_->path()}, 3, "regular file"}};
    for (const auto& one : cases) {
        const auto outcome = run(one.words);
        QVERIFY2(outcome.status == one.status, outcome.errors.constData());
        QVERIFY2(outcome.errors.contains(one.sentence), outcome.errors.constData());
    }
}
