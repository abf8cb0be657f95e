// SPDX-License-Identifier: Apache-2.0
#include "app/jobs/job.h"

namespace app {

std::optional<JobState> transition(JobState from, JobEvent event) {
    switch (event) {
    case JobEvent::start:
        if (from == JobState::waiting) return JobState::running;
        break;
    case JobEvent::succeed:
        if (from == JobState::running) return JobState::done;
        break;
    case JobEvent::fail:
        if (from == JobState::running) return JobState::failed;
        break;
    case JobEvent::cancel:
        if (from == JobState::waiting || from == JobState::running) return JobState::cancelled;
        break;
    case JobEvent::retry:
        if (from == JobState::failed || from == JobState::cancelled) return JobState::waiting;
        break;
    case JobEvent::interrupt:
        if (from == JobState::running) return JobState::waiting;
        break;
    }
    return std::nullopt;
}

bool isFinished(JobState state) { return state == JobState::done || state == JobState::failed || state == JobState::cancelled; }

}  // namespace app
