// SPDX-License-Identifier: Apache-2.0
#include "app/engine/engine_worker.h"

#include "app/imaging/pixel_image.h"

#include <utility>

namespace app {

using inference::ErrorCode;
using inference::GenerationRequest;

namespace {

/// What is left of a job whose first images are in the library already. Image i keeps its seed, or its block of seeds.
GenerationRequest remainder(GenerationRequest request, int first_image) {
    request.seed = inference::request_for_image(request, first_image).seed;
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
    auto engine = make(factory_, std::move(stop));
    if (!engine) return on_loaded(tl::unexpected<inference::Error>(engine.error()));
    engine_ = *std::move(engine);
    on_loaded(engine_->model());
}

void EngineWorker::replace(inference::EngineFactory factory, bool drop_first, std::stop_token stop, std::stop_token ends) {
    if (stop.stop_requested()) return on_loaded(inference::failure(ErrorCode::cancelled, "cancelled before the start"));
    const bool dropped = drop_first && engine_ != nullptr;
    if (dropped) {
        drop();
        on_dropped();
    }
    auto engine = make(factory, std::move(stop));
    if (engine) {
        drop();
        engine_ = *std::move(engine);
        factory_ = std::move(factory);
        on_loaded(engine_->model());
        return;
    }
    if (dropped) {
        if (auto old = make(factory_, std::move(ends))) {
            engine_ = *std::move(old);
            on_loaded_again(engine_->model());
        }
    }
    on_loaded(tl::unexpected<inference::Error>(engine.error()));
}

inference::Result<std::unique_ptr<inference::Engine>> EngineWorker::make(const inference::EngineFactory& factory, std::stop_token stop) const {
    return factory([this](const inference::LoadProgress& progress) { on_load_progress(progress.fraction); }, std::move(stop));
}

void EngineWorker::drop() {
    // Work that holds this model's tensors goes before them; whoever waits for it hears of it.
    for (auto& [id, work] : std::exchange(background_, {})) {
        work.reset();
        on_slice(id, false);
    }
    engine_.reset();
}

void EngineWorker::generate(JobId id, const GenerationRequest& request, int first_image, std::stop_token stop, CandidateJudge judge) {
    if (!engine_) return on_finished(id, inference::failure(ErrorCode::internal, "no model is loaded"));
    if (stop.stop_requested()) return on_finished(id, inference::failure(ErrorCode::cancelled, "cancelled before the start"));
    // Given latents hold all images of the request: it runs whole, and what is there already is passed over.
    const bool whole = !request.initial_latents_path.empty();
    const int offset = whole ? 0 : first_image;
    inference::GenerationCallbacks callbacks;
    callbacks.judge = std::move(judge);
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

void EngineWorker::adoptBackground(BackgroundId id, std::unique_ptr<BackgroundWork> work) { background_.emplace(id, std::move(work)); }

void EngineWorker::advanceBackground(BackgroundId id, std::stop_token stop) {
    const auto found = background_.find(id);
    const bool can_work = found != background_.end() && engine_ && !stop.stop_requested();
    const bool more = can_work && found->second->advance(*engine_, std::move(stop));
    if (!more) background_.erase(id);
    on_slice(id, more);
}

void EngineWorker::dropBackground(BackgroundId id) {
    background_.erase(id);
    on_slice(id, false);
}

}  // namespace app
