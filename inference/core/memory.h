// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace inference {

/// Bytes that this process can still take without swapping or meeting its cgroup's limit (v1 or v2): the smaller of the
/// kernel's MemAvailable and limit - usage. A machine that says neither gives the largest number.
std::int64_t available_memory_bytes();

/// Resident memory now, and its largest value so far (0 where /proc does not tell).
std::int64_t resident_memory_bytes();
std::int64_t peak_memory_bytes();

/// Hands what was freed, and the allocator kept for later, back to the system: after a model was dropped.
void give_freed_memory_back();

/// "1.2 GB", "35 MB": for sentences.
std::string format_bytes(std::int64_t bytes);

}  // namespace inference
