// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/make_random_pipeline_command.h"

#include <QCommandLineParser>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include <limits>

#include "inference/api/engine_module.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/terminal.h"

namespace ui {
namespace {

using inference::RandomPipelineOptions;
using inference::RandomPipelineSummary;

inference::Result<RandomPipelineOptions> parse(QCommandLineParser& parser, const QStringList& arguments, const ProgramFiles& files, bool& wants_json,
                                               QString& help) {
    parser.addPositionalArgument(QStringLiteral("DIR"), QStringLiteral("Folder to write, absent or empty."));
    const QCommandLineOption preset(QStringLiteral("preset"),
                                    QStringLiteral("full (the published FuseDiT's size, 4.6 billion parameters), midsize or tiny."),
                                    QStringLiteral("NAME"), QStringLiteral("midsize"));
    const QCommandLineOption format(QStringLiteral("format"), QStringLiteral("Numbers in the files: float32, bfloat16 or float16."),
                                    QStringLiteral("TYPE"), QStringLiteral("bfloat16"));
    const QCommandLineOption tokenizer(QStringLiteral("tokenizer"),
                                       QStringLiteral("tokenizer.model to copy; that of the installed text model when not given."),
                                       QStringLiteral("FILE"));
    const QCommandLineOption set(QStringLiteral("set"),
                                 QStringLiteral("A field of the configs and its JSON value, as transformer.dit_hidden_size=1280, "
                                                "transformer.base_config.num_hidden_layers=4 or vae.latent_channels=8; may be repeated."),
                                 QStringLiteral("FIELD=VALUE"));
    const QCommandLineOption seed(QStringLiteral("seed"), QStringLiteral("Of the weights."), QStringLiteral("K"), QStringLiteral("0"));
    const QCommandLineOption shard(QStringLiteral("max-shard-mb"), QStringLiteral("Largest size of one weight file, in MB."), QStringLiteral("N"),
                                   QStringLiteral("5000"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print what was written as JSON on standard output."));
    parser.addOptions({preset, format, tokenizer, set, seed, shard, json});
    const auto words = parseWords(parser, arguments, help, 1);
    wants_json = parser.isSet(json);
    if (!words) return tl::unexpected<inference::Error>(words.error());
    if (!help.isEmpty()) return RandomPipelineOptions{};

    RandomPipelineOptions options;
    const QStringList folders = parser.positionalArguments();
    if (folders.isEmpty()) return tl::unexpected<inference::Error>(usage(QStringLiteral("the folder to write is missing")));
    options.folder = QFileInfo(folders.constFirst()).absoluteFilePath().toStdString();
    const QString vocabulary = parser.isSet(tokenizer) ? parser.value(tokenizer) : files.text_model + QStringLiteral("/tokenizer.model");
    options.tokenizer_path = vocabulary.toStdString();
    const auto named_preset = inference::parse_pipeline_preset(parser.value(preset).toStdString());
    if (!named_preset) return tl::unexpected<inference::Error>(named_preset.error());
    options.preset = *named_preset;
    const auto named_format = inference::parse_storage_format(parser.value(format).toStdString());
    if (!named_format) return tl::unexpected<inference::Error>(named_format.error());
    options.format = *named_format;
    const auto number = wholeNumber(parser, seed, 0, std::numeric_limits<qint64>::max());
    if (!number) return tl::unexpected<inference::Error>(number.error());
    options.seed = static_cast<std::uint64_t>(*number);
    const auto megabytes = wholeNumber(parser, shard, 1, 1'000'000);
    if (!megabytes) return tl::unexpected<inference::Error>(megabytes.error());
    options.max_shard_bytes = *megabytes * 1'000'000;
    for (const QString& field : parser.values(set)) {
        const auto equals = field.indexOf(QLatin1Char('='));
        if (equals < 1) return tl::unexpected<inference::Error>(usage(QStringLiteral("--set is \"%1\"; it must be FIELD=VALUE").arg(field)));
        options.fields.emplace_back(field.left(equals).toStdString(), field.mid(equals + 1).toStdString());
    }
    return options;
}

QString summaryText(const RandomPipelineOptions& options, const RandomPipelineSummary& summary, bool json) {
    if (json) {
        QJsonArray written;
        for (const auto& file : summary.files) written.append(QString::fromStdString(file));
        const QJsonObject object{{QStringLiteral("path"), QString::fromStdString(options.folder)},
                                 {QStringLiteral("parameters"), static_cast<qint64>(summary.parameters)},
                                 {QStringLiteral("bytes"), static_cast<qint64>(summary.bytes)},
                                 {QStringLiteral("files"), written}};
        return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
    }
    return QStringLiteral("%1: %2 million parameters, %3")
        .arg(QString::fromStdString(options.folder))
        .arg(static_cast<double>(summary.parameters) / 1e6, 0, 'f', 1)
        .arg(QLocale::c().formattedDataSize(summary.bytes, 1, QLocale::DataSizeSIFormat));
}

}  // namespace

ExitCode runMakeRandomPipeline(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Writes a pipeline directory with random weights, to see what a model of that size costs."));
    bool wants_json = false;
    QString help;
    const auto options = parse(parser, arguments, files, wants_json, help);
    Terminal terminal(wants_json);
    if (!options) return terminal.fail(options.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    auto module = inference::open_engine_module(files.engine_module.toStdString());
    if (!module) return terminal.fail(module.error());
    Interruption interruption;
    const auto on_progress = [&](const inference::LoadProgress& progress) {
        interruption.poll();
        terminal.showWork(QStringLiteral("writing weights"), progress.fraction);
    };
    const auto summary = (*module)->make_random_pipeline(*options, on_progress, interruption.token());
    if (!summary) return terminal.fail(summary.error());
    terminal.print(summaryText(*options, *summary, wants_json));
    return ExitCode::ok;
}

}  // namespace ui
