// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_forecast.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/training_budget.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;
using Outcome = std::shared_ptr<Result<TrainingForecast>>;

using namespace training_budget;

constexpr int usual_strengths = 5;  ///< that are tried until one does harm
constexpr int usual_proofs = 2;     ///< of strengths, by halves
constexpr std::size_t most_stand_in_bytes = std::size_t{96} << 20;

inference::TrainingJob standIn(const inference::ModelInfo& model, const inference::GenerationRequest& drawing, const TrainingOutline& outline) {
    inference::TrainingJob job;
    job.model_id = model.id;
    job.config = outline.config;
    inference::TrainingPicture picture;
    picture.pixels.width = drawing.width;
    picture.pixels.height = drawing.height;
    picture.pixels.channels = model.image_channels;
    const auto bytes =
        static_cast<std::size_t>(drawing.width) * static_cast<std::size_t>(drawing.height) * static_cast<std::size_t>(model.image_channels);
    picture.pixels.bytes.assign(bytes, 128);
    const int wanted = outline.ratings + drawnPictures(outline.ratings);
    const int most = static_cast<int>(most_stand_in_bytes / std::max<std::size_t>(1, bytes));
    const int count = std::clamp(most, 3 * pictures_of_prompt, wanted);
    const int replayed = job.config.replay_share <= 0.0 ? 0 : std::max(pictures_of_prompt, count * replay_pictures / wanted);
    for (int i = 0; i < count; ++i) {
        picture.prompt = "prompt " + std::to_string(i / pictures_of_prompt % std::max(1, outline.prompts));
        picture.group = i / pictures_of_prompt;
        picture.replay = i >= count - replayed;
        picture.desirability = picture.replay ? 0.0 : i % 2 == 0 ? 0.5 : -0.5;
        job.pictures.push_back(picture);
    }
    return job;
}

class ForecastWork final : public BackgroundWork {
public:
    ForecastWork(TrainingOutline outline, Outcome outcome) : outline_(std::move(outline)), outcome_(std::move(outcome)) {}
    bool advance(inference::Engine& engine, std::stop_token stop) override {
        *outcome_ = forecastTraining(engine, outline_, std::move(stop));
        return false;
    }

private:
    TrainingOutline outline_;
    Outcome outcome_;
};

}  // namespace

Result<TrainingForecast> forecastTraining(inference::Engine& engine, const TrainingOutline& outline, std::stop_token stop) {
    inference::LearningEngine* learning = engine.learning();
    if (learning == nullptr) return failure(ErrorCode::unsupported_model, "this model cannot learn");
    auto drawing = inference::with_defaults({}, engine.model());
    const int steps = std::max(1, drawing.num_inference_steps / 2);
    // Memory first: where it is short, there is nothing to time.
    const auto estimate = learning->estimate_training(standIn(engine.model(), drawing, outline), stop);
    if (!estimate) return tl::unexpected<Error>(estimate.error());
    drawing.prompt = "prompt";
    const auto timeDrawing = [&](int sampler_steps) -> Result<double> {
        drawing.num_inference_steps = sampler_steps;
        inference::GenerationCallbacks callbacks;
        callbacks.on_image = [](const inference::RenderedImage&) {};
        QElapsedTimer timer;
        timer.start();
        if (const auto drawn = engine.generate(drawing, callbacks, stop); !drawn) return tl::unexpected<Error>(drawn.error());
        return static_cast<double>(timer.nsecsElapsed()) / 1e9;
    };
    // The first drawing reads the prompt and meets cold caches; what one step costs is the difference of two others.
    if (const auto first = timeDrawing(1); !first) return tl::unexpected<Error>(first.error());
    const auto one = timeDrawing(1);
    if (!one) return tl::unexpected<Error>(one.error());
    constexpr int more_steps = 3;
    const auto several = timeDrawing(more_steps);
    if (!several) return tl::unexpected<Error>(several.error());
    const double a_sampler_step = std::max(0.0, *several - *one) / (more_steps - 1);
    const double picture_seconds = *one + a_sampler_step * (steps - 1);
    const int pictures =
        drawnPictures(outline.ratings) + gate_prompts * (tried_of_prompt * (1 + usual_strengths) + proved_of_prompt * (1 + usual_proofs));
    const double affordable = outline.budget_minutes * 60.0 * training_share;
    const double a_step = estimate->seconds / std::max(1, outline.config.steps);
    const double training = std::min(estimate->seconds, std::max(affordable, a_step * least_steps));
    TrainingForecast forecast;
    forecast.memory_bytes = estimate->memory_bytes;
    forecast.measures = estimate->measures;
    forecast.minutes = (training + picture_seconds * pictures) / 60.0;
    return forecast;
}

struct TrainingForecaster::State {
    explicit State(EngineThread& engine_thread) : engine(engine_thread) {}
    EngineThread& engine;
    std::optional<BackgroundId> work;
    Outcome outcome;
};

TrainingForecaster::TrainingForecaster(EngineThread& engine, QObject* parent) : QObject(parent), state_(std::make_unique<State>(engine)) {
    connect(&engine, &EngineThread::backgroundEnded, this, [this](BackgroundId id) {
        if (state_->work != id) return;
        state_->work.reset();
        const Outcome outcome = std::exchange(state_->outcome, nullptr);
        Q_EMIT known(*outcome);
    });
}

TrainingForecaster::~TrainingForecaster() {
    if (state_->work) state_->engine.stopBackground(*state_->work);
}

bool TrainingForecaster::isAsking() const { return state_->work.has_value(); }

void TrainingForecaster::ask(const TrainingOutline& outline) {
    if (isAsking() || !state_->engine.model()) return;
    state_->outcome = std::make_shared<Result<TrainingForecast>>(failure(ErrorCode::cancelled, "it was not measured to the end"));
    state_->work = state_->engine.runInBackground(std::make_unique<ForecastWork>(outline, state_->outcome), BackgroundPriority::whenever);
}

}  // namespace app
