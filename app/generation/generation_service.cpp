// SPDX-License-Identifier: Apache-2.0
#include "app/generation/generation_service.h"

#include "app/generation/picture_file.h"
#include "app/paths/profile_paths.h"

#include <QCoreApplication>
#include <QEvent>

#include <map>
#include <utility>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::GenerationRequest;
using inference::Result;

namespace {

using Image = std::shared_ptr<const inference::RenderedImage>;

/// What holds for every model, for requests that are queued before one is loaded.
inference::ModelInfo anyModel(const GenerationRequest& request) {
    inference::ModelInfo model;
    model.id = request.model_id;
    model.native_sizes = {{64, 64}};
    return model;
}

}  // namespace

struct GenerationService::State {
    State(EngineThread& engine_thread, JobQueue& job_queue, Library& pictures, const ProfilePaths& profile) :
        engine(engine_thread), queue(job_queue), library(pictures), images_dir(profile.images_dir) {}

    /// The job under way.
    struct Run {
        Job job;                   ///< as it was started
        std::stop_token job_stop;  ///< the user's
        std::stop_source stop;     ///< the user's, a failed file's or the program's end
        std::unique_ptr<std::stop_callback<std::function<void()>>> forward;
        std::shared_ptr<std::atomic<bool>> failed = std::make_shared<std::atomic<bool>>(false);
        std::optional<Error> storage_error;
        std::optional<Result<void>> outcome;  ///< the engine's
        int files_under_way = 0;
    };

    QString pathOf(const Job& job, int index) const { return images_dir + QLatin1Char('/') + pictureFileName(job, index); }

    EngineThread& engine;
    JobQueue& queue;
    Library& library;
    QString images_dir;
    /// Why a request cannot be drawn by whoever judges now.
    std::optional<Error> refusal(const GenerationRequest& request) const {
        if (request.candidates <= 1 || judging.judge || judging.awaited) return std::nullopt;
        return nobodyJudges();
    }

    /// The request as this model draws it. @return it with the model's defaults and without adapters of other models
    GenerationRequest forModel(GenerationRequest request, const inference::ModelInfo& model) const {
        if (adapter_fits) std::erase_if(request.adapters, [&](const inference::AdapterUse& use) { return !adapter_fits(use.id, model.id); });
        return inference::with_defaults(std::move(request), model);
    }
    Result<GenerationRequest> checkedFor(GenerationRequest request, const inference::ModelInfo& model) const {
        return inference::validate(forModel(std::move(request), model), model);
    }

    Judging judging;
    AdapterFits adapter_fits;
    LivePreview preview;
    std::optional<Run> run;
    std::map<JobId, std::map<int, Image>> unwritten;  ///< finished images whose file could not be written; a retry begins with them
    bool shutting_down = false;
    PictureWriter writer;
};

GenerationService::GenerationService(EngineThread& engine, JobQueue& queue, Library& library, const ProfilePaths& paths, QObject* parent) :
    QObject(parent), state_(std::make_unique<State>(engine, queue, library, paths)) {
    connect(&queue, &JobQueue::startRequested, this, &GenerationService::start);
    connect(&queue, &JobQueue::jobRemoved, this, [this](JobId id) { state_->unwritten.erase(id); });
    queue.setRunnable([&engine, state = state_.get()](const Job& job) {
        if (job.request.candidates > 1 && state->judging.awaited) return false;
        const auto& model = engine.model();
        return !model || job.request.model_id.empty() || job.request.model_id == model->id;
    });
    connect(&engine, &EngineThread::loadStarted, this, [this] { state_->queue.setReady(false); });
    connect(&engine, &EngineThread::modelLoaded, this, &GenerationService::onModelLoaded);
    connect(&engine, &EngineThread::loadFailed, this, [this] {
        if (const auto& model = state_->engine.model()) onModelLoaded(*model);  // the one before goes on
    });
    connect(&engine, &EngineThread::stepped, this, &GenerationService::onStepped);
    connect(&engine, &EngineThread::previewed, this, &GenerationService::onPreviewed);
    connect(&engine, &EngineThread::imageReady, this, &GenerationService::onImageReady);
    connect(&engine, &EngineThread::finished, this, [this](JobId id, const Result<inference::GenerationSummary>& outcome) {
        if (!state_->run || state_->run->job.id != id) return;
        state_->run->outcome = outcome ? Result<void>() : Result<void>(tl::unexpected<Error>(outcome.error()));
        finishIfAllStored();
    });
}

