// SPDX-License-Identifier: Apache-2.0
#include "inference/core/processor.h"

#include <cpuid.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace inference {
namespace {

bool has_amx_bf16() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & (1u << 22)) != 0;
}

bool reads_avx512_bf16() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & (1u << 5)) != 0;
}

/// CPUs that the cgroup's quota is worth, rounded up; a very large number without a quota.
int quota_cpus() {
    double quota = -1, period = 100000;
    if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2) {
        std::string first;
        v2 >> first >> period;
        if (first != "max" && !first.empty()) std::istringstream(first) >> quota;
    } else if (std::ifstream v1("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"); v1) {
        v1 >> quota;
        if (std::ifstream p("/sys/fs/cgroup/cpu/cpu.cfs_period_us"); p) p >> period;
    }
    if (quota <= 0 || period <= 0) return 1 << 20;
    return std::max(1, static_cast<int>(std::ceil(quota / period)));
}

/// (package, core) of a CPU; a CPU whose topology cannot be read counts as a core of its own.
std::pair<int, int> core_of(int cpu) {
    const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    int package = 0, core = -1 - cpu;
    if (std::ifstream f(folder + "physical_package_id"); f) f >> package;
    if (std::ifstream f(folder + "core_id"); f) f >> core;
    return {package, core};
}

std::string processor_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.rfind("model name", 0) != 0) continue;
        const auto colon = line.find(": ");
        return colon == std::string::npos ? std::string() : line.substr(colon + 2);
    }
    return {};
}

Processor read_processor() {
    Processor processor;
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    std::set<std::pair<int, int>> cores;
    int cpus = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (!CPU_ISSET(static_cast<std::size_t>(cpu), &allowed)) continue;
            ++cpus;
            cores.insert(core_of(cpu));
        }
    }
    const int quota = quota_cpus();
    processor.logical_cpus = std::max(1, std::min(cpus, quota));
    processor.physical_cores = std::max(1, std::min(static_cast<int>(cores.size()), quota));
    // __builtin_cpu_supports also asks whether the system saves the wide registers.
    processor.has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    processor.has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl");
    processor.has_avx512_bf16 = processor.has_avx512 && reads_avx512_bf16();
    processor.has_bf16 = processor.has_avx512_bf16 || (processor.has_avx512 && has_amx_bf16());
    processor.name = processor_name();
    return processor;
}

}  // namespace

const Processor& Processor::current() {
    static const Processor processor = read_processor();
    return processor;
}

void lower_thread_priority(int nice_level) noexcept {
    if (nice_level == 0) return;
    const auto thread = static_cast<id_t>(syscall(SYS_gettid));
    const int now = getpriority(PRIO_PROCESS, thread);
    setpriority(PRIO_PROCESS, thread, std::clamp(now + nice_level, -20, 19));
}

}  // namespace inference
