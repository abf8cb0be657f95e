// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/training_shortage.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>

#include "inference/core/exception.h"

namespace inference {
namespace {

constexpr auto no_limit = std::numeric_limits<std::int64_t>::max();

std::string note_in(const std::string& folder) { return folder + "/shortage"; }

}  // namespace

std::int64_t shortage_in(const std::string& folder) {
    if (folder.empty()) return no_limit;
    std::ifstream file(note_in(folder));
    std::int64_t bytes = 0;
    return file >> bytes && bytes > 0 ? bytes : no_limit;
}

void note_shortage(const std::string& folder, std::int64_t bytes) {
    if (folder.empty()) return;
    const auto path = note_in(folder), temporary = path + ".new";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error) {
        std::ofstream file(temporary, std::ios::trunc);
        file << std::min(bytes, shortage_in(folder)) << '\n';
        file.close();
        if (!file) fail(ErrorCode::io, temporary + ": cannot be written");
        std::filesystem::rename(temporary, path, error);
    }
    if (error) fail(ErrorCode::io, path + ": " + error.message());
}

}  // namespace inference
