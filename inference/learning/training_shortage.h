// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace inference {

/// Bytes that the smallest run took which met its end in memory, as its folder remembers it: the next one takes less. The largest number for an
/// empty path, a folder without such a note, or one that cannot be read.
std::int64_t shortage_in(const std::string& folder);

/// Throws io.
void note_shortage(const std::string& folder, std::int64_t bytes);

}  // namespace inference
