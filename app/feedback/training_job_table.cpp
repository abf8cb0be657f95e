// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_job_table.h"

#include "app/library/database.h"

#include <QCryptographicHash>

namespace app {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

ErrorCode codeOf(const QString& text) {
    for (int value = 0; value <= static_cast<int>(ErrorCode::internal); ++value) {
        if (text == QLatin1String(inference::to_string(static_cast<ErrorCode>(value)))) return static_cast<ErrorCode>(value);
    }
    return ErrorCode::internal;
}

}  // namespace

Result<std::vector<TrainingJobRow>> TrainingJobTable::load() {
    auto rows = database_.execute(
        QStringLiteral("SELECT id, profile_id, state, inputs, inputs_hash, step, crashes, crashed_step, reasons, measures, adapter_id, "
                       "error_code, error_detail, elapsed_ms, created_at FROM training_jobs ORDER BY id"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::vector<TrainingJobRow> jobs;
    while (rows->next()) {
        TrainingJobRow job;
        job.id = {rows->value(0).toLongLong()};
        job.profile = {rows->value(1).toLongLong()};
        job.state = parseTrainingState(rows->value(2).toString()).value_or(TrainingState::failed);
        job.error = {codeOf(rows->value(11).toString()), rows->value(12).toString().toStdString()};
        const QByteArray text = rows->value(3).toString().toUtf8();
        const bool intact = QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex()) == rows->value(4).toString();
        auto inputs = trainingInputsFromJson(text);
        if (intact && inputs) {
            job.inputs = *std::move(inputs);
        } else {
            job.state = TrainingState::failed;
            job.error = inputs ? Error{ErrorCode::corrupt_file, "the inputs of a training job are not those it was queued with"} : inputs.error();
        }
        job.step = rows->value(5).toInt();
        job.crashes = rows->value(6).toInt();
        job.crashed_step = rows->value(7).toInt();
        job.reasons = rows->value(8).toString();
        job.measures = rows->value(9).toByteArray();
        job.adapter_id = rows->value(10).toString();
        job.elapsed_ms = rows->value(13).toDouble();
        job.created_at = QDateTime::fromMSecsSinceEpoch(rows->value(14).toLongLong(), Qt::UTC);
        jobs.push_back(std::move(job));
    }
    return jobs;
}

Result<TrainingJobId> TrainingJobTable::insert(TasteId profile, const TrainingInputs& inputs) {
    const QByteArray text = toJson(inputs);
    auto row = database_.execute(
        QStringLiteral("INSERT INTO training_jobs (profile_id, state, model_id, inputs, inputs_hash, created_at) VALUES (?, 'queued', ?, ?, ?, ?)"),
        {profile.value, QString::fromStdString(inputs.model_id), QString::fromUtf8(text),
         QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex()), QDateTime::currentMSecsSinceEpoch()});
    if (!row) return tl::unexpected<Error>(row.error());
    return TrainingJobId{row->lastInsertId().toLongLong()};
}

Result<TrainingState> TrainingJobTable::move(TrainingJobId id, TrainingState from, TrainingEvent event) {
    const auto to = transition(from, event);
    if (!to) return failure(ErrorCode::invalid_request, std::string("a job that is ") + to_string(from) + " cannot do that");
    const QVariant finished = isFinished(*to) ? QVariant(QDateTime::currentMSecsSinceEpoch()) : QVariant();
    auto row = database_.execute(QStringLiteral("UPDATE training_jobs SET state = ?, finished_at = ? WHERE id = ? AND state = ?"),
                                 {QLatin1String(to_string(*to)), finished, id.value, QLatin1String(to_string(from))});
    if (!row) return tl::unexpected<Error>(row.error());
    if (row->numRowsAffected() == 1) return *to;
    return failure(ErrorCode::invalid_request, std::string("the job is no longer ") + to_string(from));
}

Result<void> TrainingJobTable::setStep(TrainingJobId id, int step) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE training_jobs SET step = ? WHERE id = ?"), {step, id.value}));
}

Result<void> TrainingJobTable::setCrashes(TrainingJobId id, int crashes, int step) {
    return withoutRows(
        database_.execute(QStringLiteral("UPDATE training_jobs SET crashes = ?, crashed_step = ? WHERE id = ?"), {crashes, step, id.value}));
}

Result<void> TrainingJobTable::setOutcome(TrainingJobId id, const QString& reasons, const QByteArray& measures, const QString& adapter_id,
                                          double elapsed_ms) {
    return withoutRows(
        database_.execute(QStringLiteral("UPDATE training_jobs SET reasons = ?, measures = ?, adapter_id = ?, elapsed_ms = ? WHERE id = ?"),
                          {reasons.isNull() ? QStringLiteral("") : reasons, QString::fromUtf8(measures.isNull() ? QByteArray("") : measures),
                           adapter_id.isNull() ? QStringLiteral("") : adapter_id, elapsed_ms, id.value}));
}

Result<void> TrainingJobTable::setError(TrainingJobId id, const Error& error) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE training_jobs SET error_code = ?, error_detail = ? WHERE id = ?"),
                                         {QString::fromLatin1(inference::to_string(error.code)), QString::fromStdString(error.detail), id.value}));
}

Result<void> TrainingJobTable::remove(TrainingJobId id) {
    return withoutRows(database_.execute(QStringLiteral("DELETE FROM training_jobs WHERE id = ?"), {id.value}));
}

}  // namespace app
