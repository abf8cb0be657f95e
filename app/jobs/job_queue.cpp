// SPDX-License-Identifier: Apache-2.0
#include "app/jobs/job_queue.h"

#include "app/jobs/job_table.h"
#include "app/library/database.h"

#include <algorithm>
#include <utility>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

namespace {

/// Finished jobs that are kept in the list; their pictures are in the library anyway.
constexpr int max_finished = 200;

}  // namespace

struct JobQueue::State {
    explicit State(Database& database) : table(database) {}

    using Place = std::vector<Job>::iterator;
    Place place(JobId id) {
        return std::find_if(jobs.begin(), jobs.end(), [id](const Job& job) { return job.id == id; });
    }
    Place firstWaiting() {
        return std::find_if(jobs.begin(), jobs.end(), [](const Job& job) { return job.state != JobState::running; });
    }
    Place firstRunnable() {
        return std::find_if(firstWaiting(), firstFinished(), [this](const Job& job) { return !runnable || runnable(job); });
    }
    Place firstFinished() {
        return std::find_if(jobs.begin(), jobs.end(), [](const Job& job) { return isFinished(job.state); });
    }
    /// Moves a job that has just finished to the head of the finished ones.
    void moveToFinished(Place job) {
        const auto index = job - jobs.begin();
        Job moved = std::move(*job);
        jobs.erase(jobs.begin() + index);
        jobs.insert(firstFinished(), std::move(moved));
    }

    JobTable table;
    std::function<bool(const Job&)> runnable;
    std::vector<Job> jobs;
    qint64 last_position = 0;
    std::stop_source running_stop;
    bool ready = false;
    bool paused = false;
    bool start_posted = false;
};

JobQueue::JobQueue(Database& database, QObject* parent) : QObject(parent), state_(std::make_unique<State>(database)) {
    qRegisterMetaType<JobId>();
    qRegisterMetaType<Job>();
}

JobQueue::~JobQueue() = default;

Result<void> JobQueue::restore() {
    auto jobs = state_->table.load(max_finished);
    if (!jobs) return tl::unexpected<Error>(jobs.error());
    auto last = state_->table.lastPosition();
    if (!last) return tl::unexpected<Error>(last.error());
    std::vector<JobId> waiting;
    bool interrupted = false;
    for (Job& job : *jobs) {
        if (const auto next = transition(job.state, JobEvent::interrupt)) {
            job.state = *next;
            interrupted = true;
            if (auto stored = state_->table.setWaiting(job.id, 0); !stored) return stored;
        }
        if (job.state == JobState::waiting) waiting.push_back(job.id);
    }
    // The interrupted ones come first in the list already; the order is written down before anything may change it.
    if (interrupted) {
        if (auto stored = state_->table.setOrder(waiting); !stored) return stored;
    }
    std::stable_partition(jobs->begin(), jobs->end(), [](const Job& job) { return !isFinished(job.state); });
    state_->jobs = *std::move(jobs);
    state_->last_position = std::max(*last, static_cast<qint64>(waiting.size()));
    postStart();
    return {};
}

Result<JobId> JobQueue::enqueue(const inference::GenerationRequest& request) {
    Job job;
    job.request = request;
    job.created_at = QDateTime::currentDateTimeUtc();
    auto id = state_->table.insert(job, state_->last_position + 1);
    if (!id) return id;
    ++state_->last_position;
    job.id = *id;
    state_->jobs.insert(state_->firstFinished(), std::move(job));
    Q_EMIT jobAdded(*id);
    postStart();
    return id;
}

Result<void> JobQueue::amend(JobId id, const inference::GenerationRequest& request) {
    const auto job = state_->place(id);
    if (job == state_->jobs.end() || isFinished(job->state) || job->request == request) return {};
    if (auto stored = state_->table.setRequest(id, request); !stored) return stored;
    job->request = request;
    Q_EMIT jobChanged(id);
    return {};
}

const std::vector<Job>& JobQueue::jobs() const { return state_->jobs; }

const Job* JobQueue::find(JobId id) const {
    const auto job = state_->place(id);
    return job == state_->jobs.end() ? nullptr : &*job;
}

