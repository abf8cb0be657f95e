// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/bench_command.h"

#include <QCommandLineParser>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "inference/api/engine_module.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/terminal.h"

namespace ui {
namespace {

QJsonObject batchJson(const inference::BatchTiming& timing) {
    return {{QStringLiteral("batch_size"), timing.batch_size},
            {QStringLiteral("seconds_per_image"), timing.seconds_per_image},
            {QStringLiteral("stages"),
             QJsonObject{{QStringLiteral("encode_seconds"), timing.encode_seconds},
                         {QStringLiteral("denoise_seconds"), timing.denoise_seconds},
                         {QStringLiteral("decode_seconds"), timing.decode_seconds},
                         {QStringLiteral("preview_seconds"), timing.preview_seconds}}},
            {QStringLiteral("floor_seconds_per_image"), timing.floor_seconds_per_image},
            {QStringLiteral("floor_ratio"), timing.floor_ratio}};
}

QJsonObject reportJson(const inference::BenchmarkReport& report) {
    QJsonArray batches;
    for (const auto& timing : report.batches) batches.append(batchJson(timing));
    return {{QStringLiteral("device"), QString::fromStdString(report.device)},
            {QStringLiteral("dtype"), QString::fromStdString(report.dtype)},
            {QStringLiteral("num_threads"), report.num_threads},
            {QStringLiteral("gemm_gflops"), report.gemm_gflops},
            {QStringLiteral("load_seconds"), report.load_seconds},
            {QStringLiteral("peak_memory_bytes"), static_cast<qint64>(report.peak_memory_bytes)},
            {QStringLiteral("batches"), batches}};
}

}  // namespace

ExitCode runBench(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Times the engine on this machine and prints the figures as JSON."));
    const RequestOptions request_options(parser);
    const ModelOptions model_options(parser);
    const QCommandLineOption repeats(QStringLiteral("repeats"), QStringLiteral("Timed runs of each batch size."), QStringLiteral("N"),
                                     QStringLiteral("5"));
    parser.addOption(repeats);
    QString help;
    const auto words = parseWords(parser, arguments, help);
    Terminal terminal(true);
    if (!words) return terminal.fail(words.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    auto config = model_options.config(files);
    if (!config) return terminal.fail(config.error());
    config->log = [&](const std::string& line) { terminal.note(line); };
    auto request = request_options.request();
    if (!request) return terminal.fail(request.error());
    const auto runs = wholeNumber(parser, repeats, 1, 1000);
    if (!runs) return terminal.fail(runs.error());

    inference::BenchmarkOptions options;
    options.request = *std::move(request);
    if (options.request.prompt.empty()) options.request.prompt = "three strawberries on a yellow background";
    options.repeats = static_cast<int>(*runs);
    auto module = inference::open_engine_module(files.engine_module.toStdString());
    if (!module) return terminal.fail(module.error());
    const auto report = (*module)->run_benchmark(*config, options, {});
    if (!report) return terminal.fail(report.error());
    terminal.print(QString::fromUtf8(QJsonDocument(reportJson(*report)).toJson(QJsonDocument::Indented)).trimmed());
    return ExitCode::ok;
}

}  // namespace ui
