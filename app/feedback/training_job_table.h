// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/training_job.h"

#include <optional>
#include <vector>

namespace app {

class Database;

/// The rows of `training_jobs`.
class TrainingJobTable final {
public:
    explicit TrainingJobTable(Database& database) : database_(database) {}

    /// Oldest first. Inputs that cannot be read make a failed job.
    [[nodiscard]] inference::Result<std::vector<TrainingJobRow>> load();
    [[nodiscard]] inference::Result<TrainingJobId> insert(TasteId profile, const TrainingInputs& inputs);

    /// Moves a job by the table of transition(), and only if it still stands where the caller thinks: one statement, so two programs on one
    /// database cannot both claim it. Errors: invalid_request (the event does not apply, or somebody was faster).
    [[nodiscard]] inference::Result<TrainingState> move(TrainingJobId id, TrainingState from, TrainingEvent event);

    [[nodiscard]] inference::Result<void> setStep(TrainingJobId id, int step);
    [[nodiscard]] inference::Result<void> setCrashes(TrainingJobId id, int crashes, int step);
    [[nodiscard]] inference::Result<void> setOutcome(TrainingJobId id, const QString& reasons, const QByteArray& measures, const QString& adapter_id,
                                                     double elapsed_ms);
    [[nodiscard]] inference::Result<void> setError(TrainingJobId id, const inference::Error& error);
    [[nodiscard]] inference::Result<void> remove(TrainingJobId id);

private:
    Database& database_;
};

}  // namespace app
