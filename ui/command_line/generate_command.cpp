// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/generate_command.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/feedback/taste_reading.h"
#include "app/imaging/image_exporter.h"
#include "app/library/open_library.h"
#include "inference/api/request_json.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/profile_option.h"
#include "ui/command_line/terminal.h"
#include "ui/start/model_source.h"

namespace ui {
namespace {

struct GenerateOptions {
    inference::GenerationRequest request;
    inference::EngineConfig engine;
    app::ExportOptions image;
    QString output;
    QString save_latents;
    app::ProfilePaths paths;
};

/// "cat.png" for a single image, "cat-0.png", "cat-1.png", ... for several.
QString outputOf(const QString& output, int index, int count) {
    if (count == 1) return output;
    const QFileInfo file(output);
    return file.dir().filePath(QStringLiteral("%1-%2.%3").arg(file.completeBaseName()).arg(index).arg(file.suffix()));
}

/// The folder must be there before minutes are spent on drawing.
inference::Result<app::ImageFormat> checkOutput(const QString& output) {
    const auto format = app::imageFormatOf(output);
    if (!format) {
        return tl::unexpected<inference::Error>(usage(QStringLiteral("--output is \"%1\"; it must end in .png, .webp, .tif or .jpg").arg(output)));
    }
    const QFileInfo folder(QFileInfo(output).absolutePath());
    if (!folder.isDir() || !folder.isWritable()) {
        return inference::failure(inference::ErrorCode::io,
                                  "the folder " + folder.absoluteFilePath().toStdString() + " is not there or cannot be written to");
    }
    return *format;
}

QJsonObject summaryJson(const inference::GenerationSummary& summary) {
    return {{QStringLiteral("elapsed_ms"), summary.elapsed_ms},
            {QStringLiteral("encode_ms"), summary.encode_ms},
            {QStringLiteral("denoise_ms"), summary.denoise_ms},
            {QStringLiteral("decode_ms"), summary.decode_ms},
            {QStringLiteral("judge_ms"), summary.judge_ms},
            {QStringLiteral("candidates_given_up"), summary.candidates_given_up},
            {QStringLiteral("memory_estimate_bytes"), static_cast<qint64>(summary.memory_estimate_bytes)}};
}

QJsonObject modelJson(const inference::ModelInfo& model) {
    return {{QStringLiteral("id"), QString::fromStdString(model.id)},
            {QStringLiteral("name"), QString::fromStdString(model.name)},
            {QStringLiteral("path"), QString::fromStdString(model.path)},
            {QStringLiteral("device"), QString::fromStdString(model.device)},
            {QStringLiteral("dtype"), QString::fromStdString(model.dtype)}};
}

QJsonObject requestJson(const inference::GenerationRequest& request) {
    return QJsonDocument::fromJson(QByteArray::fromStdString(inference::to_json(request))).object();
}

inference::Result<GenerateOptions> parse(QCommandLineParser& parser, const QStringList& arguments, const ProgramFiles& files, bool& wants_json,
                                         QString& help) {
    const ProfileOption profile(parser);
    const RequestOptions request_options(parser);
    const ModelOptions model_options(parser);
    const QCommandLineOption seed(QStringLiteral("seed"), QStringLiteral("Seed of the first image; the next ones count up."), QStringLiteral("K"),
                                  QStringLiteral("0"));
    const QCommandLineOption count(QStringLiteral("count"), QStringLiteral("Images to draw."), QStringLiteral("N"), QStringLiteral("1"));
    const QCommandLineOption best_of(
        QStringLiteral("best-of"),
        QStringLiteral("Candidates for each image, of which the one that the profile's ratings foretell most stars is kept."), QStringLiteral("N"),
        QStringLiteral("1"));
    const QCommandLineOption batch_size(QStringLiteral("batch-size"), QStringLiteral("Images drawn at the same time."), QStringLiteral("B"),
                                        QStringLiteral("1"));
    const QCommandLineOption latents(QStringLiteral("latents"),
                                     QStringLiteral("Initial noise: tensor \"latents\" (count, C, h, w) float32, instead of seeds."),
                                     QStringLiteral("IN.safetensors"));
    const QCommandLineOption save_latents(QStringLiteral("save-latents"), QStringLiteral("Write the final latents, same name and shape."),
                                          QStringLiteral("OUT.safetensors"));
    const QCommandLineOption output({QStringLiteral("output"), QStringLiteral("o")},
                                    QStringLiteral("Image file: .png, .webp, .tif or .jpg; several images are numbered."), QStringLiteral("FILE"));
    const QCommandLineOption matte(QStringLiteral("matte"), QStringLiteral("Colour behind transparency in a JPEG."), QStringLiteral("COLOUR"),
                                   QStringLiteral("#ffffff"));
    const QCommandLineOption quality(QStringLiteral("quality"), QStringLiteral("JPEG and WebP quality, 1 to 100."), QStringLiteral("Q"),
                                     QStringLiteral("92"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print what was done as JSON on standard output."));
    parser.addOptions({seed, count, best_of, batch_size, latents, save_latents, output, matte, quality, json});

    const auto words = parseWords(parser, arguments, help);
    wants_json = parser.isSet(json);
    if (!words) return tl::unexpected<inference::Error>(words.error());
    if (!help.isEmpty()) return GenerateOptions{};

    GenerateOptions options;
    if (!parser.isSet(QStringLiteral("prompt"))) return tl::unexpected<inference::Error>(usage(QStringLiteral("--prompt is missing")));
    if (!parser.isSet(output)) return tl::unexpected<inference::Error>(usage(QStringLiteral("--output is missing")));
    auto request = request_options.request();
    if (!request) return tl::unexpected<inference::Error>(request.error());
    options.request = *std::move(request);
    bool seed_is_number = false;
    options.request.seed = parser.value(seed).toULongLong(&seed_is_number);
    if (!seed_is_number) {
        return tl::unexpected<inference::Error>(usage(QStringLiteral("--seed is \"%1\"; it must be a whole number from 0").arg(parser.value(seed))));
    }
    using Limits = inference::RequestLimits;
    const auto images = wholeNumber(parser, count, 1, Limits::max_images);
    const auto candidates = wholeNumber(parser, best_of, 1, Limits::max_candidates);
    const auto together = wholeNumber(parser, batch_size, 1, Limits::max_batch);
    const auto image_quality = wholeNumber(parser, quality, 1, 100);
    for (const auto* number : {&images, &candidates, &together, &image_quality}) {
        if (!*number) return tl::unexpected<inference::Error>(number->error());
    }
    options.request.num_images = static_cast<int>(*images);
    options.request.candidates = static_cast<int>(*candidates);
    options.request.batch_size = static_cast<int>(*together);
    options.request.initial_latents_path = parser.value(latents).toStdString();
    options.save_latents = parser.value(save_latents);
    options.image.quality = static_cast<int>(*image_quality);
    options.image.matte = QColor(parser.value(matte));
    if (!options.image.matte.isValid()) {
        return tl::unexpected<inference::Error>(
            usage(QStringLiteral("--matte is \"%1\"; it must be a colour such as #ffffff").arg(parser.value(matte))));
    }
    auto engine = model_options.config(files);
    if (!engine) return tl::unexpected<inference::Error>(engine.error());
    options.engine = *std::move(engine);
    options.paths = profile.paths();
    options.engine.cache_path = options.paths.cache_dir.toStdString();
    options.engine.adapters_path = options.paths.adaptersDir().toStdString();
    options.request.dtype = options.engine.dtype;
    options.output = parser.value(output);
    const auto format = checkOutput(options.output);
    if (!format) return tl::unexpected<inference::Error>(format.error());
    options.image.format = *format;
    return options;
}

/// The taste of a profile, to choose among candidates by.
class Chooser {
public:
    /// Refuses before a model is loaded what cannot come to anything. Errors: invalid_request, io, corrupt_file.
    static inference::Result<Chooser> open(const app::ProfilePaths& paths) {
        auto profile = app::OpenLibrary::open(paths);
        if (!profile) return tl::unexpected<inference::Error>(profile.error());
        auto said = app::answersToJudgeBy(app::SignalStore(*profile->database));
        if (!said) return tl::unexpected<inference::Error>(said.error());
        return Chooser(*std::move(profile), *std::move(said));
    }

    inference::Result<app::PictureJudge> judge(inference::Engine& engine, Terminal& terminal, Interruption& interruption) {
        app::SignalStore signals(*profile_.database);
        const auto on_looked = [&](int done, int total) {
            interruption.poll();
            terminal.showStage(QStringLiteral("looking at rated pictures"), done, total);
        };
        return app::readJudge(*profile_.library, signals, said_, engine, on_looked, interruption.token());
    }

private:
    Chooser(app::OpenLibrary profile, app::TasteSignals said) : profile_(std::move(profile)), said_(std::move(said)) {}

    app::OpenLibrary profile_;
    app::TasteSignals said_;
};

}  // namespace

ExitCode runGenerate(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Draws images without a window."));
    bool wants_json = false;
    QString help;
    const auto options = parse(parser, arguments, files, wants_json, help);
    Terminal terminal(wants_json);
    if (!options) return terminal.fail(options.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }

    std::optional<Chooser> chooser;
    if (options->request.candidates > 1) {
        auto opened = Chooser::open(options->paths);
        if (!opened) return terminal.fail(opened.error());
        chooser = *std::move(opened);
    }

    auto config = options->engine;
    config.log = [&](const std::string& line) { terminal.note(line); };
    Interruption interruption;
    const auto on_load = [&](const inference::LoadProgress& progress) {
        interruption.poll();
        terminal.showLoading(progress.fraction);
    };
    const auto engine = engineFactory(files.engine_module.toStdString(), config)(on_load, interruption.token());
    if (!engine) return terminal.fail(engine.error());

    QJsonArray images;
    inference::Result<void> written;
    inference::GenerationCallbacks callbacks;
    if (chooser) {
        auto judge = chooser->judge(**engine, terminal, interruption);
        if (!judge) return terminal.fail(judge.error());
        callbacks.judge = *std::move(judge);
        terminal.clearProgress();
    }
    callbacks.preview_interval_ms = 0;
    callbacks.save_latents_path = options->save_latents.toStdString();
    std::stop_source write_failed;
    const std::stop_callback on_interrupt(interruption.token(), [&] { write_failed.request_stop(); });
    callbacks.on_step = [&](const inference::StepProgress& progress) {
        interruption.poll();
        terminal.showStep(progress);
    };
    callbacks.on_image = [&](inference::RenderedImage image) {
        const QString path = outputOf(options->output, image.index, options->request.num_images);
        written = app::writeImage(path, image.pixels, image.request, options->image);
        if (!written) {
            write_failed.request_stop();
            return;
        }
        images.append(QJsonObject{{QStringLiteral("path"), QFileInfo(path).absoluteFilePath()},
                                  {QStringLiteral("index"), image.index},
                                  {QStringLiteral("width"), image.pixels.width},
                                  {QStringLiteral("height"), image.pixels.height},
                                  {QStringLiteral("request"), requestJson(image.request)}});
        if (!terminal.json()) terminal.print(path);
    };
    const auto summary = (*engine)->generate(options->request, callbacks, write_failed.get_token());
    if (!written) return terminal.fail(written.error());
    if (!summary) return terminal.fail(summary.error());
    terminal.clearProgress();
    if (terminal.json()) {
        const QJsonObject result{{QStringLiteral("images"), images},
                                 {QStringLiteral("candidates"), options->request.candidates},
                                 {QStringLiteral("summary"), summaryJson(*summary)},
                                 {QStringLiteral("model"), modelJson((*engine)->model())}};
        terminal.print(QString::fromUtf8(QJsonDocument(result).toJson(QJsonDocument::Compact)));
    }
    return ExitCode::ok;
}

}  // namespace ui
