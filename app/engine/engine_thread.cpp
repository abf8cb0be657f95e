// SPDX-License-Identifier: Apache-2.0
#include "app/engine/engine_thread.h"

#include "app/engine/engine_worker.h"

#include <QThread>

#include <algorithm>
#include <utility>
#include <vector>

namespace app {
namespace {

/// libtorch's kernels and oneDNN recurse deeper than the 512 KiB some systems give a thread.
constexpr uint stack_bytes = 8 * 1024 * 1024;

/// Runs with a token that stops when this piece of work or the whole thread is asked to stop.
template <typename Run> void withEither(const std::stop_token& work, const std::stop_token& thread, Run&& run) {
    std::stop_source either;
    const auto forward = [&either] { either.request_stop(); };
    const std::stop_callback on_work(work, forward);
    const std::stop_callback on_end(thread, forward);
    run(either.get_token());
}

}  // namespace

/// What the GUI thread knows of a piece of background work; the work itself is the worker's.
struct Background {
    BackgroundId id;
    BackgroundPriority priority = BackgroundPriority::whenever;
    std::stop_source stop;
    bool paused = false;
};

struct EngineThread::State {
    QThread thread;
    EngineWorker* worker = nullptr;  ///< deletes itself, with the engine, when its thread ends
    std::stop_source stop;           ///< of the whole thread
    std::stop_source load_stop;      ///< of the load under way
    std::optional<inference::ModelInfo> model;
    std::string loading_id;
    bool loading = false;
    int drawing = 0;  ///< jobs handed to the worker and not finished
    std::vector<Background> background;
    std::optional<BackgroundId> slice;  ///< the work whose slice is under way
    qint64 last_background = 0;
};

EngineThread::EngineThread(inference::EngineFactory factory, QObject* parent) : QObject(parent), state_(std::make_unique<State>()) {
    state_->worker = new EngineWorker(std::move(factory));
    state_->worker->moveToThread(&state_->thread);
    connect(&state_->thread, &QThread::finished, state_->worker, &QObject::deleteLater);
    connectWorker();
    state_->thread.setObjectName(QStringLiteral("engine"));
    state_->thread.setStackSize(stack_bytes);
    state_->thread.start();
}

EngineThread::~EngineThread() { stopAndWait(); }

/// Every report is posted to this object, so that it arrives on the GUI thread, in order, and not at all once this is
/// gone.
void EngineThread::connectWorker() {
    const auto post = [this](auto report) { QMetaObject::invokeMethod(this, std::move(report), Qt::QueuedConnection); };
    state_->worker->on_load_progress = [this, post](double fraction) { post([this, fraction] { Q_EMIT loadProgressed(fraction); }); };
    state_->worker->on_dropped = [this, post] {
        post([this] {
            state_->model.reset();
            Q_EMIT modelDropped();
        });
    };
    state_->worker->on_loaded_again = [this, post](inference::ModelInfo model) { post([this, model = std::move(model)] { state_->model = model; }); };
    state_->worker->on_loaded = [this, post](inference::Result<inference::ModelInfo> model) {
        post([this, model = std::move(model)] {
            state_->loading = false;
            state_->loading_id.clear();
            if (!model) {
                Q_EMIT loadFailed(model.error());
                pumpBackground();
                return;
            }
            state_->model = *model;
            Q_EMIT modelLoaded(*model);
            pumpBackground();
        });
    };
    state_->worker->on_step = [this, post](JobId id, inference::StepProgress progress, std::vector<QImage> previews) {
        post([this, id, progress = std::move(progress), previews = std::move(previews)]() mutable {
            if (!previews.empty()) Q_EMIT previewed(id, progress.first_image, previews);
            Q_EMIT stepped(id, progress);
        });
    };
    state_->worker->on_image = [this, post](JobId id, std::shared_ptr<const inference::RenderedImage> image) {
        post([this, id, image = std::move(image)] { Q_EMIT imageReady(id, image); });
    };
    state_->worker->on_finished = [this, post](JobId id, inference::Result<inference::GenerationSummary> outcome) {
        post([this, id, outcome = std::move(outcome)] {
            --state_->drawing;
            Q_EMIT finished(id, outcome);
            // Whoever has another job has handed it over by now.
            pumpBackground();
        });
    };
    state_->worker->on_slice = [this, post](BackgroundId id, bool more) {
        post([this, id, more] {
            if (state_->slice == id) state_->slice.reset();
            if (!more && std::erase_if(state_->background, [id](const Background& each) { return each.id == id; }) > 0) Q_EMIT backgroundEnded(id);
            pumpBackground();
        });
    };
}

void EngineThread::load() {
    if (state_->loading || state_->model || state_->stop.stop_requested()) return;
    state_->loading = true;
    state_->load_stop = std::stop_source();
    QMetaObject::invokeMethod(
        state_->worker,
        [worker = state_->worker, ends = state_->stop.get_token(), stop = state_->load_stop.get_token()] {
            withEither(stop, ends, [&](std::stop_token either) { worker->load(std::move(either)); });
        },
        Qt::QueuedConnection);
    Q_EMIT loadStarted();
}

void EngineThread::replace(inference::EngineFactory factory, const std::string& model_id, bool drop_first) {
    if (state_->loading || state_->stop.stop_requested()) return;
    state_->loading = true;
    state_->loading_id = model_id;
    state_->load_stop = std::stop_source();
    QMetaObject::invokeMethod(
        state_->worker,
        [worker = state_->worker, ends = state_->stop.get_token(), stop = state_->load_stop.get_token(), factory = std::move(factory), drop_first] {
            withEither(stop, ends, [&](std::stop_token either) { worker->replace(factory, drop_first, std::move(either), ends); });
        },
        Qt::QueuedConnection);
    Q_EMIT loadStarted();
}

void EngineThread::cancelLoad() {
    if (state_->loading) state_->load_stop.request_stop();
}

bool EngineThread::isLoading() const { return state_->loading; }

const std::string& EngineThread::loadingId() const { return state_->loading_id; }

void EngineThread::generate(JobId id, const inference::GenerationRequest& request, int first_image, std::stop_token stop, CandidateJudge judge) {
    if (state_->stop.stop_requested()) return;  // the worker went with its thread
    ++state_->drawing;
    QMetaObject::invokeMethod(
        state_->worker,
        [worker = state_->worker, ends = state_->stop.get_token(), id, request, first_image, stop = std::move(stop), judge = std::move(judge)] {
            withEither(stop, ends, [&](std::stop_token either) { worker->generate(id, request, first_image, std::move(either), judge); });
        },
        Qt::QueuedConnection);
}

BackgroundId EngineThread::runInBackground(std::unique_ptr<BackgroundWork> work, BackgroundPriority priority) {
    const BackgroundId id{++state_->last_background};
    if (state_->stop.stop_requested()) return id;
    state_->background.push_back({id, priority, {}, false});
    QMetaObject::invokeMethod(
        state_->worker, [worker = state_->worker, id, work = std::move(work)]() mutable { worker->adoptBackground(id, std::move(work)); },
        Qt::QueuedConnection);
    pumpBackground();
    return id;
}

void EngineThread::stopBackground(BackgroundId id) {
    for (Background& each : state_->background) {
        if (each.id == id) each.stop.request_stop();
    }
    pumpBackground();
}

void EngineThread::setBackgroundPaused(BackgroundId id, bool paused) {
    for (Background& each : state_->background) {
        if (each.id == id) each.paused = paused;
    }
    pumpBackground();
}

/// Hands the worker the next slice. One at a time and only while nothing is drawn, so that whatever is drawn next waits for one at most.
void EngineThread::pumpBackground() {
    if (state_->slice || state_->stop.stop_requested()) return;
    const auto post = [this](const Background& work, auto run) {
        state_->slice = work.id;
        QMetaObject::invokeMethod(state_->worker, std::move(run), Qt::QueuedConnection);
    };
    for (const Background& each : state_->background) {
        if (each.stop.stop_requested()) return post(each, [worker = state_->worker, id = each.id] { worker->dropBackground(id); });
    }
    if (!state_->model || state_->drawing > 0) return;
    const auto before = [](const Background& a, const Background& b) { return std::pair(a.paused, a.priority) < std::pair(b.paused, b.priority); };
    const auto next = std::min_element(state_->background.begin(), state_->background.end(), before);
    if (next == state_->background.end() || next->paused) return;
    post(*next, [worker = state_->worker, id = next->id, stop = next->stop.get_token(), ends = state_->stop.get_token()] {
        std::stop_source either;
        const auto forward = [&either] { either.request_stop(); };
        const std::stop_callback on_work(stop, forward);
        const std::stop_callback on_end(ends, forward);
        worker->advanceBackground(id, either.get_token());
    });
}

const std::optional<inference::ModelInfo>& EngineThread::model() const { return state_->model; }

void EngineThread::stopAndWait() {
    state_->stop.request_stop();
    state_->thread.quit();
    state_->thread.wait();
}

}  // namespace app