GenerationService::~GenerationService() {
    shutdown();
    state_->queue.setRunnable({});  // the queue outlives it
}

Result<JobId> GenerationService::submit(GenerationRequest request) {
    const auto& model = state_->engine.model();
    // What is asked for while another model is on its way is for that one.
    if (state_->engine.isLoading() && request.model_id.empty()) request.model_id = state_->engine.loadingId();
    if (model && !state_->engine.isLoading()) {
        auto checked = state_->checkedFor(std::move(request), *model);
        if (!checked) return tl::unexpected<Error>(checked.error());
        return enqueue(*checked);
    }
    const auto any = anyModel(request);
    if (auto checked = inference::validate(inference::with_defaults(request, any), any); !checked) {
        return tl::unexpected<Error>(checked.error());
    }
    return enqueue(request);
}

Result<JobId> GenerationService::enqueue(const GenerationRequest& request) {
    if (const auto refused = state_->refusal(request)) return tl::unexpected<Error>(*refused);
    return state_->queue.enqueue(request);
}

Result<void> GenerationService::drawWith(JobId job, const std::string& model_id) {
    const Job* waiting = state_->queue.find(job);
    if (waiting == nullptr || waiting->state != JobState::waiting) return {};
    GenerationRequest request = waiting->request;
    request.model_id = model_id;
    const auto& model = state_->engine.model();
    if (model && model->id == model_id) {
        auto checked = state_->checkedFor(std::move(request), *model);
        if (!checked) return tl::unexpected<Error>(checked.error());
        request = *std::move(checked);
    }
    if (auto amended = state_->queue.amend(job, request); !amended) return amended;
    state_->queue.reconsider();
    return {};
}

void GenerationService::setAdapterFits(AdapterFits fits) { state_->adapter_fits = std::move(fits); }

void GenerationService::onModelLoaded(const inference::ModelInfo& model) {
    if (state_->shutting_down) return;  // it was in the mail when the engine ended
    std::vector<std::pair<JobId, GenerationRequest>> filled;
    for (const Job& job : state_->queue.jobs()) {
        const bool for_it = job.request.model_id.empty() || job.request.model_id == model.id;
        if (job.state == JobState::waiting && for_it) filled.emplace_back(job.id, state_->forModel(job.request, model));
    }
    for (const auto& [id, request] : filled) static_cast<void>(state_->queue.amend(id, request));
    if (!state_->run) state_->queue.setReady(true);
}

void GenerationService::start(JobId id, std::stop_token stop) {
    const Job* queued = state_->queue.find(id);
    const auto& model = state_->engine.model();
    if (queued == nullptr || !model || state_->run || state_->shutting_down) return;
    State::Run& run = state_->run.emplace();
    run.job = *queued;
    run.job_stop = stop;
    run.forward = std::make_unique<std::stop_callback<std::function<void()>>>(stop, [source = run.stop]() mutable { source.request_stop(); });
    auto request = inference::validate(inference::with_defaults(run.job.request, *model), *model);
    if (const auto refused = state_->refusal(run.job.request); request && refused) request = tl::unexpected<Error>(*refused);
    if (!request) {
        run.outcome = tl::unexpected<Error>(request.error());
        finishIfAllStored();
        return;
    }
    run.job.request = *std::move(request);
    static_cast<void>(state_->queue.amend(id, run.job.request));

    // Pictures that entered the library just before a crash, and those that only miss their file.
    int first = run.job.images_done;
    while (first < run.job.request.num_images && state_->library.findFile(state_->pathOf(run.job, first)) != nullptr) {
        state_->queue.reportImageStored(id);
        ++first;
    }
    auto& unwritten = state_->unwritten[id];
    std::vector<Image> kept;
    for (auto image = unwritten.find(first); image != unwritten.end(); image = unwritten.find(++first)) kept.push_back(image->second);

    state_->preview = {id, first, 0, run.job.request.num_inference_steps, {}};
    Q_EMIT livePreviewChanged();
    for (const Image& image : kept) onImageReady(id, image);
    if (first < run.job.request.num_images) {
        state_->engine.generate(id, run.job.request, first, run.stop.get_token(), state_->judging.judge);
    } else {
        run.outcome = Result<void>();
        finishIfAllStored();
    }
}

