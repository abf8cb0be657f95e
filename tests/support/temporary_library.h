// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/imaging/image_exporter.h"
#include "app/library/database.h"
#include "app/library/library.h"
#include "app/paths/profile_paths.h"
#include "tests/support/requests.h"

#include <QDir>
#include <QTemporaryDir>

#include <memory>

namespace tests {

/// A profile in a folder that goes away with it, and its library; `reopen` is a new start of the program.
class TemporaryLibrary final {
public:
    TemporaryLibrary() : paths(app::ProfilePaths::inside(folder_.path())) {
        QDir().mkpath(paths.data_dir);
        QDir().mkpath(paths.images_dir);
        reopen();
    }

    void close() {
        library.reset();
        database.reset();
    }
    void reopen() {
        close();
        database = must(app::Database::open(paths.databaseFile()));
        library = std::make_unique<app::Library>(*database, paths);
        must(library->load());
    }
    QString imagePath(const QString& name) const { return paths.images_dir + QLatin1Char('/') + name; }

    /// A row, and with `pixels` its file.
    app::ItemId add(const QString& name, const inference::GenerationRequest& request, const inference::PixelBuffer& pixels = {}) {
        if (!pixels.empty()) must(app::writeImage(imagePath(name), pixels, request, {}));
        return must(library->add(imagePath(name), request, {request.width, request.height}, pixels.channels == 4, 1.0, 1));
    }

private:
    QTemporaryDir folder_;

public:
    app::ProfilePaths paths;
    std::unique_ptr<app::Database> database;
    std::unique_ptr<app::Library> library;
};

}  // namespace tests
