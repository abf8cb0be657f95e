// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/learning.h"

#include <QString>

#include <optional>

namespace app {

/// What the model saw in a picture, kept beside the picture's file, so that a job that goes on and the next measurement need not look again.
/// @return nullopt when the file is not there, was cut off or damaged, or is of another version: then the picture is looked at again
std::optional<inference::PictureFeatures> readFeatures(const QString& path, const std::string& version);

/// Beside the target, flushed, renamed. Errors: io.
[[nodiscard]] inference::Result<void> writeFeatures(const QString& path, const inference::PictureFeatures& features);

}  // namespace app
