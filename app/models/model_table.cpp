// SPDX-License-Identifier: Apache-2.0
#include "app/models/model_table.h"

#include "app/library/database.h"

#include <utility>

namespace app {

using inference::Error;
using inference::Result;

namespace {

QDateTime timeOf(const QVariant& milliseconds) {
    const qint64 value = milliseconds.toLongLong();
    return value > 0 ? QDateTime::fromMSecsSinceEpoch(value, Qt::UTC) : QDateTime();
}

qint64 millisecondsOf(const QDateTime& time) { return time.isValid() ? time.toMSecsSinceEpoch() : 0; }

/// A null string would be stored as NULL.
QString present(const QString& text) { return text.isNull() ? QStringLiteral("") : text; }

QString textOf(const std::optional<inference::ModelDescription>& description) {
    return description ? QString::fromStdString(inference::to_json(*description)) : QStringLiteral("");
}

ModelEntry readEntry(const QSqlQuery& row) {
    ModelEntry entry;
    entry.id = {row.value(0).toLongLong()};
    entry.built_in = row.value(1).toBool();
    entry.identity = row.value(2).toString().toStdString();
    entry.name = row.value(3).toString();
    entry.location = {row.value(4).toString(), row.value(5).toString()};
    // One that an older program wrote is simply made again.
    if (auto description = inference::model_description_from_json(row.value(6).toString().toStdString())) entry.description = *std::move(description);
    entry.flops_per_second = row.value(7).toDouble();
    entry.added_at = timeOf(row.value(8));
    entry.last_used = timeOf(row.value(9));
    return entry;
}

}  // namespace

bool isMissing(const ModelEntry& entry) {
    // The index is the first file that is read: where it is gone, so is the model.
    const auto& problem = entry.problem;
    return problem && problem->code == inference::ErrorCode::model_not_found && problem->detail.find("/model_index.json") != std::string::npos;
}

Result<std::vector<ModelEntry>> ModelTable::load() {
    auto rows = database_.execute(QStringLiteral("SELECT id, built_in, identity, name, path, text_model_path, description, flops_per_second, "
                                                 "added_at, last_used FROM models WHERE removed_at IS NULL ORDER BY built_in DESC, id"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::vector<ModelEntry> entries;
    while (rows->next()) entries.push_back(readEntry(*rows));
    return entries;
}

Result<std::map<std::string, MetModel>> ModelTable::met() {
    auto rows = database_.execute(QStringLiteral("SELECT identity, name, successor FROM model_names"));
    if (!rows) return tl::unexpected<Error>(rows.error());
    std::map<std::string, MetModel> met;
    while (rows->next()) {
        MetModel model{rows->value(1).toString(), std::nullopt};
        if (!rows->value(2).isNull()) model.successor = ModelId{rows->value(2).toLongLong()};
        met.emplace(rows->value(0).toString().toStdString(), std::move(model));
    }
    return met;
}

Result<ModelId> ModelTable::insert(const ModelEntry& entry) {
    auto row = database_.execute(
        QStringLiteral("INSERT INTO models (built_in, identity, name, path, text_model_path, description, flops_per_second, added_at, last_used) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        {entry.built_in, present(QString::fromStdString(entry.identity)), present(entry.name), present(entry.location.pipeline),
         present(entry.location.text_model), textOf(entry.description), entry.flops_per_second, millisecondsOf(entry.added_at),
         millisecondsOf(entry.last_used)});
    if (!row) return tl::unexpected<Error>(row.error());
    return ModelId{row->lastInsertId().toLongLong()};
}

Result<void> ModelTable::update(const ModelEntry& entry) {
    return withoutRows(database_.execute(
        QStringLiteral("UPDATE models SET identity = ?, name = ?, path = ?, text_model_path = ?, description = ?, flops_per_second = ?, "
                       "last_used = ? WHERE id = ?"),
        {present(QString::fromStdString(entry.identity)), present(entry.name), present(entry.location.pipeline), present(entry.location.text_model),
         textOf(entry.description), entry.flops_per_second, millisecondsOf(entry.last_used), entry.id.value}));
}

Result<void> ModelTable::remove(ModelId id) {
    return withoutRows(
        database_.execute(QStringLiteral("UPDATE models SET removed_at = ? WHERE id = ?"), {QDateTime::currentMSecsSinceEpoch(), id.value}));
}

Result<void> ModelTable::setName(const std::string& identity, const QString& name) {
    return withoutRows(database_.execute(QStringLiteral("INSERT INTO model_names (identity, name) VALUES (?, ?) "
                                                        "ON CONFLICT (identity) DO UPDATE SET name = excluded.name, successor = NULL"),
                                         {QString::fromStdString(identity), present(name)}));
}

Result<void> ModelTable::setSuccessor(const std::string& identity, ModelId successor) {
    return withoutRows(database_.execute(QStringLiteral("UPDATE model_names SET successor = ? WHERE identity = ?"),
                                         {successor.value, QString::fromStdString(identity)}));
}

}  // namespace app
