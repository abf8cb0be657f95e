// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/settings/settings.h"

#include <QString>

namespace app {

/// Every value inside its range; what is not a number, a colour or a format becomes the default.
Settings clampedSettings(Settings settings);

/// The only two functions that know QSettings and its keys. Writing flushes to the disk: not for the GUI thread.
Settings readSettings(const QString& file);  ///< defaults for what is missing or damaged
bool writeSettings(const QString& file, const Settings& settings);

}  // namespace app
