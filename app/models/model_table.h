// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/models/model_entry.h"
#include "inference/api/result.h"

namespace app {

class Database;

/// A model that was there at some time.
struct MetModel {
    QString name;
    std::optional<ModelId> successor;  ///< the entry whose files it was until they became another model; nullopt: none
};

/// The rows of `models` and `model_names`.
class ModelTable final {
public:
    explicit ModelTable(Database& database) : database_(database) {}

    /// The listed ones: the built-in one first, then by the time they were added.
    [[nodiscard]] inference::Result<std::vector<ModelEntry>> load();
    [[nodiscard]] inference::Result<std::map<std::string, MetModel>> met();  ///< by identity

    /// Errors: io (the disk is full, or the path is listed already).
    [[nodiscard]] inference::Result<ModelId> insert(const ModelEntry& entry);
    [[nodiscard]] inference::Result<void> update(const ModelEntry& entry);
    [[nodiscard]] inference::Result<void> remove(ModelId id);
    /// Whoever has this identity is there now: what it is called, and that no other model took its place.
    [[nodiscard]] inference::Result<void> setName(const std::string& identity, const QString& name);
    [[nodiscard]] inference::Result<void> setSuccessor(const std::string& identity, ModelId successor);

private:
    Database& database_;
};

}  // namespace app