const Job* JobQueue::running() const {
    const bool runs = !state_->jobs.empty() && state_->jobs.front().state == JobState::running;
    return runs ? &state_->jobs.front() : nullptr;
}

const Job* JobQueue::runningOrNext() const {
    if (const Job* job = running()) return job;
    const auto next = state_->firstRunnable();
    return isPaused() || next == state_->firstFinished() ? nullptr : &*next;
}

int JobQueue::waitingCount() const { return static_cast<int>(state_->firstFinished() - state_->firstWaiting()); }

bool JobQueue::isPaused() const { return state_->paused; }

void JobQueue::cancel(JobId id) {
    const auto job = state_->place(id);
    if (job == state_->jobs.end() || !transition(job->state, JobEvent::cancel)) return;
    if (job->state == JobState::running) {
        state_->running_stop.request_stop();
        return;
    }
    cancelWaiting({id});
}

void JobQueue::cancelAll() {
    std::vector<JobId> waiting;
    for (auto job = state_->firstWaiting(); job != state_->firstFinished(); ++job) waiting.push_back(job->id);
    cancelWaiting(waiting);
    if (running() != nullptr) state_->running_stop.request_stop();
}

void JobQueue::cancelWaiting(const std::vector<JobId>& ids) {
    if (ids.empty()) return;
    if (auto stored = state_->table.setFinished(ids, JobState::cancelled, {}, 0.0); !stored) {
        Q_EMIT storageFailed(stored.error());
        return;
    }
    for (const JobId id : ids) {
        const auto job = state_->place(id);
        job->state = JobState::cancelled;
        state_->moveToFinished(job);
    }
    Q_EMIT orderChanged();
    for (const JobId id : ids) Q_EMIT jobChanged(id);
}

void JobQueue::moveWaiting(JobId id, int position) {
    const auto job = state_->place(id);
    if (job == state_->jobs.end() || job->state != JobState::waiting) return;
    const auto first = state_->firstWaiting() - state_->jobs.begin();
    const auto from = job - state_->jobs.begin();
    const auto to = first + std::clamp(position, 0, waitingCount() - 1);
    if (from == to) return;
    std::vector<Job> order = state_->jobs;
    const auto begin = order.begin();
    if (from < to) {
        std::rotate(begin + from, begin + from + 1, begin + to + 1);
    } else {
        std::rotate(begin + to, begin + from, begin + from + 1);
    }
    std::vector<JobId> waiting;
    for (const Job& other : order) {
        if (other.state == JobState::waiting) waiting.push_back(other.id);
    }
    if (auto stored = state_->table.setOrder(waiting); !stored) {
        Q_EMIT storageFailed(stored.error());
        return;
    }
    state_->last_position = std::max(state_->last_position, static_cast<qint64>(waiting.size()));
    state_->jobs = std::move(order);
    Q_EMIT orderChanged();
}

void JobQueue::retry(JobId id) {
    const auto job = state_->place(id);
    if (job == state_->jobs.end() || !transition(job->state, JobEvent::retry)) return;
    if (auto stored = state_->table.setWaiting(id, state_->last_position + 1); !stored) {
        Q_EMIT storageFailed(stored.error());
        return;
    }
    ++state_->last_position;
    Job again = std::move(*job);
    state_->jobs.erase(job);
    again.state = JobState::waiting;
    again.error = {};
    again.fraction = 0.0;
    again.remaining_ms = 0.0;
    state_->jobs.insert(state_->firstFinished(), std::move(again));
    Q_EMIT orderChanged();
    Q_EMIT jobChanged(id);
    Q_EMIT retried(id);
    postStart();
}

void JobQueue::forget(JobId id) {
    forgetIf([id](const Job& job) { return job.id == id; });
}

void JobQueue::forgetFinished() {
    forgetIf([](const Job&) { return true; });
}

