// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/result.h"

#include <QString>

#include <cstdint>
#include <span>

namespace app {

/// What a crash of the machine may do to a file that was written. A crash of the program does nothing to either.
enum class Durability {
    flushed,       ///< nothing: it is on the disk before the call returns
    recomputable,  ///< lose or damage it; its readers notice and make it again
};

/// Writes beside the target and renames: for every reader the target is the old file or the whole new one. Not for the GUI thread. Errors: io with
/// the system's words.
[[nodiscard]] inference::Result<void> writeFileSafely(const QString& path, std::span<const std::uint8_t> bytes,
                                                      Durability durability = Durability::flushed);

/// Removes the temporary files in `directory` whose writer no longer runs.
void removeLeftovers(const QString& directory);

}  // namespace app
