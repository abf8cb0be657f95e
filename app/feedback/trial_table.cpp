// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/trial_table.h"

#include "app/library/database.h"
#include "inference/api/request_json.h"

#include <QDateTime>

#include <array>

namespace app {
namespace {

using inference::Error;
using inference::Result;

constexpr std::array outcome_names = {"running", "accepted", "refused", "taken", "put_back", "superseded", "file_gone", "other_model"};

QString nameOf(TrialOutcome outcome) { return QLatin1String(outcome_names[static_cast<std::size_t>(outcome)]); }

TrialOutcome outcomeOf(const QString& text) {
    for (std::size_t i = 0; i < outcome_names.size(); ++i) {
        if (text == QLatin1String(outcome_names[i])) return static_cast<TrialOutcome>(i);
    }
    return TrialOutcome::superseded;
}

bool stays(TrialOutcome outcome) { return outcome == TrialOutcome::accepted || outcome == TrialOutcome::taken; }

/// To the database a null text is no text at all.
QString notNull(const QString& text) { return text.isNull() ? QStringLiteral("") : text; }

}  // namespace

Result<std::optional<TrialRow>> TrialTable::running(TasteId profile) const {
    auto rows = database_.execute(
        QStringLiteral("SELECT t.id, t.candidate_id, t.former_id, t.former_strength, a.model_id FROM adapter_trials t JOIN adapters a "
                       "ON a.id = t.candidate_id WHERE t.profile_id = ? AND t.outcome = 'running'"),
        {profile.value});
    if (!rows) return tl::unexpected<Error>(rows.error());
    if (!rows->next()) return std::nullopt;
    return TrialRow{rows->value(0).toLongLong(),
                    profile,
                    rows->value(1).toString(),
                    rows->value(2).toString(),
                    rows->value(3).toDouble(),
                    TrialOutcome::running,
                    rows->value(4).toString().toStdString()};
}

Result<void> TrialTable::begin(TasteId profile, const QString& candidate) {
    auto drawn = database_.execute(QStringLiteral("SELECT adapter_id, strength FROM taste_profiles WHERE id = ?"), {profile.value});
    if (!drawn) return tl::unexpected<Error>(drawn.error());
    if (!drawn->next() || drawn->value(0).toString() == candidate) return {};
    QString former = drawn->value(0).toString();
    double strength = drawn->value(1).toDouble();
    drawn->finish();
    auto before = running(profile);
    if (!before) return tl::unexpected<Error>(before.error());
    const auto now = QDateTime::currentMSecsSinceEpoch();
    if (*before) {
        former = (*before)->former_id;
        strength = (*before)->former_strength;
        for (const auto& [sql, values] :
             {std::pair<QString, QVariantList>(QStringLiteral("UPDATE adapter_trials SET outcome = 'superseded', ended_at = ? WHERE id = ?"),
                                               {now, (*before)->id}),
              std::pair<QString, QVariantList>(QStringLiteral("UPDATE adapters SET verdict = 'rejected' WHERE id = ?"), {(*before)->candidate_id})}) {
            if (auto done = withoutRows(database_.execute(sql, values)); !done) return done;
        }
    }
    if (former == candidate) return {};  // the proven one was learned once more
    auto again = withoutRows(database_.execute(QStringLiteral("UPDATE adapters SET verdict = 'provisional' WHERE id = ?"), {candidate}));
    if (!again) return again;
    return withoutRows(database_.execute(
        QStringLiteral("INSERT INTO adapter_trials (profile_id, candidate_id, former_id, former_strength, started_at) VALUES (?, ?, ?, ?, ?)"),
        {profile.value, candidate, notNull(former), strength, now}));
}

Result<std::map<QString, TrialOutcome>> TrialTable::outcomes(TasteId profile) const {
    auto rows =
        database_.execute(QStringLiteral("SELECT candidate_id, outcome FROM adapter_trials WHERE profile_id = ? ORDER BY id"), {profile.value});
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::map<QString, TrialOutcome> last;
    while (rows->next()) last[rows->value(0).toString()] = outcomeOf(rows->value(1).toString());
    return last;
}

Result<void> TrialTable::end(const TrialRow& trial, TrialOutcome outcome) {
    return database_.transaction([&]() -> Result<void> {
        auto ended =
            withoutRows(database_.execute(QStringLiteral("UPDATE adapter_trials SET outcome = ?, ended_at = ? WHERE id = ? AND outcome = 'running'"),
                                          {nameOf(outcome), QDateTime::currentMSecsSinceEpoch(), trial.id}));
        if (!ended) return ended;
        auto judged = withoutRows(database_.execute(QStringLiteral("UPDATE adapters SET verdict = ? WHERE id = ?"),
                                                    {stays(outcome) ? QStringLiteral("accepted") : QStringLiteral("rejected"), trial.candidate_id}));
        if (!judged || stays(outcome)) return judged;
        return withoutRows(database_.execute(QStringLiteral("UPDATE taste_profiles SET adapter_id = ?, strength = ? WHERE id = ? AND adapter_id = ?"),
                                             {notNull(trial.former_id), trial.former_strength, trial.profile.value, trial.candidate_id}));
    });
}

Result<void> TrialTable::addJob(JobId job, const BlindShare& share) {
    return withoutRows(database_.execute(QStringLiteral("INSERT INTO adapter_trial_jobs (job_id, trial_id, candidate, pictures) VALUES (?, ?, ?, ?)"),
                                         {job.value, share.trial, share.side == TrialSide::candidate ? 1 : 0, share.request.num_images}));
}

Result<int> TrialTable::lead(qint64 trial) const {
    auto rows = database_.execute(QStringLiteral("SELECT COALESCE(SUM(CASE candidate WHEN 1 THEN pictures ELSE -pictures END), 0) "
                                                 "FROM adapter_trial_jobs WHERE trial_id = ?"),
                                  {trial});
    if (!rows) return tl::unexpected<Error>(rows.error());
    return rows->next() ? rows->value(0).toInt() : 0;
}

Result<std::map<ItemId, TrialPicture>> TrialTable::pictures(qint64 trial) const {
    auto rows = database_.execute(QStringLiteral("SELECT i.id, j.candidate, r.request FROM adapter_trial_jobs j JOIN items i ON i.job_id = j.job_id "
                                                 "JOIN item_requests r ON r.item_id = i.id WHERE j.trial_id = ?"),
                                  {trial});
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::map<ItemId, TrialPicture> all;
    while (rows->next()) {
        const auto request = inference::request_from_json(rows->value(2).toString().toStdString());
        if (!request) continue;  // a row that cannot be read is no evidence
        all[{rows->value(0).toLongLong()}] = {rows->value(1).toBool() ? TrialSide::candidate : TrialSide::former, kindOf(*request)};
    }
    return all;
}

}  // namespace app
