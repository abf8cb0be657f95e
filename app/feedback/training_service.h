// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/engine/background_work.h"
#include "app/feedback/adapter_table.h"
#include "app/feedback/training_run.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace app {

class Database;
class EngineThread;
class Library;
struct ProfilePaths;

/// The queue of training jobs: one at a time, in the background of the engine, one row each. Lives on the GUI thread and never waits.
/// A job that was under way when the program ended goes on at the next start; a third crash at the same step makes it fail.
class TrainingService final : public QObject {
    Q_OBJECT
public:
    TrainingService(EngineThread& engine, Library& library, Database& database, const ProfilePaths& paths, QObject* parent = nullptr);
    ~TrainingService() override;

    /// Reads the rows and counts a crash for what was under way. Errors: io, corrupt_file.
    [[nodiscard]] inference::Result<void> restore();

    const std::vector<TrainingJobRow>& jobs() const;  ///< oldest first
    const TrainingJobRow* find(TrainingJobId id) const;

    /// Freezes what was said so far and queues it. What is said later never changes the job.
    /// Errors: invalid_request with a sentence for each thing that stands against it (nothing rated, too few, all the same, files missing).
    [[nodiscard]] inference::Result<TrainingJobId> queue(TasteId taste, const inference::TrainingConfig& config, double budget_minutes,
                                                         std::uint64_t seed);

    /// By the table of transition(); invalid_request where it says no. A paused or cancelled job stops within its slice; a cancelled one leaves no files.
    [[nodiscard]] inference::Result<void> pause(TrainingJobId id);
    [[nodiscard]] inference::Result<void> resume(TrainingJobId id);
    [[nodiscard]] inference::Result<void> cancel(TrainingJobId id);
    [[nodiscard]] inference::Result<void> retry(TrainingJobId id);

    QString adaptersDir() const;

    /// While it is held back nothing is begun, and what is under way stands still with its memory: the computer runs on its battery.
    void setHeldBack(bool held);
    bool isHeldBack() const;

Q_SIGNALS:
    void jobAdded(app::TrainingJobId id);
    void jobChanged(app::TrainingJobId id);  ///< its state or its outcome
    void heldBackChanged();
    void progressed(app::TrainingJobId id, app::TrainingRunProgress progress);
    void adapterAccepted(app::TasteId taste, QString adapter_id);  ///< the taste draws with it from now on

private:
    struct State;
    TrainingJobRow* row(TrainingJobId id);
    [[nodiscard]] inference::Result<void> move(TrainingJobRow& job, TrainingEvent event);
    void startNext();
    void onProgress(TrainingJobId id, const TrainingRunProgress& progress);
    void onEnded(BackgroundId id);
    void finish(TrainingJobRow& job, const inference::Result<TrainingOutcome>& outcome);
    bool goesOnWithLess(TrainingJobRow& job, const inference::Error& error);
    void removeWork(TrainingJobId id);
    QString workDir(TrainingJobId id) const;

    std::unique_ptr<State> state_;
};

}  // namespace app
