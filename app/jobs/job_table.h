// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/jobs/job.h"

#include <vector>

namespace app {

class Database;

/// The rows of `jobs`.
class JobTable final {
public:
    explicit JobTable(Database& database) : database_(database) {}

    /// Running, then waiting by position, then the newest `max_finished` finished ones, newest first; older ones are
    /// removed. A request that cannot be read becomes a failed job.
    [[nodiscard]] inference::Result<std::vector<Job>> load(int max_finished);
    [[nodiscard]] inference::Result<qint64> lastPosition() const;

    [[nodiscard]] inference::Result<JobId> insert(const Job& job, qint64 position);
    [[nodiscard]] inference::Result<void> setRequest(JobId id, const inference::GenerationRequest& request);
    [[nodiscard]] inference::Result<void> setRunning(JobId id);
    [[nodiscard]] inference::Result<void> setWaiting(JobId id, qint64 position);
    [[nodiscard]] inference::Result<void> setFinished(const std::vector<JobId>& ids, JobState state, const inference::Error& error,
                                                      double elapsed_ms);
    [[nodiscard]] inference::Result<void> setImagesDone(JobId id, int images_done);
    [[nodiscard]] inference::Result<void> setOrder(const std::vector<JobId>& waiting);  ///< positions from 1
    [[nodiscard]] inference::Result<void> remove(const std::vector<JobId>& ids);

private:
    Database& database_;
};

}  // namespace app
