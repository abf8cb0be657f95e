// SPDX-License-Identifier: Apache-2.0
#include "inference/api/request_json.h"

#include <climits>
#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

namespace inference {
namespace {

/// A request is written as the oldest version that can say it, so that older programs read what they can draw and refuse what they would draw
/// differently.
constexpr int current_version = 3;
constexpr int version_of_adapters = 2;
constexpr int first_version = 1;
constexpr std::size_t max_json_bytes = 1024 * 1024;

/// A sentence, not the file: what a parser quotes may be as long as its input.
tl::unexpected<Error> corrupt(std::string detail) {
    constexpr std::size_t longest = 300;
    if (detail.size() > longest) detail = detail.substr(0, longest) + " ...";
    return failure(ErrorCode::corrupt_file, std::move(detail));
}

/// Thrown and caught in this file.
struct WrongField {
    std::string detail;
};

[[noreturn]] void wrong(const char* key, const char* what) { throw WrongField{std::string("the stored request's ") + key + " is not " + what}; }

// One strict reader for each type: the library's own conversions turn true into 1, -1 into 2^64 - 1 and 1.5 into 1.

void read_value(const nlohmann::json& value, const char* key, std::string& field) {
    if (!value.is_string()) wrong(key, "text");
    field = value.get<std::string>();
}

void read_value(const nlohmann::json& value, const char* key, std::uint64_t& field) {
    if (!value.is_number_unsigned()) wrong(key, "a whole number from 0 to 2^64 - 1");
    field = value.get<std::uint64_t>();
}

void read_value(const nlohmann::json& value, const char* key, int& field) {
    const bool fits = value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() > INT_MAX) &&
        value.get<std::int64_t>() >= INT_MIN && value.get<std::int64_t>() <= INT_MAX;
    if (!fits) wrong(key, "a whole number that a request can hold");
    field = static_cast<int>(value.get<std::int64_t>());
}

void read_value(const nlohmann::json& value, const char* key, bool& field) {
    if (!value.is_boolean()) wrong(key, "true or false");
    field = value.get<bool>();
}

void read_value(const nlohmann::json& value, const char* key, double& field) {
    if (!value.is_number()) wrong(key, "a number");
    field = value.get<double>();
}

void read_value(const nlohmann::json& value, const char* key, std::vector<AdapterUse>& field) {
    if (!value.is_array() || value.size() > RequestLimits::max_adapters) wrong(key, "a short list");
    for (const auto& item : value) {
        if (!item.is_object() || !item.contains("id")) wrong(key, "a list of adapters with their ids");
        AdapterUse use;
        read_value(item.at("id"), key, use.id);
        if (item.contains("strength")) read_value(item.at("strength"), key, use.strength);
        field.push_back(std::move(use));
    }
}

template <typename T> void read(const nlohmann::json& json, const char* key, T& field) {
    if (const auto found = json.find(key); found != json.end()) read_value(*found, key, field);
}

int version_for(const GenerationRequest& request) {
    if (request.candidates > 1) return current_version;
    return request.adapters.empty() ? first_version : version_of_adapters;
}

}  // namespace

std::string to_json(const GenerationRequest& request) {
    nlohmann::json json = {
        {"version", version_for(request)},
        {"prompt", request.prompt},
        {"negative_prompt", request.negative_prompt},
        {"instruction", request.instruction},
        {"width", request.width},
        {"height", request.height},
        {"num_inference_steps", request.num_inference_steps},
        {"sampler", to_string(request.sampler)},
        {"guidance_scale", request.guidance_scale},
        {"seed", request.seed},
        {"num_images", request.num_images},
        {"batch_size", request.batch_size},
        {"dtype", to_string(request.dtype)},
        {"model_id", request.model_id},
        {"upstream_cache_positions", request.upstream_cache_positions},
        {"initial_latents_path", request.initial_latents_path},
    };
    if (request.candidates > 1) json["candidates"] = request.candidates;
    for (const AdapterUse& adapter : request.adapters) json["adapters"].push_back({{"id", adapter.id}, {"strength", adapter.strength}});
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<GenerationRequest> request_from_json(const std::string& text) {
    if (text.size() > max_json_bytes) return corrupt("the stored request is over 1 MiB long");
    try {
        const auto json = nlohmann::json::parse(text);
        if (!json.is_object()) return corrupt("the stored request is not a JSON object");
        int version = current_version;
        read(json, "version", version);
        if (version > current_version) {
            return corrupt("the request was written by a newer version of Fuselight (format " + std::to_string(version) + ")");
        }
        if (version < 1) return corrupt("the stored request's version is " + std::to_string(version));
        GenerationRequest request;
        read(json, "prompt", request.prompt);
        read(json, "negative_prompt", request.negative_prompt);
        read(json, "instruction", request.instruction);
        read(json, "width", request.width);
        read(json, "height", request.height);
        read(json, "num_inference_steps", request.num_inference_steps);
        read(json, "guidance_scale", request.guidance_scale);
        read(json, "seed", request.seed);
        read(json, "num_images", request.num_images);
        read(json, "candidates", request.candidates);
        read(json, "batch_size", request.batch_size);
        read(json, "model_id", request.model_id);
        read(json, "upstream_cache_positions", request.upstream_cache_positions);
        read(json, "adapters", request.adapters);
        read(json, "initial_latents_path", request.initial_latents_path);
        std::string dtype = to_string(request.dtype);
        read(json, "dtype", dtype);
        auto parsed = parse_dtype(dtype);
        if (!parsed) return corrupt(parsed.error().detail);
        request.dtype = *parsed;
        std::string sampler = to_string(request.sampler);
        read(json, "sampler", sampler);
        const auto known = parse_sampler(sampler);
        if (!known) return corrupt(known.error().detail);
        request.sampler = *known;
        return request;
    } catch (const nlohmann::json::exception& error) {
        return corrupt(std::string("the stored request cannot be read: ") + error.what());
    } catch (const WrongField& error) {
        return corrupt(error.detail);
    }
}

}  // namespace inference
