// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <malloc.h>

#include <cstdint>
#include <fstream>

#include <gtest/gtest.h>

#include "inference/core/memory.h"

namespace tests {

/// The resident memory that a piece of work takes at its peak beyond what there was before.
class PeakMemory {
public:
    PeakMemory() {
        // Large blocks go straight back to the kernel; otherwise what earlier work left behind would hide what this takes.
        mallopt(M_MMAP_THRESHOLD, 128 << 10);
        malloc_trim(0);
        std::ofstream("/proc/self/clear_refs") << "5";  // the kernel starts VmHWM anew from what is resident now
        before_ = inference::resident_memory_bytes();
    }
    std::int64_t bytes() const { return inference::peak_memory_bytes() - before_; }

private:
    std::int64_t before_;
};

}  // namespace tests

/// The sanitizer keeps freed memory, so its numbers say nothing.
#ifdef __SANITIZE_ADDRESS__
#define REQUIRE_MEASURABLE_MEMORY() GTEST_SKIP() << "the address sanitizer keeps freed memory"
#else
#define REQUIRE_MEASURABLE_MEMORY() static_assert(true)
#endif
