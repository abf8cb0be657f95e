// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/models/model_entry.h"
#include "inference/api/result.h"

namespace app {

class Database;

/// The rows of `models` and `model_names`.
class ModelTable final {
public:
    explicit ModelTable(Database& database) : database_(database) {}

    /// The listed ones: the built-in one first, then by the time they were added.
    [[nodiscard]] inference::Result<std::vector<ModelEntry>> load();
    [[nodiscard]] inference::Result<std::map<std::string, QString>> names();

    /// Errors: io (the disk is full, or the path is listed already).
    [[nodiscard]] inference::Result<ModelId> insert(const ModelEntry& entry);
    [[nodiscard]] inference::Result<void> update(const ModelEntry& entry);
    [[nodiscard]] inference::Result<void> remove(ModelId id);
    [[nodiscard]] inference::Result<void> setName(const std::string& identity, const QString& name);

private:
    Database& database_;
};

}  // namespace app