void JobQueue::forgetIf(const std::function<bool(const Job&)>& chosen) {
    std::vector<JobId> ids;
    for (auto job = state_->firstFinished(); job != state_->jobs.end(); ++job) {
        if (chosen(*job)) ids.push_back(job->id);
    }
    if (ids.empty()) return;
    if (auto stored = state_->table.remove(ids); !stored) {
        Q_EMIT storageFailed(stored.error());
        return;
    }
    for (const JobId id : ids) {
        state_->jobs.erase(state_->place(id));
        Q_EMIT jobRemoved(id);
    }
}

void JobQueue::setPaused(bool paused) {
    if (state_->paused == paused) return;
    state_->paused = paused;
    Q_EMIT pausedChanged(paused);
    postStart();
}

void JobQueue::setRunnable(std::function<bool(const Job&)> runnable) {
    state_->runnable = std::move(runnable);
    postStart();
}

void JobQueue::reconsider() { postStart(); }

void JobQueue::setReady(bool ready) {
    state_->ready = ready;
    postStart();
}

// Posted, so that whoever queues a job has its id before the job can start, fail or finish.
void JobQueue::postStart() {
    if (state_->start_posted) return;
    state_->start_posted = true;
    QMetaObject::invokeMethod(this, &JobQueue::startNext, Qt::QueuedConnection);
}

void JobQueue::startNext() {
    state_->start_posted = false;
    if (!state_->ready || state_->paused || running() != nullptr) return;
    const auto next = state_->firstRunnable();
    if (next == state_->firstFinished()) return;
    Job& job = *next;
    if (auto stored = state_->table.setRunning(job.id); !stored) {
        Q_EMIT storageFailed(stored.error());
        return;
    }
    job.state = JobState::running;
    job.fraction = 0.0;
    job.elapsed_ms = 0.0;
    state_->ready = false;
    state_->running_stop = std::stop_source();
    const JobId id = job.id;
    const bool overtakes = next != state_->jobs.begin();
    std::rotate(state_->jobs.begin(), next, next + 1);  // the running one stands first
    if (overtakes) Q_EMIT orderChanged();
    Q_EMIT jobChanged(id);
    Q_EMIT startRequested(id, state_->running_stop.get_token());
}

void JobQueue::reportProgress(JobId id, double fraction, double elapsed_ms, double remaining_ms) {
    const auto job = state_->place(id);
    if (job == state_->jobs.end() || job->state != JobState::running) return;
    job->fraction = std::clamp(fraction, 0.0, 1.0);
    job->elapsed_ms = elapsed_ms;
    job->remaining_ms = remaining_ms;
    Q_EMIT jobChanged(id);
}

void JobQueue::reportImageStored(JobId id) {
    const auto job = state_->place(id);
    if (job == state_->jobs.end() || job->state != JobState::running) return;
    // The picture is in the library either way: at worst it is drawn again after a crash and recognised by its file
    // name.
    if (auto stored = state_->table.setImagesDone(id, job->images_done + 1); !stored) Q_EMIT storageFailed(stored.error());
    ++job->images_done;
    Q_EMIT jobChanged(id);
}

void JobQueue::reportFinished(JobId id, const Result<void>& outcome) {
    const auto job = state_->place(id);
    if (job == state_->jobs.end() || job->state != JobState::running) return;
    const bool cancelled = !outcome && outcome.error().code == ErrorCode::cancelled;
    const JobEvent event = outcome ? JobEvent::succeed : (cancelled ? JobEvent::cancel : JobEvent::fail);
    job->state = *transition(job->state, event);
    job->error = job->state == JobState::failed ? outcome.error() : Error{};
    job->remaining_ms = 0.0;
    if (outcome) job->fraction = 1.0;
    // What is over is over, written down or not: after a crash the job would wait again and find its pictures done.
    if (auto stored = state_->table.setFinished({id}, job->state, job->error, job->elapsed_ms); !stored) {
        Q_EMIT storageFailed(stored.error());
    }
    state_->moveToFinished(job);
    Q_EMIT orderChanged();
    Q_EMIT jobChanged(id);
    trimFinished();
}

void JobQueue::trimFinished() {
    const auto count = state_->jobs.end() - state_->firstFinished();
    if (count > max_finished) forget(state_->jobs.back().id);
}

}  // namespace app
