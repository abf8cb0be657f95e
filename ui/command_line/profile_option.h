// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCommandLineParser>

#include "app/paths/profile_paths.h"

namespace ui {

/// The option that chooses whose pictures and ratings a command works on.
class ProfileOption final {
public:
    explicit ProfileOption(QCommandLineParser& parser);
    app::ProfilePaths paths() const;

private:
    const QCommandLineParser& parser_;
    QCommandLineOption profile_;
};

}  // namespace ui
