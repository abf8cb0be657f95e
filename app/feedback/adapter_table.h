// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/signal_store.h"
#include "app/feedback/training_job.h"

#include <QDateTime>

#include <optional>
#include <vector>

namespace app {

class Database;

enum class AdapterVerdict { provisional, accepted, rejected, imported };

/// An adapter of a taste. The file and what it says are never changed; note, pin and verdict are.
struct AdapterRow {
    QString id;
    TasteId profile;
    QString parent_id;
    std::string model_id;
    TrainingJobId job;
    QByteArray manifest;  ///< JSON
    AdapterVerdict verdict = AdapterVerdict::provisional;
    QString note;
    bool pinned = false;
    QDateTime created_at;

    /// Whether it says that it was made for another model than this one: that one cannot draw with it. One that says nothing is the engine's to judge.
    bool isOfAnotherModel(const std::string& other) const { return !model_id.empty() && model_id != other; }
};

/// The rows of `adapters`.
class AdapterTable final {
public:
    explicit AdapterTable(Database& database) : database_(database) {}

    [[nodiscard]] inference::Result<std::vector<AdapterRow>> load(TasteId profile) const;      ///< newest first
    [[nodiscard]] inference::Result<std::optional<AdapterRow>> find(const QString& id) const;  ///< of any taste
    [[nodiscard]] inference::Result<void> insert(const AdapterRow& row);  ///< parent and note are not looked at; what is drawn with stays as it is
    /// Takes it off the list; a taste that draws with it draws with the model as it came. The files are the caller's.
    [[nodiscard]] inference::Result<void> remove(const QString& id);
    /// Inserts, and makes it the one that its taste draws with; a provisional one begins a trial against what was drawn with before: all or nothing.
    [[nodiscard]] inference::Result<void> insertAsCurrent(const AdapterRow& row);
    [[nodiscard]] inference::Result<void> setNote(const QString& id, const QString& note);
    [[nodiscard]] inference::Result<void> setPinned(const QString& id, bool pinned);
    [[nodiscard]] inference::Result<void> setVerdict(const QString& id, AdapterVerdict verdict);

    /// Takes all but the newest `keep`, the pinned ones, the current one and what is on trial against it off the list. @return their ids: the files are the caller's
    [[nodiscard]] inference::Result<QStringList> prune(TasteId profile, int keep);

private:
    Database& database_;
};

}  // namespace app
