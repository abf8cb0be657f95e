// SPDX-License-Identifier: Apache-2.0
#include "app/jobs/job_table.h"

#include "app/library/database.h"
#include "inference/api/request_json.h"

#include <array>
#include <utility>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

constexpr std::array<std::pair<JobState, const char*>, 5> state_names = {{{JobState::waiting, "waiting"},
                                                                          {JobState::running, "running"},
                                                                          {JobState::done, "done"},
                                                                          {JobState::failed, "failed"},
                                                                          {JobState::cancelled, "cancelled"}}};
constexpr auto columns = "SELECT id, state, request, images_done, error_code, error_detail, elapsed_ms, created_at FROM jobs ";

QString nameOf(JobState state) {
    for (const auto& [value, name] : state_names) {
        if (value == state) return QLatin1String(name);
    }
    return QStringLiteral("failed");
}

JobState stateOf(const QString& text) {
    for (const auto& [value, name] : state_names) {
        if (text == QLatin1String(name)) return value;
    }
    return JobState::failed;
}

ErrorCode codeOf(const QString& text) {
    for (int value = 0; value <= static_cast<int>(ErrorCode::internal); ++value) {
        if (text == QLatin1String(inference::to_string(static_cast<ErrorCode>(value)))) return static_cast<ErrorCode>(value);
    }
    return ErrorCode::internal;
}

Job readJob(const QSqlQuery& row) {
    Job job;
    job.id = {row.value(0).toLongLong()};
    job.state = stateOf(row.value(1).toString());
    if (auto request = inference::request_from_json(row.value(2).toString().toStdString())) {
        job.request = *std::move(request);
    } else {
        job.state = JobState::failed;
        job.error = request.error();
    }
    job.images_done = row.value(3).toInt();
    if (const QString code = row.value(4).toString(); !code.isEmpty()) {
        job.error = {codeOf(code), row.value(5).toString().toStdString()};
    }
    job.elapsed_ms = row.value(6).toDouble();
    job.created_at = QDateTime::fromMSecsSinceEpoch(row.value(7).toLongLong(), Qt::UTC);
    if (job.state == JobState::done) job.fraction = 1.0;
    return job;
}

}  // namespace

Result<std::vector<Job>> JobTable::load(int max_finished) {
    auto trimmed = withoutRows(
        database_.execute(QStringLiteral("DELETE FROM jobs WHERE finished_at IS NOT NULL AND id NOT IN "
                                         "(SELECT id FROM jobs WHERE finished_at IS NOT NULL ORDER BY finished_at DESC, id DESC LIMIT ?)"),
                          {max_finished}));
    if (!trimmed) return tl::unexpected<Error>(trimmed.error());
    auto rows = database_.execute(QLatin1String(columns) +
                                  QStringLiteral("ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'waiting' THEN 1 ELSE 2 END, "
                                                 "CASE WHEN finished_at IS NULL THEN position ELSE -finished_at END, -id"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::vector<Job> jobs;
    while (rows->next()) jobs.push_back(readJob(*rows));
    return jobs;
}

Result<qint64> JobTable::lastPosition() const {
    auto rows = database_.execute(QStringLiteral("SELECT COALESCE(MAX(position), 0) FROM jobs"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    rows->next();
    return rows->value(0).toLongLong();
}

Result<JobId> JobTable::insert(const Job& job, qint64 position) {
    auto row = database_.execute(QStringLiteral("INSERT INTO jobs (state, position, request, created_at) VALUES ('waiting', ?, ?, ?)"),
                                 {position, QString::fromStdString(inference::to_json(job.request)), job.created_at.toMSecsSinceEpoch()});
    if (!row) return tl::unexpected<Error>(row.error());
    return JobId{row->lastInsertId().toLongLong()};
}

Result<void> JobTable::setRequest(JobId id, const inference::GenerationRequest& request) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE jobs SET request = ? WHERE id = ?"),
                                         {QString::fromStdString(inference::to_json(request)), id.value}));
}

Result<void> JobTable::setRunning(JobId id) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE jobs SET state = 'running' WHERE id = ?"), {id.value}));
}

Result<void> JobTable::setWaiting(JobId id, qint64 position) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE jobs SET state = 'waiting', position = ?, error_code = '', "
                                                        "error_detail = '', finished_at = NULL WHERE id = ?"),
                                         {position, id.value}));
}

Result<void> JobTable::setFinished(const std::vector<JobId>& ids, JobState state, const Error& error, double elapsed_ms) {
    const bool failed = state == JobState::failed;
    return database_.transaction([&]() -> Result<void> {
        for (const JobId id : ids) {
            auto row = withoutRows(database_.execute(
                QStringLiteral("UPDATE jobs SET state = ?, error_code = ?, error_detail = ?, elapsed_ms = ?, "
                               "finished_at = ? WHERE id = ?"),
                {nameOf(state), failed ? QString::fromLatin1(inference::to_string(error.code)) : QStringLiteral(""),
                 failed ? QString::fromStdString(error.detail) : QStringLiteral(""), elapsed_ms, QDateTime::currentMSecsSinceEpoch(), id.value}));
            if (!row) return row;
        }
        return {};
    });
}

Result<void> JobTable::setImagesDone(JobId id, int images_done) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE jobs SET images_done = ? WHERE id = ?"), {images_done, id.value}));
}

Result<void> JobTable::setOrder(const std::vector<JobId>& waiting) {
    return database_.transaction([&]() -> Result<void> {
        qint64 position = 0;
        for (const JobId id : waiting) {
            auto row = withoutRows(database_.execute(QStringLiteral("UPDATE jobs SET position = ? WHERE id = ?"), {++position, id.value}));
            if (!row) return row;
        }
        return {};
    });
}

Result<void> JobTable::remove(const std::vector<JobId>& ids) {
    return database_.transaction([&]() -> Result<void> {
        for (const JobId id : ids) {
            auto row = withoutRows(database_.execute(QStringLiteral("DELETE FROM jobs WHERE id = ?"), {id.value}));
            if (!row) return row;
        }
        return {};
    });
}

}  // namespace app
