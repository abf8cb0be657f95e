// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "app/jobs/job.h"

namespace app {

class Database;

/// Jobs waiting, running and finished; the only scheduler. Lives on the GUI thread, so ordering and cancelling need no lock.
/// Every change is in the database before its signal is sent: waiting jobs survive a crash, a job that was running when the
/// program ended waits again, from its first image that is not yet in the library.
/// It does not run anything: it says what to start (`startRequested`) when `setIdle` allows it and is told the outcome.
class JobQueue final : public QObject {
    Q_OBJECT
public:
    explicit JobQueue(Database& database, QObject* parent = nullptr);
    ~JobQueue() override;

    /// Reads the stored queue; interrupted jobs wait again at the front. Call once.
    inference::Result<void> restore();

    /// Puts a validated request at the end. Errors: io (disk full: nothing was queued).
    [[nodiscard]] inference::Result<JobId> enqueue(const inference::GenerationRequest& request);

    /// Fills in what was not known when the job was queued (defaults of the model). Errors: io.
    inference::Result<void> amend(JobId id, const inference::GenerationRequest& request);

    /// Waiting first in their order, the running one before them, finished ones after, newest first.
    const std::vector<Job>& jobs() const;
    const Job* find(JobId id) const;
    const Job* running() const;
    const Job* runningOrNext() const;  ///< what is drawn now or as soon as the engine can; null when nothing will be by itself
    int waitingCount() const;

    void cancel(JobId id);  ///< waiting: at once; running: asks it to stop, the state follows within a step
    void cancelAll();
    void moveWaiting(JobId id, int position);  ///< new position among the waiting, clamped
    void retry(JobId id);                      ///< failed or cancelled: waits again, at the end
    void forget(JobId id);                     ///< removes a finished job from the list; its images stay
    void forgetFinished();
    void setPaused(bool paused);  ///< a paused queue starts nothing new
    bool isPaused() const;

    /// Which waiting jobs the runner could start; the others keep their place and wait. All, until this is called.
    void setRunnable(std::function<bool(const Job&)> runnable);
    void reconsider();  ///< what `runnable` says of a job may have changed

    /// The runner reports.
    void setReady(bool ready);  ///< an engine is there and idle; the next waiting job starts, from the event loop
    void reportProgress(JobId id, double fraction, double elapsed_ms, double remaining_ms);
    void reportImageStored(JobId id);
    void reportFinished(JobId id, const inference::Result<void>& outcome);

Q_SIGNALS:
    void jobAdded(app::JobId id);  ///< the last of the waiting ones
    void jobChanged(app::JobId id);
    void jobRemoved(app::JobId id);
    void orderChanged();  ///< jobs() has the same jobs in another order; comes before the jobChanged that says why
    void pausedChanged(bool paused);
    void retried(app::JobId id);  ///< somebody asked for it again; it waits by now
    void startRequested(app::JobId id, std::stop_token stop);
    void storageFailed(inference::Error error);  ///< a change could not be written; it did not happen

private:
    struct State;
    void postStart();
    void startNext();
    void cancelWaiting(const std::vector<JobId>& ids);
    void forgetIf(const std::function<bool(const Job&)>& chosen);
    void trimFinished();
    std::unique_ptr<State> state_;
};

}  // namespace app
