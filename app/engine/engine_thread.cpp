// SPDX-License-Identifier: Apache-2.0
#include "app/engine/engine_thread.h"

#include "app/engine/engine_worker.h"

#include <QThread>

#include <utility>

namespace app {
namespace {

/// libtorch's kernels and oneDNN recurse deeper than the 512 KiB some systems give a thread.
constexpr uint stack_bytes = 8 * 1024 * 1024;

}  // namespace

struct EngineThread::State {
    QThread thread;
    EngineWorker* worker = nullptr;  ///< deletes itself, with the engine, when its thread ends
    std::stop_source stop;           ///< of the whole thread
    std::optional<inference::ModelInfo> model;
    bool loading = false;
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
    state_->worker->on_loaded = [this, post](inference::Result<inference::ModelInfo> model) {
        post([this, model = std::move(model)] {
            state_->loading = false;
            if (!model) {
                Q_EMIT loadFailed(model.error());
                return;
            }
            state_->model = *model;
            Q_EMIT modelLoaded(*model);
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
    state_->worker->on_background_ended = [this, post](std::shared_ptr<BackgroundWork> work) {
        post([this, work = std::move(work)] { Q_EMIT backgroundEnded(work); });
    };
    state_->worker->on_finished = [this, post](JobId id, inference::Result<inference::GenerationSummary> outcome) {
        post([this, id, outcome = std::move(outcome)] { Q_EMIT finished(id, outcome); });
    };
}

void EngineThread::load() {
    if (state_->loading || state_->model || state_->stop.stop_requested()) return;
    state_->loading = true;
    QMetaObject::invokeMethod(
        state_->worker, [worker = state_->worker, stop = state_->stop.get_token()] { worker->load(stop); }, Qt::QueuedConnection);
}

void EngineThread::generate(JobId id, const inference::GenerationRequest& request, int first_image, std::stop_token stop) {
    if (state_->stop.stop_requested()) return;  // the worker went with its thread
    QMetaObject::invokeMethod(
        state_->worker,
        [worker = state_->worker, ends = state_->stop.get_token(), id, request, first_image, stop = std::move(stop)] {
            // Either the job or the whole thread may be asked to stop.
            std::stop_source either;
            const auto forward = [&either] { either.request_stop(); };
            const std::stop_callback on_job(stop, forward);
            const std::stop_callback on_end(ends, forward);
            worker->generate(id, request, first_image, either.get_token());
        },
        Qt::QueuedConnection);
}

void EngineThread::runInBackground(std::shared_ptr<BackgroundWork> work, std::stop_token stop) {
    if (state_->stop.stop_requested()) return;
    QMetaObject::invokeMethod(
        state_->worker,
        [worker = state_->worker, work = std::move(work), stop = std::move(stop), ends = state_->stop.get_token()]() mutable {
            worker->runInBackground(std::move(work), std::move(stop), std::move(ends));
        },
        Qt::QueuedConnection);
}

const std::optional<inference::ModelInfo>& EngineThread::model() const { return state_->model; }

void EngineThread::stopAndWait() {
    state_->stop.request_stop();
    state_->thread.quit();
    state_->thread.wait();
}

}  // namespace app
