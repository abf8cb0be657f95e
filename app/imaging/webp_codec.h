// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/pixel_buffer.h"
#include "inference/api/result.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace app {

/// WebP through Qt's plugin: OpenImageIO 2.4 divides colour by alpha when it writes a WebP and multiplies it when it
/// reads one, whatever it is told, which spoils pictures with straight alpha. Any thread.

/// A file in memory without metadata. `quality` 1 to 100; 100 is lossless but for colour under alpha 0. Errors: io.
[[nodiscard]] inference::Result<std::vector<std::uint8_t>> encodeWebp(const inference::PixelBuffer& pixels, int quality);

/// Errors: corrupt_file (also when it has over `max_pixels`), io.
[[nodiscard]] inference::Result<inference::PixelBuffer> decodeWebp(const QString& path, std::int64_t max_pixels);

}  // namespace app
