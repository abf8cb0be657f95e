// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/import_checkpoint_command.h"

#include <QCommandLineParser>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include "inference/api/engine_module.h"
#include "ui/command_line/help.h"
#include "ui/command_line/terminal.h"

namespace ui {
namespace {

using inference::CheckpointImport;
using inference::CheckpointImportSummary;

std::string absolute(const QString& path) { return QFileInfo(path).absoluteFilePath().toStdString(); }

inference::Result<CheckpointImport> parse(QCommandLineParser& parser, const QStringList& arguments, bool& wants_json, QString& help) {
    parser.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("Consolidated weights of the reference's trainer."));
    const QCommandLineOption pipeline(QStringLiteral("pipeline"),
                                      QStringLiteral("Pipeline directory that the weights were trained for; gives everything but them."),
                                      QStringLiteral("DIR"));
    const QCommandLineOption out(QStringLiteral("out"), QStringLiteral("Pipeline directory to write, absent or empty."), QStringLiteral("DIR"));
    const QCommandLineOption format(QStringLiteral("format"), QStringLiteral("float32, bfloat16 or float16; as stored when not given."),
                                    QStringLiteral("TYPE"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print what was written as JSON on standard output."));
    parser.addOptions({pipeline, out, format, json});
    const auto words = parseWords(parser, arguments, help, 1);
    wants_json = parser.isSet(json);
    if (!words) return tl::unexpected<inference::Error>(words.error());
    if (!help.isEmpty()) return CheckpointImport{};

    CheckpointImport import;
    const QStringList checkpoints = parser.positionalArguments();
    if (checkpoints.isEmpty()) return tl::unexpected<inference::Error>(usage(QStringLiteral("the checkpoint file is missing")));
    for (const auto* option : {&pipeline, &out}) {
        if (parser.isSet(*option)) continue;
        return tl::unexpected<inference::Error>(usage(QStringLiteral("--%1 is missing").arg(option->names().constFirst())));
    }
    import.checkpoint_path = absolute(checkpoints.constFirst());
    import.pipeline_path = absolute(parser.value(pipeline));
    import.folder = absolute(parser.value(out));
    if (parser.isSet(format)) {
        const auto named = inference::parse_storage_format(parser.value(format).toStdString());
        if (!named) return tl::unexpected<inference::Error>(named.error());
        import.format = *named;
    }
    return import;
}

QString summaryText(const CheckpointImport& import, const CheckpointImportSummary& summary, bool json) {
    const QString folder = QString::fromStdString(import.folder);
    if (json) {
        QJsonArray written;
        for (const auto& file : summary.files) written.append(QString::fromStdString(file));
        const QJsonObject object{{QStringLiteral("path"), folder},
                                 {QStringLiteral("tensors"), static_cast<qint64>(summary.tensors)},
                                 {QStringLiteral("parameters"), static_cast<qint64>(summary.parameters)},
                                 {QStringLiteral("bytes"), static_cast<qint64>(summary.bytes)},
                                 {QStringLiteral("files"), written}};
        return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
    }
    return QStringLiteral("%1: %2 tensors, %3")
        .arg(folder)
        .arg(summary.tensors)
        .arg(QLocale::c().formattedDataSize(summary.bytes, 1, QLocale::DataSizeSIFormat));
}

}  // namespace

ExitCode runImportCheckpoint(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Makes a pipeline directory out of a checkpoint of the reference's trainer. Nothing in the checkpoint is run."));
    bool wants_json = false;
    QString help;
    const auto import = parse(parser, arguments, wants_json, help);
    Terminal terminal(wants_json);
    if (!import) return terminal.fail(import.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    auto module = inference::open_engine_module(files.engine_module.toStdString());
    if (!module) return terminal.fail(module.error());
    Interruption interruption;
    const auto on_progress = [&](const inference::LoadProgress& progress) {
        interruption.poll();
        terminal.showWork(QStringLiteral("importing weights"), progress.fraction);
    };
    const auto summary = (*module)->import_checkpoint(*import, on_progress, interruption.token());
    if (!summary) return terminal.fail(summary.error());
    terminal.print(summaryText(*import, *summary, wants_json));
    return ExitCode::ok;
}

}  // namespace ui
