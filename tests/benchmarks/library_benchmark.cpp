// SPDX-License-Identifier: Apache-2.0
// library_benchmark make PROFILE COUNT   fills a profile with COUNT small pictures and their rows
// library_benchmark scroll PROFILE       opens the window on it, scrolls the library from end to end and prints what each
//                                        frame took, as JSON
// Run it on a profile of its own; the window needs no model.

#include "app/application.h"
#include "app/generation/generation_service.h"
#include "app/imaging/image_exporter.h"
#include "app/library/database.h"
#include "app/library/library.h"
#include "app/paths/profile_paths.h"
#include "tests/support/fake_engine.h"
#include "tests/support/requests.h"
#include "tests/support/temporary_library.h"
#include "tests/ui/fake_tokenizer.h"
#include "ui/window/main_window.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollBar>
#include <QTest>
#include <QWheelEvent>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace {

constexpr QSize window_size(1440, 900);
constexpr int side = 128;            ///< pixels, as the starter draws
constexpr int wheel_step = 3 * 120;  ///< eighths of a degree: a brisk turn
constexpr double frame_limit_ms = 33.0;

/// Times what the event loop spends on each frame: everything between a request to repaint and the finished window.
class TimedApplication final : public QApplication {
public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override {
        if (event->type() != QEvent::UpdateRequest && event->type() != QEvent::Wheel) return QApplication::notify(receiver, event);
        QElapsedTimer timer;
        timer.start();
        const bool handled = QApplication::notify(receiver, event);
        if (depth_++ == 0) frames_ms.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        --depth_;
        return handled;
    }
    std::vector<double> frames_ms;

private:
    int depth_ = 0;
};

int make(const QString& folder, int count) {
    const auto paths = app::ProfilePaths::inside(folder);
    QDir().mkpath(paths.data_dir);
    QDir().mkpath(paths.images_dir);
    const auto database = tests::must(app::Database::open(paths.databaseFile()));
    app::Library library(*database, paths);
    tests::must(library.load());
    for (int i = 0; i < count; ++i) {
        auto request = tests::requestFor("picture number " + std::to_string(i), static_cast<std::uint64_t>(i));
        request.width = request.height = side;
        const QString path = paths.images_dir + QStringLiteral("/%1.png").arg(i, 6, 10, QLatin1Char('0'));
        tests::must(app::writeImage(path, tests::fakePixels(side, side, 4, request.seed), request, {}));
        const auto item = tests::must(library.add(path, request, {side, side}, true, 1.0, 1));
        if (i % 3 == 0) tests::must(library.setRating(item, i % 5 + 1));
    }
    return 0;
}

int scroll(TimedApplication& application, const QString& folder) {
    app::Application::Options options;
    options.paths = app::ProfilePaths::inside(folder);
    options.engine = tests::fakeEngineFactory(std::make_shared<tests::FakeScript>());
    options.tokenizer = ui_test::wordTokenizerFactory();
    QElapsedTimer start;
    start.start();
    const auto studio = tests::must(app::Application::open(std::move(options)));
    ui::MainWindow window(*studio);
    window.resize(window_size);
    window.show();
    if (!QTest::qWaitForWindowExposed(&window)) return 1;
    const double opened_ms = static_cast<double>(start.nsecsElapsed()) / 1e6;
    for (QAction* action : window.actions()) {
        if (action->shortcuts().contains(QKeySequence(Qt::Key_F3))) action->trigger();
    }
    QTest::qWait(200);
    QAbstractItemView* grid = nullptr;
    for (auto* view : window.findChildren<QAbstractItemView*>()) {
        if (view->isVisible() && view->verticalScrollBar()->maximum() > 0) grid = view;
    }
    if (!grid) return 1;
    application.frames_ms.clear();
    QScrollBar& bar = *grid->verticalScrollBar();
    const QPointF middle = grid->viewport()->rect().center();
    int turns = 0;
    while (bar.value() < bar.maximum() && turns < 20000) {
        QWheelEvent turn(middle, grid->viewport()->mapToGlobal(middle), {}, {0, -wheel_step}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(grid->viewport(), &turn);
        QTest::qWait(8);  // thumbnails arrive meanwhile, as they do under a hand
        ++turns;
    }
    auto frames = application.frames_ms;
    if (frames.empty()) return 1;
    std::sort(frames.begin(), frames.end());
    const auto share = [&](double part) { return frames[static_cast<std::size_t>(part * static_cast<double>(frames.size() - 1))]; };
    const auto slow = std::count_if(frames.begin(), frames.end(), [](double ms) { return ms > frame_limit_ms; });
    const QJsonObject report{{QStringLiteral("pictures"), static_cast<int>(studio->library().items().size())},
                             {QStringLiteral("open_and_first_paint_ms"), opened_ms},
                             {QStringLiteral("frames"), static_cast<int>(frames.size())},
                             {QStringLiteral("frame_p50_ms"), share(0.5)},
                             {QStringLiteral("frame_p99_ms"), share(0.99)},
                             {QStringLiteral("frame_max_ms"), frames.back()},
                             {QStringLiteral("frames_over_33_ms"), static_cast<int>(slow)}};
    std::fputs(QJsonDocument(report).toJson().constData(), stdout);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    TimedApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("fuselight"));
    const QStringList words = QCoreApplication::arguments();
    if (words.size() == 4 && words.at(1) == QStringLiteral("make")) return make(words.at(2), words.at(3).toInt());
    if (words.size() == 3 && words.at(1) == QStringLiteral("scroll")) return scroll(application, words.at(2));
    std::fputs("usage: library_benchmark make PROFILE COUNT | scroll PROFILE\n", stderr);
    return 2;
}
