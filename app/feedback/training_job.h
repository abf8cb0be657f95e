// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/adapter_gate.h"
#include "app/feedback/signal_store.h"
#include "inference/api/learning.h"

#include <QDateTime>
#include <QMetaType>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace app {

/// Row id in the table of training jobs; unique for ever.
struct TrainingJobId {
    qint64 value = 0;
    auto operator<=>(const TrainingJobId&) const = default;
};

enum class TrainingState { queued, preparing, running, paused, evaluating, accepted, rejected, cancelled, failed };
enum class TrainingEvent {
    claim,     ///< its turn has come
    prepared,  ///< pictures and features are there
    trained,   ///< all steps are done
    accept,    ///< the gate took it
    reject,    ///< ... or did not, or there is nothing to learn
    pause,     ///< by the user
    resume,
    interrupt,  ///< the program ended while it ran: it goes on at the next start
    cancel,
    fail,
    retry,
};

/// The one table of what may follow what; nullopt where the event does not apply. A resumed job waits for its turn and then goes on from
/// what it has on disk.
std::optional<TrainingState> transition(TrainingState from, TrainingEvent event);

bool isFinished(TrainingState state);
const char* to_string(TrainingState state) noexcept;
std::optional<TrainingState> parseTrainingState(const QString& text);

/// A picture of a job, by what makes it again or finds it.
struct TrainingExample {
    ItemId item;
    QString path;  ///< as it lay when the job was queued
    std::string prompt;
    std::string instruction;
    int grid = 0;
    double rating = 0.0;  ///< stars, or what a pick or duel says in stars

    bool operator==(const TrainingExample&) const = default;
};

/// Everything that decides a job's outcome, frozen when it is queued.
struct TrainingInputs {
    std::string model_id;
    std::vector<TrainingExample> examples;
    std::vector<std::string> prompts;       ///< of the user's history: the head labels pictures of them
    std::vector<std::string> gate_prompts;  ///< that were not rated: the candidate is judged on them
    inference::GenerationRequest drawing;   ///< size, steps and sampler of what the job draws
    inference::TrainingConfig config;
    std::uint64_t seed = 0;
    double budget_minutes = 10.0;
    QByteArray signals_hash;  ///< TasteSignals::hash

    bool operator==(const TrainingInputs&) const = default;
};

QByteArray toJson(const TrainingInputs& inputs);
/// Errors: corrupt_file (not JSON, wrong types, numbers out of any sense).
inference::Result<TrainingInputs> trainingInputsFromJson(const QByteArray& text);

/// One training job, as a value.
struct TrainingJobRow {
    TrainingJobId id;
    TasteId profile;
    TrainingState state = TrainingState::queued;
    TrainingInputs inputs;
    int step = 0;
    int crashes = 0;  ///< at `crashed_step`, one after the other
    int crashed_step = -1;
    QString reasons;      ///< of a rejection: names of GateReason, comma-separated
    QByteArray measures;  ///< JSON of what the evaluation found
    QString adapter_id;
    inference::Error error;  ///< meaningful when failed
    double elapsed_ms = 0.0;
    QDateTime created_at;
};

}  // namespace app

Q_DECLARE_METATYPE(app::TrainingJobId)
