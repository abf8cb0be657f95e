// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace app {

/// OpenImageIO 2.4 writes no metadata into WebP; these two functions add and read an XMP packet whose dc:description is
/// our text. Format: https://developers.google.com/speed/webp/docs/riff_container

/// The same picture in the extended container with `text` (ASCII). Errors: internal when `file` is not a plain WebP.
[[nodiscard]] inference::Result<std::vector<std::uint8_t>> addWebpText(std::vector<std::uint8_t> file, const std::string& text);

/// The text, empty when the file carries none. Errors: corrupt_file when the chunks contradict the file's length.
[[nodiscard]] inference::Result<std::string> readWebpText(std::span<const std::uint8_t> file);

}  // namespace app
