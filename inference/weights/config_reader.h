// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace inference {

/// Reads fields of a JSON config that comes from outside. Every getter names file and field in what it throws:
/// corrupt_file for a wrong type, a number that is not finite or outside the bounds; unsupported_model for a value that is well
/// formed but that this build cannot run. An absent or null field takes the fallback; without one it is corrupt_file.
class ConfigReader {
public:
    /// @param max_bytes  a config larger than this is refused before it is parsed.
    /// Throws model_not_found (absent), corrupt_file (not a JSON object).
    static ConfigReader from_file(const std::string& path, std::size_t max_bytes = 1 << 20);
    static ConfigReader from_text(std::string name, const std::string& text);

    /// Present and not null.
    bool has(const std::string& field) const;
    /// Present, null or not.
    bool contains(const std::string& field) const { return json_.contains(field); }
    ConfigReader object(const std::string& field) const;
    std::int64_t integer(const std::string& field, std::int64_t low, std::int64_t high, std::optional<std::int64_t> fallback = std::nullopt) const;
    double number(const std::string& field, double low, double high, std::optional<double> fallback = std::nullopt) const;
    bool boolean(const std::string& field, std::optional<bool> fallback = std::nullopt) const;
    std::string text(const std::string& field, std::optional<std::string> fallback = std::nullopt) const;
    std::vector<std::int64_t> integers(const std::string& field, std::int64_t low, std::int64_t high, std::size_t max_count) const;
    const nlohmann::json& raw(const std::string& field) const;
    /// The fields of this object, for objects whose keys are data.
    auto items() const { return json_.items(); }

    /// Throws unsupported_model unless the text field (or its fallback) is one of `values`.
    std::string one_of(const std::string& field, const std::vector<std::string>& values, std::optional<std::string> fallback = std::nullopt) const;
    /// Throws unsupported_model unless the boolean field (or its fallback) is `value`.
    void require(const std::string& field, bool value, bool fallback) const;

    [[noreturn]] void fail_corrupt(const std::string& field, const std::string& what) const;
    [[noreturn]] void fail_unsupported(const std::string& field, const std::string& what) const;

private:
    ConfigReader(std::string name, nlohmann::json object) : name_(std::move(name)), json_(std::move(object)) {}
    const nlohmann::json* find(const std::string& field) const;

    std::string name_;  ///< file, and the path of objects inside it
    nlohmann::json json_;
};

}  // namespace inference
