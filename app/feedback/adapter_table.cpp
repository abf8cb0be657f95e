// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/adapter_table.h"

#include "app/feedback/trial_table.h"
#include "app/library/database.h"

#include <array>

namespace app {
namespace {

using inference::Error;
using inference::Result;

constexpr std::array verdict_names = {"provisional", "accepted", "rejected", "imported"};

QString nameOf(AdapterVerdict verdict) { return QLatin1String(verdict_names[static_cast<std::size_t>(verdict)]); }

AdapterVerdict verdictOf(const QString& text) {
    for (std::size_t i = 0; i < verdict_names.size(); ++i) {
        if (text == QLatin1String(verdict_names[i])) return static_cast<AdapterVerdict>(i);
    }
    return AdapterVerdict::rejected;
}

}  // namespace

Result<std::vector<AdapterRow>> AdapterTable::load(TasteId profile) const {
    auto rows = database_.execute(
        QStringLiteral("SELECT id, profile_id, parent_id, model_id, job_id, manifest, verdict, note, pinned, created_at FROM adapters "
                       "WHERE profile_id = ? ORDER BY created_at DESC, rowid DESC"),
        {profile.value});
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::vector<AdapterRow> all;
    while (rows->next()) {
        AdapterRow row;
        row.id = rows->value(0).toString();
        row.profile = {rows->value(1).toLongLong()};
        row.parent_id = rows->value(2).toString();
        row.model_id = rows->value(3).toString().toStdString();
        row.job = {rows->value(4).toLongLong()};
        row.manifest = rows->value(5).toString().toUtf8();
        row.verdict = verdictOf(rows->value(6).toString());
        row.note = rows->value(7).toString();
        row.pinned = rows->value(8).toBool();
        row.created_at = QDateTime::fromMSecsSinceEpoch(rows->value(9).toLongLong(), Qt::UTC);
        all.push_back(std::move(row));
    }
    return all;
}

Result<std::optional<AdapterRow>> AdapterTable::find(const QString& id) const {
    auto found = database_.execute(QStringLiteral("SELECT profile_id FROM adapters WHERE id = ?"), {id});
    if (!found) return tl::unexpected<Error>(found.error());
    if (!found->next()) return std::nullopt;
    auto rows = load({found->value(0).toLongLong()});
    if (!rows) return tl::unexpected<Error>(rows.error());
    for (AdapterRow& row : *rows) {
        if (row.id == id) return std::move(row);
    }
    return std::nullopt;
}

Result<void> AdapterTable::insert(const AdapterRow& row) {
    return withoutRows(database_.execute(
        QStringLiteral(
            "INSERT INTO adapters (id, profile_id, model_id, job_id, manifest, verdict, pinned, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        {row.id, row.profile.value, QString::fromStdString(row.model_id), row.job.value, QString::fromUtf8(row.manifest), nameOf(row.verdict),
         row.pinned ? 1 : 0, row.created_at.toMSecsSinceEpoch()}));
}

Result<void> AdapterTable::remove(const QString& id) {
    return database_.transaction([&]() -> Result<void> {
        auto unused =
            withoutRows(database_.execute(QStringLiteral("UPDATE taste_profiles SET adapter_id = '', strength = 1 WHERE adapter_id = ?"), {id}));
        if (!unused) return unused;
        return withoutRows(database_.execute(QStringLiteral("DELETE FROM adapters WHERE id = ?"), {id}));
    });
}

Result<void> AdapterTable::insertAsCurrent(const AdapterRow& row) {
    return database_.transaction([&]() -> Result<void> {
        // The same adapter may come again: of a job that was killed after this and before it was marked as done.
        auto inserted = withoutRows(database_.execute(
            QStringLiteral("INSERT OR IGNORE INTO adapters (id, profile_id, parent_id, model_id, job_id, manifest, verdict, created_at) "
                           "SELECT ?, id, adapter_id, ?, ?, ?, ?, ? FROM taste_profiles WHERE id = ?"),
            {row.id, QString::fromStdString(row.model_id), row.job.value, QString::fromUtf8(row.manifest), nameOf(row.verdict),
             row.created_at.toMSecsSinceEpoch(), row.profile.value}));
        if (!inserted) return inserted;
        if (row.verdict == AdapterVerdict::provisional) {
            if (auto begun = TrialTable(database_).begin(row.profile, row.id); !begun) return begun;
        }
        return withoutRows(
            database_.execute(QStringLiteral("UPDATE taste_profiles SET adapter_id = ?, strength = 1 WHERE id = ?"), {row.id, row.profile.value}));
    });
}

Result<void> AdapterTable::setNote(const QString& id, const QString& note) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE adapters SET note = ? WHERE id = ?"), {note, id}));
}

Result<void> AdapterTable::setPinned(const QString& id, bool pinned) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE adapters SET pinned = ? WHERE id = ?"), {pinned ? 1 : 0, id}));
}

Result<void> AdapterTable::setVerdict(const QString& id, AdapterVerdict verdict) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE adapters SET verdict = ? WHERE id = ?"), {nameOf(verdict), id}));
}

Result<QStringList> AdapterTable::prune(TasteId profile, int keep) {
    auto rows = load(profile);
    if (!rows) return tl::unexpected<Error>(rows.error());
    QStringList dropped;
    auto outcome = database_.transaction([&]() -> Result<void> {
        for (std::size_t i = static_cast<std::size_t>(keep); i < rows->size(); ++i) {
            if ((*rows)[i].pinned) continue;
            auto deleted =
                database_.execute(QStringLiteral("DELETE FROM adapters WHERE id = ? AND id NOT IN (SELECT adapter_id FROM taste_profiles UNION "
                                                 "SELECT second_adapter_id FROM taste_profiles) "
                                                 "AND id NOT IN (SELECT former_id FROM adapter_trials WHERE outcome = 'running')"),
                                  {(*rows)[i].id});
            if (!deleted) return tl::unexpected<Error>(deleted.error());
            if (deleted->numRowsAffected() == 1) dropped.append((*rows)[i].id);
        }
        return {};
    });
    if (!outcome) return tl::unexpected<Error>(outcome.error());
    return dropped;
}

}  // namespace app
