// SPDX-License-Identifier: Apache-2.0
#include "ui/start/studio.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>

#include <limits>
#include <memory>

#include "app/application.h"
#include "app/generation/generation_service.h"
#include "app/imaging/image_exporter.h"
#include "app/paths/profile_paths.h"
#include "app/session/crash_sentinel.h"
#include "app/session/latency_probe.h"
#include "app/session/single_instance.h"
#include "app/settings/settings_store.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/terminal.h"
#include "ui/settings/language.h"
#include "ui/start/model_source.h"
#include "ui/start/program_files.h"
#include "ui/start/termination.h"
#include "ui/theme/theme.h"
#include "ui/window/main_window.h"

namespace ui {
namespace {

/// The engine and its workers stand back by this much, so that the window stays fluid on two cores.
constexpr int engine_nice_level = 5;

struct StudioOptions {
    QString prompt;      ///< drawn at once when not empty
    QStringList files;   ///< pictures whose request is restored
    QString profile;     ///< --profile, absolute; empty: the standard one
    QString probe_file;  ///< --latency-probe, hidden
    inference::EngineConfig engine;
    bool names_model = false;  ///< --model: `engine` says which
};

bool isPicture(const QString& word) { return app::imageFormatOf(word).has_value() && QFileInfo::exists(word); }

inference::Result<StudioOptions> parse(QCommandLineParser& parser, const QStringList& arguments, const ProgramFiles& files, QString& help) {
    parser.setApplicationDescription(QStringLiteral("Fuselight draws pictures from words and learns from your ratings.\n"
                                                    "Given a prompt, the studio opens with it already drawing; given pictures that it drew, with\n"
                                                    "their request."));
    parser.addPositionalArgument(QStringLiteral("prompt"), QStringLiteral("What to draw at once, or pictures to take requests from."),
                                 QStringLiteral("[PROMPT | PICTURE...]"));
    const QCommandLineOption profile(QStringLiteral("profile"), QStringLiteral("Keep library, settings and caches in this folder."),
                                     QStringLiteral("DIR"));
    QCommandLineOption probe(QStringLiteral("latency-probe"), QStringLiteral("Write start-up and event-loop delays here as JSON."),
                             QStringLiteral("FILE"));
    probe.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOptions({profile, probe});
    const ModelOptions model_options(parser);
    const auto words = parseWords(parser, arguments, help, std::numeric_limits<int>::max());
    if (!words) return tl::unexpected<inference::Error>(words.error());
    if (!help.isEmpty()) {
        if (parser.isSet(QStringLiteral("help"))) help = programHelp(help);
        return StudioOptions{};
    }
    StudioOptions options;
    QStringList prompt_words;
    for (const QString& word : parser.positionalArguments()) {
        if (isPicture(word)) {
            options.files.append(QFileInfo(word).absoluteFilePath());
        } else {
            prompt_words.append(word);
        }
    }
    options.prompt = prompt_words.join(QLatin1Char(' '));
    if (parser.isSet(profile)) options.profile = QFileInfo(parser.value(profile)).absoluteFilePath();
    options.probe_file = parser.value(probe);
    auto config = model_options.config(files);
    if (!config) return tl::unexpected<inference::Error>(config.error());
    options.engine = *std::move(config);
    options.names_model = parser.isSet(QStringLiteral("model"));
    options.engine.log = [](const std::string& line) { qInfo("%s", line.c_str()); };
    return options;
}

/// What a second start hands to the first window: a word that says what follows, then the values.
const QString draw_message = QStringLiteral("draw");
const QString open_message = QStringLiteral("open");

QStringList messageOf(const StudioOptions& options) {
    if (!options.prompt.isEmpty()) return {draw_message, options.prompt};
    return QStringList{open_message} + options.files;
}

void obey(MainWindow& window, const QStringList& message) {
    if (message.isEmpty()) return;
    const QStringList values = message.mid(1);
    if (message.constFirst() == draw_message && !values.isEmpty()) window.submitPrompt(values.constFirst());
    if (message.constFirst() == open_message && !values.isEmpty()) window.openFiles(values);
}

bool hasDisplay() {
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") || qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

}  // namespace

int runStudio(int argc, char** argv) {
    Terminal terminal(false);
    // Words are read before a display is needed, so that --help works without one.
    const auto words = [&] {
        QStringList list;
        for (int i = 0; i < argc; ++i) list.append(QString::fromLocal8Bit(argv[i]));
        return list;
    }();
    const bool only_text = words.contains(QStringLiteral("--help")) || words.contains(QStringLiteral("-h")) ||
        words.contains(QStringLiteral("--version")) || words.contains(QStringLiteral("-v"));
    if (!only_text && !hasDisplay()) {
        return static_cast<int>(terminal.fail({inference::ErrorCode::device_unavailable,
                                               "there is no display to open a window on; `fuselight generate --prompt TEXT --output FILE` "
                                               "draws without one"}));
    }
    if (only_text) {
        const QCoreApplication application(argc, argv);
        QCommandLineParser parser;
        QString help;
        const auto parsed = parse(parser, words, ProgramFiles::beside(QCoreApplication::applicationDirPath()), help);
        if (!parsed) return static_cast<int>(terminal.fail(parsed.error()));
        terminal.print(help);
        return 0;
    }

    QApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    QGuiApplication::setDesktopFileName(QStringLiteral("org.fuselight.Fuselight"));
    const auto files = ProgramFiles::beside(QCoreApplication::applicationDirPath());
    QCommandLineParser parser;
    QString help;
    auto options = parse(parser, QCoreApplication::arguments(), files, help);
    if (!options) return static_cast<int>(terminal.fail(options.error()));

    const auto paths = options->profile.isEmpty() ? app::ProfilePaths::standard() : app::ProfilePaths::inside(options->profile);
    app::SingleInstance instance(paths.data_dir);
    if (!instance.claim(messageOf(*options))) return 0;
    const app::CrashSentinel sentinel(paths.state_dir);
    const auto probe = options->probe_file.isEmpty() ? nullptr : std::make_unique<app::LatencyProbe>(options->probe_file);

    options->engine.cache_path = paths.cache_dir.toStdString();
    options->engine.adapters_path = paths.adaptersDir().toStdString();
    options->engine.nice_level = engine_nice_level;
    app::Application::Options services;
    services.paths = paths;
    services.models = modelBackend(files.engine_module.toStdString(), options->engine);
    services.starter = {files.starter_pipeline, QString::fromStdString(options->engine.text_model_path)};
    if (options->names_model) {
        services.model =
            app::ModelLocation{QString::fromStdString(options->engine.pipeline_path), QString::fromStdString(options->engine.text_model_path)};
    }
    services.tokenizer = tokenizerFactory(options->engine.pipeline_path, options->engine.text_model_path);
    services.start_paused = sentinel.lastRunCrashed();
    auto opened = app::Application::open(std::move(services));
    if (!opened) return static_cast<int>(terminal.fail(opened.error()));
    app::Application& studio = **opened;

    const app::Settings::Appearance appearance = studio.settings().settings().appearance;
    applyTheme(application, appearance.theme);
    applyLanguage(application, appearance.language);
    MainWindow window(studio);
    QObject::connect(&instance, &app::SingleInstance::messageReceived, &window, [&window](const QStringList& message) {
        window.raiseFromOtherInstance();
        obey(window, message);
    });
    const Termination termination;
    QObject::connect(&termination, &Termination::requested, &window, &QWidget::close);
    window.show();
    if (probe) {
        probe->watchFirstPaint(window);
        probe->countWhile([&studio] { return studio.generation().isBusy(); });
    }
    obey(window, messageOf(*options));
    return QApplication::exec();
}

}  // namespace ui
