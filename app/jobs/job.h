// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QMetaType>
#include <optional>

#include "inference/api/generation_request.h"
#include "inference/api/result.h"

namespace app {

/// Row id in the job table; unique for ever. A type of its own so that it is never mixed up with an item's id.
struct JobId {
    qint64 value = 0;
    auto operator<=>(const JobId&) const = default;
};

enum class JobState { waiting, running, done, failed, cancelled };
enum class JobEvent { start, succeed, fail, cancel, retry, interrupt };  ///< interrupt: the program ended while it ran

/// The one table of what may follow what; nullopt where the event does not apply. A retried or interrupted job waits again.
std::optional<JobState> transition(JobState from, JobEvent event);

bool isFinished(JobState state);

/// One entry of the queue, as a value.
struct Job {
    JobId id;
    inference::GenerationRequest request;
    JobState state = JobState::waiting;
    inference::Error error;  ///< meaningful when failed
    int images_done = 0;     ///< images already in the library; a job that is run again goes on after them
    double fraction = 0.0;   ///< of the whole job, while running
    double elapsed_ms = 0.0;
    double remaining_ms = 0.0;  ///< estimate, while running; 0 when unknown
    QDateTime created_at;

    bool operator==(const Job&) const = default;
};

}  // namespace app

Q_DECLARE_METATYPE(app::JobId)
Q_DECLARE_METATYPE(app::Job)
