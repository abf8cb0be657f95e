// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/train_command.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QEventLoop>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>
#include <algorithm>

#include "app/engine/engine_thread.h"
#include "app/feedback/training_service.h"
#include "app/library/open_library.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/profile_option.h"
#include "ui/command_line/terminal.h"
#include "ui/start/model_source.h"

namespace ui {
namespace {

using app::TrainingJobId;
using app::TrainingState;
using inference::Error;
using inference::Result;

struct TrainOptions {
    app::ProfilePaths paths;
    inference::EngineConfig engine;
    inference::TrainingConfig config;
    double budget_minutes = 10.0;
    std::uint64_t seed = 1;
};

Result<TrainOptions> parse(QCommandLineParser& parser, const QStringList& arguments, const ProgramFiles& files, bool& wants_json, QString& help) {
    const ProfileOption profile(parser);
    const ModelOptions model_options(parser);
    const QCommandLineOption budget(QStringLiteral("budget-minutes"), QStringLiteral("Time to spend, about."), QStringLiteral("M"),
                                    QStringLiteral("10"));
    const QCommandLineOption steps(QStringLiteral("steps"), QStringLiteral("Optimiser steps at most."), QStringLiteral("N"), QStringLiteral("120"));
    const QCommandLineOption objective(QStringLiteral("objective"), QStringLiteral("guidance, signed_flow, dpo, kto, reward_weighted or supervised."),
                                       QStringLiteral("NAME"), QStringLiteral("guidance"));
    const QCommandLineOption seed(QStringLiteral("seed"), QStringLiteral("Of every random draw."), QStringLiteral("S"), QStringLiteral("1"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print the result as JSON on standard output."));
    parser.addOptions({budget, steps, objective, seed, json});
    const auto words = parseWords(parser, arguments, help);
    wants_json = parser.isSet(json);
    if (!words) return tl::unexpected<Error>(words.error());
    if (!help.isEmpty()) return TrainOptions{};
    TrainOptions options;
    options.paths = profile.paths();
    auto engine = model_options.config(files);
    if (!engine) return tl::unexpected<Error>(engine.error());
    options.engine = *std::move(engine);
    options.engine.cache_path = options.paths.cache_dir.toStdString();
    options.engine.adapters_path = options.paths.adaptersDir().toStdString();
    const auto minutes = wholeNumber(parser, budget, 1, 7 * 24 * 60);
    const auto most_steps = wholeNumber(parser, steps, 1, 100'000);
    const auto number = wholeNumber(parser, seed, 0, 1'000'000);
    for (const auto* value : {&minutes, &most_steps, &number}) {
        if (!*value) return tl::unexpected<Error>(value->error());
    }
    options.budget_minutes = static_cast<double>(*minutes);
    options.seed = static_cast<std::uint64_t>(*number);
    auto chosen = inference::parse_training_objective(parser.value(objective).toStdString());
    if (!chosen) return tl::unexpected<Error>(chosen.error());
    options.config = inference::training_defaults(*chosen);
    options.config.steps = static_cast<int>(*most_steps);
    return options;
}

/// Runs the event loop until `done`, an interruption or a failure to load.
class Waiting {
public:
    explicit Waiting(Interruption& interruption) : interruption_(interruption) {
        timer_.setInterval(100);
        QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] {
            interruption_.poll();
            if (interruption_.token().stop_requested()) loop_.quit();
        });
        timer_.start();
    }
    template <typename Done> void until(Done done) {
        QTimer check;
        QObject::connect(&check, &QTimer::timeout, &check, [&] {
            if (done()) loop_.quit();
        });
        check.start(20);
        if (!done()) loop_.exec();
    }

private:
    Interruption& interruption_;
    QEventLoop loop_;
    QTimer timer_;
};

QJsonObject outcomeJson(const app::TrainingJobRow& job) {
    QJsonObject object = QJsonDocument::fromJson(job.measures).object();
    object.insert(QStringLiteral("job"), job.id.value);
    object.insert(QStringLiteral("state"), QLatin1String(app::to_string(job.state)));
    object.insert(QStringLiteral("adapter"), job.adapter_id);
    return object;
}

}  // namespace

ExitCode runTrain(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Learns an adapter from the ratings of a profile and keeps it if it is better."));
    bool wants_json = false;
    QString help;
    const auto options = parse(parser, arguments, files, wants_json, help);
    Terminal terminal(wants_json);
    if (!options) return terminal.fail(options.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    auto profile = app::OpenLibrary::open(options->paths);
    if (!profile) return terminal.fail(profile.error());
    Interruption interruption;
    Waiting waiting(interruption);
    app::EngineThread engine(engineFactory(files.engine_module.toStdString(), options->engine));
    app::TrainingService service(engine, *profile->library, *profile->database, profile->paths);
    if (auto restored = service.restore(); !restored) return terminal.fail(restored.error());

    std::optional<Error> not_loaded;
    QObject::connect(&engine, &app::EngineThread::loadProgressed, &service, [&](double fraction) { terminal.showLoading(fraction); });
    QObject::connect(&engine, &app::EngineThread::loadFailed, &service, [&](const Error& error) { not_loaded = error; });
    QObject::connect(&service, &app::TrainingService::progressed, &service, [&](TrainingJobId, const app::TrainingRunProgress& progress) {
        terminal.showStage(QLatin1String(app::to_string(progress.state)), static_cast<int>(progress.fraction * 100), 100);
    });
    engine.load();
    waiting.until([&] { return engine.model().has_value() || not_loaded.has_value(); });
    if (not_loaded) return terminal.fail(*not_loaded);
    if (!engine.model()) return terminal.fail({inference::ErrorCode::cancelled, "interrupted"});

    // What an earlier call began is gone on with.
    const auto begun = std::find_if(service.jobs().begin(), service.jobs().end(), [](const auto& job) { return !app::isFinished(job.state); });
    TrainingJobId id;
    if (begun != service.jobs().end()) {
        id = begun->id;
        if (begun->state == TrainingState::paused) {
            if (auto resumed = service.resume(id); !resumed) return terminal.fail(resumed.error());
        }
    } else {
        app::SignalStore signals(*profile->database);
        auto taste = signals.activeProfile();
        if (!taste) return terminal.fail(taste.error());
        auto queued = service.queue(*taste, options->config, options->budget_minutes, options->seed);
        if (!queued) return terminal.fail(queued.error());
        id = *queued;
    }
    waiting.until([&] { return app::isFinished(service.find(id)->state); });
    const auto& job = *service.find(id);
    if (!app::isFinished(job.state)) return terminal.fail({inference::ErrorCode::cancelled, "interrupted; the next call goes on from here"});
    if (job.state == TrainingState::failed) return terminal.fail(job.error);
    terminal.clearProgress();
    if (terminal.json()) {
        terminal.print(QString::fromUtf8(QJsonDocument(outcomeJson(job)).toJson(QJsonDocument::Compact)));
    } else if (job.state == TrainingState::accepted) {
        terminal.print(QStringLiteral("accepted: %1 (provisional: your answers in the studio decide whether it stays)").arg(job.adapter_id));
    } else {
        terminal.print(QStringLiteral("%1: %2").arg(QLatin1String(app::to_string(job.state)), job.reasons));
    }
    return ExitCode::ok;
}

}  // namespace ui
