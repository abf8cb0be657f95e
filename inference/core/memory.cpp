// SPDX-License-Identifier: Apache-2.0
#include "inference/core/memory.h"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

namespace inference {
namespace {

constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

/// A field of a "Name:   123 kB" file in bytes, or -1.
std::int64_t kilobyte_field(const char* path, const std::string& name) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.rfind(name + ":", 0) != 0) continue;
        std::istringstream rest(line.substr(name.size() + 1));
        std::int64_t kilobytes = -1;
        rest >> kilobytes;
        return kilobytes < 0 ? -1 : kilobytes * 1024;
    }
    return -1;
}

/// The number in a one-line file; `unlimited` for "max", an absent file or v1's "no limit" value.
std::int64_t limit_in(const std::string& path) {
    std::ifstream file(path);
    std::string word;
    if (!(file >> word) || word == "max" || word.size() > 18) return unlimited;
    std::int64_t value = unlimited;
    std::istringstream(word) >> value;
    return value;
}

/// limit - usage of one cgroup folder; page cache that the kernel would drop counts as free.
std::int64_t room_in(const std::string& folder, const char* limit_name, const char* usage_name) {
    const auto limit = limit_in(folder + "/" + limit_name);
    const auto usage = limit_in(folder + "/" + usage_name);
    if (limit == unlimited || usage == unlimited) return unlimited;
    std::int64_t inactive_file = 0;
    std::ifstream stat(folder + "/memory.stat");
    for (std::string key; stat >> key;) {
        std::int64_t value = 0;
        stat >> value;
        if (key == "inactive_file" || key == "total_inactive_file") inactive_file = value;
    }
    return std::max<std::int64_t>(0, limit - usage + inactive_file);
}

std::int64_t cgroup_room() {
    std::int64_t room = unlimited;
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const auto first = line.find(':');
        const auto second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const std::string path = line.substr(second + 1);
        const bool v2 = controllers.empty();
        if (!v2 && controllers.find("memory") == std::string::npos) continue;
        const std::string root = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
        for (const std::string& folder : {root + path, root}) {  // inside a container the group's own path is often not mounted
            room = std::min(room,
                            v2 ? room_in(folder, "memory.max", "memory.current") : room_in(folder, "memory.limit_in_bytes", "memory.usage_in_bytes"));
        }
    }
    return room;
}

}  // namespace

std::int64_t available_memory_bytes() {
    const auto available = kilobyte_field("/proc/meminfo", "MemAvailable");
    return std::min(available < 0 ? unlimited : available, cgroup_room());
}

std::int64_t resident_memory_bytes() { return std::max<std::int64_t>(0, kilobyte_field("/proc/self/status", "VmRSS")); }

std::int64_t peak_memory_bytes() { return std::max<std::int64_t>(0, kilobyte_field("/proc/self/status", "VmHWM")); }

void give_freed_memory_back() { malloc_trim(0); }

std::string format_bytes(std::int64_t bytes) {
    const double value = static_cast<double>(bytes);
    char text[32];
    if (value >= 1e9) std::snprintf(text, sizeof text, "%.1f GB", value / 1e9);
    else if (value >= 1e6) std::snprintf(text, sizeof text, "%.0f MB", value / 1e6);
    else std::snprintf(text, sizeof text, "%.0f KB", value / 1e3);
    return text;
}

}  // namespace inference
