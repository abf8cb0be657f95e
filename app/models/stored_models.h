// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "app/models/model_entry.h"
#include "app/paths/profile_paths.h"
#include "inference/api/result.h"

namespace app {

/// The list of a profile's models without the studio's services: for commands. Blocks.
class StoredModels final {
public:
    /// Makes the profile's database when there is none. Errors: io, corrupt_file.
    static inference::Result<std::unique_ptr<StoredModels>> open(const ProfilePaths& paths, const ModelLocation& starter);
    ~StoredModels();

    const std::vector<ModelEntry>& entries() const;  ///< the starter first
    /// Lists it, or replaces what is listed under its path. Errors: io.
    [[nodiscard]] inference::Result<void> store(ModelEntry entry);
    /// Errors: invalid_request (the starter), io.
    [[nodiscard]] inference::Result<void> remove(ModelId id);

private:
    struct State;
    explicit StoredModels(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace app
