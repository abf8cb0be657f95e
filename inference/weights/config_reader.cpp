// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/config_reader.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "inference/core/exception.h"
#include "inference/weights/file_reader.h"

namespace inference {
namespace {

constexpr int max_depth = 16;

}  // namespace

ConfigReader ConfigReader::from_file(const std::string& path, std::size_t max_bytes) {
    return from_text(path, FileReader::open(path)->read_text(max_bytes));
}

ConfigReader ConfigReader::from_text(std::string name, const std::string& text) {
    std::vector<std::set<std::string>> keys;  // of the objects that are open, outermost first
    const auto check = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
        using Event = nlohmann::json::parse_event_t;
        if (depth > max_depth) fail(ErrorCode::corrupt_file, "JSON is nested too deeply");
        if (event == Event::object_start) keys.emplace_back();
        if (event == Event::object_end) keys.pop_back();
        if (event == Event::key && !keys.back().insert(value.get<std::string>()).second) {  // else the last one would win in silence
            fail(ErrorCode::corrupt_file, "\"" + shortened(value.get<std::string>()) + "\" is there twice");
        }
        return true;
    };
    try {
        auto json = nlohmann::json::parse(text, check);
        if (!json.is_object()) fail(ErrorCode::corrupt_file, "not a JSON object");
        return ConfigReader(std::move(name), std::move(json));
    } catch (const nlohmann::json::parse_error& error) {
        fail(ErrorCode::corrupt_file, name + ": not JSON (at byte " + std::to_string(error.byte) + ")");
    } catch (const nlohmann::json::exception& error) {
        fail(ErrorCode::corrupt_file, name + ": " + shortened(error.what()));
    } catch (const Exception& error) {
        fail(ErrorCode::corrupt_file, name + ": " + error.error().detail);
    }
}

const nlohmann::json* ConfigReader::find(const std::string& field) const {
    const auto found = json_.find(field);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
}

bool ConfigReader::has(const std::string& field) const { return find(field) != nullptr; }

const nlohmann::json& ConfigReader::raw(const std::string& field) const {
    const auto* value = find(field);
    if (value == nullptr) fail_corrupt(field, "is missing");
    return *value;
}

ConfigReader ConfigReader::object(const std::string& field) const {
    const auto& value = raw(field);
    if (!value.is_object()) fail_corrupt(field, "must be an object");
    return ConfigReader(name_ + ": " + field, value);
}

std::int64_t ConfigReader::integer(const std::string& field, std::int64_t low, std::int64_t high, std::optional<std::int64_t> fallback) const {
    const auto* value = find(field);
    if (value == nullptr && fallback) return *fallback;
    if (value == nullptr) fail_corrupt(field, "is missing");
    if (!value->is_number_integer() || (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX)) {
        fail_corrupt(field, "must be a whole number");
    }
    const auto result = value->get<std::int64_t>();
    if (result < low || result > high) {
        fail_corrupt(field, "is " + std::to_string(result) + "; it must be between " + std::to_string(low) + " and " + std::to_string(high));
    }
    return result;
}

double ConfigReader::number(const std::string& field, double low, double high, std::optional<double> fallback) const {
    const auto* value = find(field);
    if (value == nullptr && fallback) return *fallback;
    if (value == nullptr) fail_corrupt(field, "is missing");
    if (!value->is_number()) fail_corrupt(field, "must be a number");
    const auto result = value->get<double>();
    if (!std::isfinite(result) || result < low || result > high) {
        fail_corrupt(field, "is " + value->dump() + "; it must be between " + std::to_string(low) + " and " + std::to_string(high));
    }
    return result;
}

bool ConfigReader::boolean(const std::string& field, std::optional<bool> fallback) const {
    const auto* value = find(field);
    if (value == nullptr && fallback) return *fallback;
    if (value == nullptr) fail_corrupt(field, "is missing");
    if (!value->is_boolean()) fail_corrupt(field, "must be true or false");
    return value->get<bool>();
}

std::string ConfigReader::text(const std::string& field, std::optional<std::string> fallback) const {
    const auto* value = find(field);
    if (value == nullptr && fallback) return *fallback;
    if (value == nullptr) fail_corrupt(field, "is missing");
    if (!value->is_string()) fail_corrupt(field, "must be text");
    return value->get<std::string>();
}

std::vector<std::int64_t> ConfigReader::integers(const std::string& field, std::int64_t low, std::int64_t high, std::size_t max_count) const {
    const auto& value = raw(field);
    if (!value.is_array() || value.size() > max_count) {
        fail_corrupt(field, "must be a list of at most " + std::to_string(max_count) + " whole numbers");
    }
    std::vector<std::int64_t> result;
    for (const auto& item : value) {
        if (!item.is_number_integer() || (item.is_number_unsigned() && item.get<std::uint64_t>() > INT64_MAX)) {
            fail_corrupt(field, "must hold whole numbers only");
        }
        const auto number = item.get<std::int64_t>();
        if (number < low || number > high) {
            fail_corrupt(field,
                         "holds " + std::to_string(number) + "; values must be between " + std::to_string(low) + " and " + std::to_string(high));
        }
        result.push_back(number);
    }
    return result;
}

std::string ConfigReader::one_of(const std::string& field, const std::vector<std::string>& values, std::optional<std::string> fallback) const {
    auto value = text(field, std::move(fallback));
    if (std::find(values.begin(), values.end(), value) != values.end()) return value;
    std::string accepted;
    for (const auto& each : values) accepted += (accepted.empty() ? "" : ", ") + each;
    fail_unsupported(field, "is \"" + value + "\"; this version runs " + accepted);
}

void ConfigReader::require(const std::string& field, bool value, bool fallback) const {
    if (boolean(field, fallback) == value) return;
    fail_unsupported(field, std::string("is ") + (value ? "false" : "true") + "; this version runs models where it is " + (value ? "true" : "false"));
}

void ConfigReader::fail_corrupt(const std::string& field, const std::string& what) const {
    fail(ErrorCode::corrupt_file, name_ + ": " + field + " " + shortened(what));
}

void ConfigReader::fail_unsupported(const std::string& field, const std::string& what) const {
    fail(ErrorCode::unsupported_model, name_ + ": " + field + " " + shortened(what));
}

}  // namespace inference
