// SPDX-License-Identifier: Apache-2.0
#include "app/engine/engine_worker.h"

#include "app/imaging/pixel_image.h"

#include <utility>

namespace app {

using inference::ErrorCode;
using inference::GenerationRequest;

namespace {

/// What is left of a job whose first images are in the library already. Image i keeps its seed.
GenerationRequest remainder(GenerationRequest request, int first_image) {
    request.seed += static_cast<std::uint64_t>(first_image);
    request.num_images -= first_image;
    return request;
}

/// Progress of the remainder as progress of the whole.
void countFrom(int first_image, int num_images, inference::StepProgress& progress) {
    const double done = static_cast<double>(first_image) / num_images;
    progress.first_image += first_image;
    progress.num_images = num_images;
    progress.fraction = done + progress.fraction * (1.0 - done);
}

}  // namespace

void EngineWorker::load(std::stop_token stop) {
    if (engine_) return on_loaded(engine_->model());
    auto engine = factory_([this](const inference::LoadProgress& progress) { on_load_progress(progress.fraction); }, std::move(stop));
    if (!engine) return on_loaded(tl::unexpected<inference::Error>(engine.error()));
    engine_ = *std::move(engine);
    on_loaded(engine_->model());
    scheduleSlice();
}

void EngineWorker::runInBackground(std::shared_ptr<BackgroundWork> work, std::stop_token stop, std::stop_token ends) {
    background_.push_back({std::move(work), std::move(stop), std::move(ends)});
    scheduleSlice();
}

/// A timer of no time fires only once the events that are there already, drawings among them, have been seen to.
void EngineWorker::scheduleSlice() {
    if (slice_scheduled_ || background_.empty()) return;
    slice_scheduled_ = true;
    QTimer::singleShot(0, this, &EngineWorker::runSlice);
}

void EngineWorker::runSlice() {
    slice_scheduled_ = false;
    if (background_.empty()) return;
    Waiting& first = background_.front();
    bool more = false;
    if (!first.stop.stop_requested() && !first.ends.stop_requested()) {
        if (!engine_) return;  // goes on when a model is there
        std::stop_source either;
        const auto forward = [&either] { either.request_stop(); };
        const std::stop_callback on_stop(first.stop, forward);
        const std::stop_callback on_end(first.ends, forward);
        more = first.work->advance(*engine_, either.get_token()) && !either.stop_requested();
    }
    if (!more) {
        auto ended = std::move(first.work);
        background_.pop_front();
        on_background_ended(std::move(ended));
    }
    scheduleSlice();
}

void EngineWorker::generate(JobId id, const GenerationRequest& request, int first_image, std::stop_token stop) {
    if (!engine_) return on_finished(id, inference::failure(ErrorCode::internal, "no model is loaded"));
    if (stop.stop_requested()) return on_finished(id, inference::failure(ErrorCode::cancelled, "cancelled before the start"));
    // Given latents hold all images of the request: it runs whole, and what is there already is passed over.
    const bool whole = !request.initial_latents_path.empty();
    const int offset = whole ? 0 : first_image;
    inference::GenerationCallbacks callbacks;
    callbacks.on_step = [&](const inference::StepProgress& progress) {
        std::vector<QImage> previews;
        previews.reserve(progress.previews.size());
        for (const auto& preview : progress.previews) previews.push_back(toDisplayImage(preview));
        inference::StepProgress step = progress;
        step.previews.clear();
        countFrom(offset, request.num_images, step);
        on_step(id, std::move(step), std::move(previews));
    };
    callbacks.on_image = [&](inference::RenderedImage image) {
        image.index += offset;
        if (image.index < first_image) return;
        on_image(id, std::make_shared<const inference::RenderedImage>(std::move(image)));
    };
    on_finished(id, engine_->generate(remainder(request, offset), callbacks, std::move(stop)));
}

}  // namespace app
