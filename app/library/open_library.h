// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/library/library.h"
#include "app/paths/profile_paths.h"

#include <memory>

namespace app {

class Database;

/// A profile's database and pictures without the rest of the studio: for commands.
struct OpenLibrary {
    OpenLibrary();
    ~OpenLibrary();
    OpenLibrary(OpenLibrary&&) noexcept;
    OpenLibrary& operator=(OpenLibrary&&) noexcept;

    ProfilePaths paths;
    std::unique_ptr<Database> database;
    std::unique_ptr<Library> library;

    /// Makes what is not there. Errors: io, corrupt_file.
    [[nodiscard]] static inference::Result<OpenLibrary> open(const ProfilePaths& paths);
};

}  // namespace app
