// SPDX-License-Identifier: Apache-2.0
// screenshots FOLDER: draws with the starter in a fresh profile and takes the README's pictures. See packaging/screenshots.sh.

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QKeySequence>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/application.h"
#include "app/engine/engine_thread.h"
#include "app/generation/generation_service.h"
#include "app/jobs/job_queue.h"
#include "app/library/library.h"
#include "app/settings/settings_store.h"
#include "ui/start/model_source.h"
#include "ui/start/program_files.h"
#include "ui/theme/theme.h"
#include "ui/window/main_window.h"

namespace {

constexpr int patience_ms = 600000;
constexpr QSize window_size(1440, 900);

/// Drawn in this order, so that the newest are the last; every one of them with the seed that stands beside it.
struct Drawing {
    const char* prompt;
    std::uint64_t seed;
    int images;
    int stars;
};
constexpr Drawing drawings[] = {
    {"a green tree on a sky blue background", 2, 1, 4},
    {"a blue square", 4, 2, 0},
    {"noto emoji of a rocket", 3, 2, 2},
    {"a pink flower on a purple to navy gradient background", 4, 2, 5},
    {"빨간 사과", 1, 2, 3},
    {"an orange umbrella on a navy to sky blue gradient background", 1, 2, 0},
    {"two pink hearts", 2, 2, 4},
    {"a teal teapot to the right of a lemon", 1, 2, 0},
    {"three strawberries on a yellow background", 7, 2, 3},
    {"pizza, glossy 3D emoji", 2, 2, 0},
    {"a red heart", 1, 1, 5},
    {"four blue fish on a black background", 5, 4, 0},
};

[[noreturn]] void fail(const char* what) {
    qCritical("screenshots: %s", what);
    std::exit(1);
}

void waitUntilIdle(app::Application& studio) {
    if (!QTest::qWaitFor([&] { return studio.queue().jobs().empty() || app::isFinished(studio.queue().jobs().front().state); }, patience_ms))
        fail("the studio did not finish drawing");
}

void press(ui::MainWindow& window, const QKeySequence& keys) {
    for (QAction* action : window.actions()) {
        if (action->shortcuts().contains(keys)) return action->trigger();
    }
    fail("the window has no such command");
}

void take(ui::MainWindow& window, const QString& folder, const QString& name) {
    QTest::qWait(500);  // thumbnails and scaled pictures come from their own threads
    const QString path = folder + QLatin1Char('/') + name + QStringLiteral(".png");
    if (!window.grab().save(path)) fail("a picture could not be saved");
    qInfo("%s", qPrintable(path));
}

void useTheme(app::Application& studio, app::Theme theme) {
    app::Settings next = studio.settings().settings();
    next.appearance.theme = theme;
    next.appearance.language = QStringLiteral("en");
    studio.settings().update(next);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("fuselight"));
    if (argc != 2) fail("usage: screenshots FOLDER");
    const QString folder = QString::fromLocal8Bit(argv[1]);
    QDir().mkpath(folder);
    const QTemporaryDir profile;
    const auto files = ui::ProgramFiles::beside(QFileInfo(QStringLiteral(FUSELIGHT_PROGRAM)).absolutePath());
    inference::EngineConfig config;
    config.pipeline_path = files.starter_pipeline.toStdString();
    config.text_model_path = files.text_model.toStdString();
    app::Application::Options options;
    options.paths = app::ProfilePaths::inside(profile.path());
    options.engine = ui::engineFactory(files.engine_module.toStdString(), config);
    options.tokenizer = ui::tokenizerFactory(config.pipeline_path, config.text_model_path);
    auto opened = app::Application::open(std::move(options));
    if (!opened) fail(opened.error().detail.c_str());
    app::Application& studio = **opened;
    QSignalSpy loaded(&studio.engine(), &app::EngineThread::modelLoaded);
    if (!studio.engine().model() && !loaded.wait(patience_ms)) fail("the model did not load");

    useTheme(studio, app::Theme::light);
    {
        ui::MainWindow first_start(studio);
        first_start.resize(window_size);
        first_start.show();
        take(first_start, folder, QStringLiteral("empty-light"));
    }
    const Drawing& newest = drawings[std::size(drawings) - 1];
    app::Settings settings = studio.settings().settings();
    settings.composer.request.prompt = newest.prompt;
    settings.composer.request.seed = newest.seed;
    settings.composer.request.num_images = newest.images;
    studio.settings().update(settings);
    ui::MainWindow window(studio);
    window.resize(window_size);
    window.show();

    for (const Drawing& drawing : drawings) {
        inference::GenerationRequest request;
        request.prompt = drawing.prompt;
        request.seed = drawing.seed;
        request.num_images = drawing.images;
        request.batch_size = drawing.images;
        const bool last = &drawing == &newest;
        if (last) useTheme(studio, app::Theme::dark);
        if (!studio.generation().submit(request)) fail("a request was refused");
        if (last) {
            const auto half_way = [&] { return studio.queue().running() && studio.queue().running()->fraction > 0.45; };
            if (!QTest::qWaitFor(half_way, patience_ms)) fail("nothing was drawn");
            take(window, folder, QStringLiteral("generating-dark"));
        }
        waitUntilIdle(studio);
        if (drawing.stars > 0 && !studio.library().setRating(studio.library().items().front().id, drawing.stars)) fail("a rating was refused");
    }
    press(window, QKeySequence(Qt::Key_Right));
    take(window, folder, QStringLiteral("studio-dark"));
    useTheme(studio, app::Theme::light);
    press(window, QKeySequence(Qt::Key_F3));
    take(window, folder, QStringLiteral("library-light"));
    return 0;
}