void GenerationService::onStepped(JobId id, const inference::StepProgress& progress) {
    if (!state_->run || state_->run->job.id != id) return;
    LivePreview& preview = state_->preview;
    if (preview.first_image != progress.first_image) preview.images.clear();
    preview.first_image = progress.first_image;
    preview.step = progress.step;
    preview.num_steps = progress.num_steps;
    state_->queue.reportProgress(id, progress.fraction, progress.elapsed_ms, progress.remaining_ms);
    Q_EMIT livePreviewChanged();
}

void GenerationService::onPreviewed(JobId id, int first_image, const std::vector<QImage>& images) {
    if (!state_->run || state_->run->job.id != id) return;
    state_->preview.first_image = first_image;
    state_->preview.images = images;  // shown with the step that follows
}

void GenerationService::onImageReady(JobId id, const Image& image) {
    if (!state_->run || state_->run->job.id != id) return;
    ++state_->run->files_under_way;
    PictureWriter::Task task{state_->pathOf(state_->run->job, image->index), image, state_->run->failed};
    state_->writer.write(std::move(task), [this, id](PictureWriter::Task written, PictureWriter::Outcome outcome) {
        QMetaObject::invokeMethod(
            this, [this, id, written = std::move(written), outcome = std::move(outcome)] { onStored(id, written, outcome); }, Qt::QueuedConnection);
    });
}

void GenerationService::onStored(JobId id, const PictureWriter::Task& task, const PictureWriter::Outcome& outcome) {
    State::Run& run = *state_->run;  // it waits for every file of its own
    --run.files_under_way;
    auto failure = outcome.written ? std::optional<Error>() : std::optional<Error>(outcome.written.error());
    const auto& image = *task.image;
    if (!failure && !run.storage_error) {
        Q_EMIT pictureWritten(task.path, outcome.thumbnail);
        const auto item =
            state_->library.add(task.path, image.request, {image.pixels.width, image.pixels.height}, outcome.has_alpha, image.elapsed_ms, id.value);
        if (item) {
            state_->queue.reportImageStored(id);
            state_->unwritten[id].erase(image.index);
            Q_EMIT imageFinished(id, image.index, *item);
        } else {
            failure = item.error();
        }
    }
    if (failure || run.storage_error) {
        // Drawing on would only pile up pictures that have no place.
        if (!run.storage_error) run.storage_error = failure;
        *run.failed = true;
        run.stop.request_stop();
        state_->unwritten[id][image.index] = task.image;
    }
    finishIfAllStored();
}

void GenerationService::finishIfAllStored() {
    State::Run& run = *state_->run;
    if (!run.outcome || run.files_under_way > 0) return;
    const JobId id = run.job.id;
    const Result<void> outcome = run.storage_error ? Result<void>(tl::unexpected<Error>(*run.storage_error)) : *run.outcome;
    const bool cancelled = !outcome && outcome.error().code == ErrorCode::cancelled;
    const bool interrupted = cancelled && state_->shutting_down && !run.job_stop.stop_requested();
    state_->run.reset();
    state_->preview = {};
    if (outcome) state_->unwritten.erase(id);
    Q_EMIT livePreviewChanged();
    // A job that the program's end cut short stays "running" in the database: it waits again at the next start.
    if (interrupted) return;
    state_->queue.reportFinished(id, outcome);
    if (!outcome && !cancelled) Q_EMIT jobFailed(id, outcome.error());
    if (!state_->shutting_down && state_->engine.model() && !state_->engine.isLoading()) state_->queue.setReady(true);
}

void GenerationService::setJudging(Judging judging) {
    state_->judging = std::move(judging);
    if (!state_->shutting_down) state_->queue.reconsider();
}

const LivePreview& GenerationService::livePreview() const { return state_->preview; }

bool GenerationService::isBusy() const { return state_->run.has_value(); }

void GenerationService::shutdown() {
    if (state_->shutting_down) return;
    state_->shutting_down = true;
    state_->queue.setReady(false);
    if (state_->run) state_->run->stop.request_stop();
    state_->engine.stopAndWait();
    // What the engine finished on its way out is still in the mail: pictures first, then their files.
    QCoreApplication::sendPostedEvents(&state_->engine, QEvent::MetaCall);
    state_->writer.waitForDone();
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

}  // namespace app
