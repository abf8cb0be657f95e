// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/fresh_folder.h"

#include <filesystem>
#include <utility>

#include "inference/core/exception.h"

namespace inference {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
    std::error_code error;
    const bool there = fs::exists(path, error);
    if (error) fail(ErrorCode::io, path + ": " + error.message());
    return there;
}

}  // namespace

FreshFolder::FreshFolder(std::string path) : path_(std::move(path)), existed_(exists(path_)) {
    std::error_code error;
    if (existed_ && (!fs::is_directory(path_, error) || !fs::is_empty(path_, error))) {
        fail(ErrorCode::invalid_request, path_ + (error ? ": " + error.message() : " is there already and not an empty folder"));
    }
    fs::create_directories(path_, error);
    if (error) fail(ErrorCode::io, path_ + ": " + error.message());
}

FreshFolder::~FreshFolder() {
    if (kept_) return;
    std::error_code ignored;
    if (!existed_) {
        fs::remove_all(path_, ignored);
        return;
    }
    for (const auto& entry : fs::directory_iterator(path_, ignored)) fs::remove_all(entry.path(), ignored);
}

}  // namespace inference
