// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace inference {

/// What this process may use of the processor, read from /proc, /sys and CPUID.
struct Processor {
    int logical_cpus = 1;     ///< CPUs that the affinity mask and the cgroup's quota leave to this process
    int physical_cores = 1;   ///< distinct cores among them: two threads on one core share its multipliers
    bool has_avx2 = false;    ///< with FMA and F16C
    bool has_avx512 = false;  ///< F, BW, DQ and VL
    bool has_avx512_bf16 = false;
    bool has_bf16 = false;  ///< multiplies bfloat16 in hardware (AVX512-BF16 or AMX-BF16)
    std::string name;       ///< as the kernel names it

    /// Measures nothing; reads the machine once. Never fails: what cannot be read keeps its default.
    static const Processor& current();
};

/// Adds `nice_level` to the priority of the calling thread; threads that it starts later inherit it. Best effort.
void lower_thread_priority(int nice_level) noexcept;

}  // namespace inference
