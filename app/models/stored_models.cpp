// SPDX-License-Identifier: Apache-2.0
#include "app/models/stored_models.h"

#include "app/library/database.h"
#include "app/models/model_catalogue.h"
#include "app/models/model_table.h"

#include <QDir>

#include <utility>

namespace app {

using inference::Error;
using inference::Result;

struct StoredModels::State {
    State(std::unique_ptr<Database> opened, const ModelLocation& starter) :
        database(std::move(opened)), table(*database), catalogue(*database, ModelBackend{}, starter) {}

    std::unique_ptr<Database> database;
    ModelTable table;
    ModelCatalogue catalogue;
};

Result<std::unique_ptr<StoredModels>> StoredModels::open(const ProfilePaths& paths, const ModelLocation& starter) {
    if (!QDir().mkpath(paths.data_dir)) {
        return inference::failure(inference::ErrorCode::io,
                                  "the folder " + paths.data_dir.toStdString() + " cannot be made: check the permissions of the folder above");
    }
    auto database = Database::open(paths.databaseFile());
    if (!database) return tl::unexpected<Error>(database.error());
    auto state = std::make_unique<State>(*std::move(database), starter);
    if (auto loaded = state->catalogue.load(); !loaded) return tl::unexpected<Error>(loaded.error());
    return std::unique_ptr<StoredModels>(new StoredModels(std::move(state)));
}

StoredModels::StoredModels(std::unique_ptr<State> state) : state_(std::move(state)) {}

StoredModels::~StoredModels() = default;

const std::vector<ModelEntry>& StoredModels::entries() const { return state_->catalogue.entries(); }

Result<void> StoredModels::store(ModelEntry entry) {
    const auto id = state_->catalogue.list(entry.location);
    if (!id) return tl::unexpected<Error>(id.error());
    const ModelEntry& listed = *state_->catalogue.find(*id);
    const std::string before = listed.identity;
    entry.id = *id;
    entry.location = listed.location;
    entry.added_at = listed.added_at;
    entry.last_used = listed.last_used;
    entry.flops_per_second = listed.flops_per_second;
    if (auto stored = state_->table.update(entry); !stored) return stored;
    if (!entry.identity.empty()) {
        if (auto named = state_->table.setName(entry.identity, entry.name); !named) return named;
        if (!before.empty() && before != entry.identity) {
            if (auto replaced = state_->table.setSuccessor(before, entry.id); !replaced) return replaced;
        }
    }
    return state_->catalogue.load();
}

Result<void> StoredModels::remove(ModelId id) { return state_->catalogue.remove(id); }

}  // namespace app
