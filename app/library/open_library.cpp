// SPDX-License-Identifier: Apache-2.0
#include "app/library/open_library.h"

#include "app/library/database.h"

#include <QDir>

#include <utility>

namespace app {

using inference::Error;
using inference::Result;

OpenLibrary::OpenLibrary() = default;
OpenLibrary::~OpenLibrary() = default;
OpenLibrary::OpenLibrary(OpenLibrary&&) noexcept = default;
OpenLibrary& OpenLibrary::operator=(OpenLibrary&&) noexcept = default;

Result<OpenLibrary> OpenLibrary::open(const ProfilePaths& paths) {
    for (const QString& folder : {paths.data_dir, paths.images_dir}) {
        if (!QDir().mkpath(folder)) return inference::failure(inference::ErrorCode::io, "the folder " + folder.toStdString() + " cannot be made");
    }
    auto database = Database::open(paths.databaseFile());
    if (!database) return tl::unexpected<Error>(database.error());
    OpenLibrary opened;
    opened.paths = paths;
    opened.database = *std::move(database);
    opened.library = std::make_unique<Library>(*opened.database, paths);
    if (auto loaded = opened.library->load(); !loaded) return tl::unexpected<Error>(loaded.error());
    return opened;
}

}  // namespace app
