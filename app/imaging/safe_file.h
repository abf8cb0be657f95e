// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/result.h"

#include <QString>

#include <cstdint>
#include <span>

namespace app {

/// Writes beside the target, flushes to the disk and renames: the target is the old file or the whole new one at any
/// moment. Not for the GUI thread. Errors: io with the system's words.
[[nodiscard]] inference::Result<void> writeFileSafely(const QString& path, std::span<const std::uint8_t> bytes);

/// Removes the temporary files in `directory` whose writer no longer runs.
void removeLeftovers(const QString& directory);

}  // namespace app
