// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/engine/background_work.h"
#include "inference/api/learning.h"

#include <QObject>

#include <memory>
#include <optional>

namespace app {

class EngineThread;

/// What a job will take, about, before it is queued.
struct TrainingForecast {
    std::int64_t memory_bytes = 0;  ///< beyond what the model takes
    double minutes = 0.0;           ///< drawing, learning and judging
    std::string measures;           ///< as in TrainingEstimate

    bool operator==(const TrainingForecast&) const = default;
};

/// What a job will look like.
struct TrainingOutline {
    int ratings = 0;
    int prompts = 0;
    inference::TrainingConfig config;
    double budget_minutes = 10.0;
};

/// On the engine's thread: draws one step, has the engine measure a slice of each kind, and reckons from both. Pictures and prompts are stand-ins.
/// Errors: those of LearningEngine::estimate_training (out_of_memory with the number), unsupported_model (the model cannot learn), cancelled.
[[nodiscard]] inference::Result<TrainingForecast> forecastTraining(inference::Engine& engine, const TrainingOutline& outline, std::stop_token stop);

/// Asks for it in the background. Lives on the GUI thread.
class TrainingForecaster final : public QObject {
    Q_OBJECT
public:
    explicit TrainingForecaster(EngineThread& engine, QObject* parent = nullptr);
    ~TrainingForecaster() override;

    /// `known` follows. While one is under way, or no model is loaded, nothing happens.
    void ask(const TrainingOutline& outline);
    bool isAsking() const;

Q_SIGNALS:
    void known(inference::Result<app::TrainingForecast> forecast);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
