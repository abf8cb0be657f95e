// SPDX-License-Identifier: Apache-2.0
#include "tests/app/survival_child.h"

#include "app/application.h"
#include "app/generation/generation_service.h"
#include "app/session/crash_sentinel.h"
#include "tests/app/app_test.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_library.h"

#include <QRandomGenerator>
#include <QTimer>

#include <unistd.h>

namespace tests {
namespace {

constexpr int jobs_ahead = 3;

/// Unbuffered: what was said is in the pipe, whatever happens to this process.
void say(const QByteArray& line) {
    const QByteArray bytes = line + '\n';
    if (::write(STDOUT_FILENO, bytes.constData(), static_cast<std::size_t>(bytes.size())) != bytes.size()) ::_exit(3);
}

void announce(app::Application& studio) {
    QObject::connect(&studio.library(), &app::Library::itemAdded, &studio.library(), [&studio](app::ItemId id) {
        const QString file = QFileInfo(studio.library().find(id)->path).fileName();
        say("image " + QByteArray::number(id.value) + ' ' + file.toUtf8());
    });
    QObject::connect(&studio.library(), &app::Library::ratingChanged, &studio.library(),
                     [](app::ItemId id, int stars) { say("rating " + QByteArray::number(id.value) + ' ' + QByteArray::number(stars)); });
    QObject::connect(&studio.queue(), &app::JobQueue::jobAdded, &studio.queue(),
                     [](app::JobId id) { say("waiting " + QByteArray::number(id.value)); });
    QObject::connect(&studio.queue(), &app::JobQueue::jobChanged, &studio.queue(), [&studio](app::JobId id) {
        const app::Job* job = studio.queue().find(id);
        if (job != nullptr && job->state == app::JobState::done) say("over " + QByteArray::number(id.value));
        if (job != nullptr && job->state == app::JobState::failed) say("failed " + QByteArray(job->error.detail.c_str()));
    });
}

/// As somebody who never rests: always a few jobs ahead, always rating one of the newest pictures.
void keepBusy(app::Application& studio) {
    auto* random = QRandomGenerator::global();
    while (studio.queue().waitingCount() < jobs_ahead) {
        auto request = requestFor("three strawberries", random->generate64());
        request.num_images = 1 + random->bounded(4);
        request.num_inference_steps = 1 + random->bounded(3);
        request.width = request.height = 48;
        must(studio.generation().submit(request));
    }
    const auto& items = studio.library().items();
    if (items.empty()) return;
    const auto& item = items[static_cast<std::size_t>(random->bounded(std::min(20, static_cast<int>(items.size()))))];
    must(studio.library().setRating(item.id, random->bounded(6)));
}

}  // namespace

int runSurvivalChild(const QStringList& arguments) {
    const auto paths = app::ProfilePaths::inside(arguments.value(1));
    const app::CrashSentinel sentinel(paths.state_dir);
    app::Application::Options options;
    options.paths = paths;
    options.engine = fakeEngineFactory(std::make_shared<FakeScript>());
    options.start_paused = sentinel.lastRunCrashed();
    const auto studio = must(app::Application::open(std::move(options)));
    announce(*studio);
    studio->queue().setPaused(false);
    QTimer busy;
    QObject::connect(&busy, &QTimer::timeout, &busy, [&studio] { keepBusy(*studio); });
    busy.start(1);
    return QCoreApplication::exec();
}

}  // namespace tests

static const tests::SuiteRegistration registration(QLatin1String(tests::survival_child), tests::runSurvivalChild);
