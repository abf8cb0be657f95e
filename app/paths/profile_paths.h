// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace app {

/// Where everything of one user profile lies. The standard profile follows the XDG base directories; `--profile DIR` puts all
/// of it inside one folder, so that two taste libraries (or a test) never meet.
struct ProfilePaths {
    QString data_dir;       ///< database, job queue
    QString images_dir;     ///< finished pictures (standard: Pictures/Fuselight)
    QString trash_dir;      ///< deleted pictures, on the same file system as images_dir, so that moving is a rename
    QString cache_dir;      ///< thumbnails, model hashes; may vanish at any time
    QString settings_file;  ///< INI
    QString state_dir;      ///< crash sentinel, window state, log

    static ProfilePaths standard();
    static ProfilePaths inside(const QString& directory);

    QString databaseFile() const;
    QString thumbnailsDir() const;
    QString adaptersDir() const;  ///< <id>/adapter.safetensors each

    bool operator==(const ProfilePaths&) const = default;
};

}  // namespace app
