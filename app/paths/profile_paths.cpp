// SPDX-License-Identifier: Apache-2.0
#include "app/paths/profile_paths.h"

#include <QDir>
#include <QStandardPaths>

namespace app {
namespace {

/// Qt 6.4 has no location for state; the XDG base directory specification does. Relative values are to be ignored.
QString stateHome() {
    const QString home = qEnvironmentVariable("XDG_STATE_HOME");
    if (!home.isEmpty() && QDir::isAbsolutePath(home) && !QStandardPaths::isTestModeEnabled()) return home;
    if (QStandardPaths::isTestModeEnabled()) return QDir::homePath() + QStringLiteral("/.qttest/state");
    return QDir::homePath() + QStringLiteral("/.local/state");
}

}  // namespace

ProfilePaths ProfilePaths::standard() {
    const auto below = [](QStandardPaths::StandardLocation location, const QString& name) {
        return QDir::cleanPath(QStandardPaths::writableLocation(location) + QLatin1Char('/') + name);
    };
    ProfilePaths paths;
    paths.data_dir = below(QStandardPaths::GenericDataLocation, QStringLiteral("fuselight"));
    paths.images_dir = below(QStandardPaths::PicturesLocation, QStringLiteral("Fuselight"));
    paths.trash_dir = paths.images_dir + QStringLiteral("/.trash");
    paths.cache_dir = below(QStandardPaths::GenericCacheLocation, QStringLiteral("fuselight"));
    paths.settings_file = below(QStandardPaths::GenericConfigLocation, QStringLiteral("fuselight/fuselight.ini"));
    paths.state_dir = QDir::cleanPath(stateHome() + QStringLiteral("/fuselight"));
    return paths;
}

ProfilePaths ProfilePaths::inside(const QString& directory) {
    const QString root = QDir::cleanPath(QDir(directory).absolutePath());
    ProfilePaths paths;
    paths.data_dir = root + QStringLiteral("/data");
    paths.images_dir = root + QStringLiteral("/images");
    paths.trash_dir = root + QStringLiteral("/images/.trash");
    paths.cache_dir = root + QStringLiteral("/cache");
    paths.settings_file = root + QStringLiteral("/fuselight.ini");
    paths.state_dir = root + QStringLiteral("/state");
    return paths;
}

QString ProfilePaths::databaseFile() const { return data_dir + QStringLiteral("/library.sqlite"); }
QString ProfilePaths::adaptersDir() const { return data_dir + QStringLiteral("/adapters"); }

QString ProfilePaths::thumbnailsDir() const { return cache_dir + QStringLiteral("/thumbnails"); }

}  // namespace app
