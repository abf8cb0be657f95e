// SPDX-License-Identifier: Apache-2.0
#include "inference/tokenizer/json_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace inference {
namespace {

constexpr std::uintmax_t max_bytes = 8u << 20;  ///< the largest published one has 1.2 MB; parsed, JSON takes up to twenty times its size
constexpr int max_depth = 8;

}  // namespace

Result<std::string> read_tokenizer_file(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) {
        return failure(ErrorCode::model_not_found, path + ": " + error.message());
    }
    if (error) return failure(ErrorCode::io, path + ": " + error.message());
    if (size > max_bytes) return failure(ErrorCode::corrupt_file, path + ": " + std::to_string(size) + " bytes are too many for a tokenizer");
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file.good() && !file.eof()) return failure(ErrorCode::io, path + ": " + std::strerror(errno));
    return text;
}

Result<nlohmann::json> read_json_object(const std::string& path) {
    const auto text = read_tokenizer_file(path);
    if (!text) return tl::unexpected<Error>(text.error());
    try {
        const auto limit_depth = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
            if (depth > max_depth) throw std::runtime_error("JSON is nested too deeply");
            return true;
        };
        auto json = nlohmann::json::parse(*text, limit_depth);
        if (!json.is_object()) return failure(ErrorCode::corrupt_file, path + ": not a JSON object");
        return json;
    } catch (const std::exception& error) {
        return failure(ErrorCode::corrupt_file, path + ": " + error.what());
    }
}

Result<nlohmann::json> read_json_object_if_there(const std::string& path) {
    auto json = read_json_object(path);
    if (!json && json.error().code == ErrorCode::model_not_found) return nlohmann::json::object();
    return json;
}

}  // namespace inference
