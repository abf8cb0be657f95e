// SPDX-License-Identifier: Apache-2.0
#include "inference/api/request_json.h"

#include <nlohmann/json.hpp>

namespace inference {
namespace {

constexpr int current_version = 1;
constexpr std::size_t max_json_bytes = 1024 * 1024;

template <typename T>
void read(const nlohmann::json& json, const char* key, T& field) {
    if (const auto found = json.find(key); found != json.end()) found->get_to(field);
}

}  // namespace

std::string to_json(const GenerationRequest& request) {
    const nlohmann::json json = {
        {"version", current_version},
        {"prompt", request.prompt},
        {"negative_prompt", request.negative_prompt},
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
        {"initial_latents_path", request.initial_latents_path},
    };
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<GenerationRequest> request_from_json(const std::string& text) {
    if (text.size() > max_json_bytes) return failure(ErrorCode::corrupt_file, "the stored request is over 1 MiB long");
    try {
        const auto json = nlohmann::json::parse(text);
        if (!json.is_object()) return failure(ErrorCode::corrupt_file, "the stored request is not a JSON object");
        int version = current_version;
        read(json, "version", version);
        if (version > current_version) {
            return failure(ErrorCode::corrupt_file,
                           "the request was written by a newer version of Fuselight (format " + std::to_string(version) + ")");
        }
        GenerationRequest request;
        read(json, "prompt", request.prompt);
        read(json, "negative_prompt", request.negative_prompt);
        read(json, "width", request.width);
        read(json, "height", request.height);
        read(json, "num_inference_steps", request.num_inference_steps);
        read(json, "guidance_scale", request.guidance_scale);
        read(json, "seed", request.seed);
        read(json, "num_images", request.num_images);
        read(json, "batch_size", request.batch_size);
        read(json, "model_id", request.model_id);
        read(json, "initial_latents_path", request.initial_latents_path);
        std::string dtype = to_string(request.dtype);
        read(json, "dtype", dtype);
        auto parsed = parse_dtype(dtype);
        if (!parsed) return failure(ErrorCode::corrupt_file, parsed.error().detail);
        request.dtype = *parsed;
        std::string sampler = to_string(request.sampler);
        read(json, "sampler", sampler);
        const auto known = parse_sampler(sampler);
        if (!known) return failure(ErrorCode::corrupt_file, known.error().detail);
        request.sampler = *known;
        return request;
    } catch (const nlohmann::json::exception& error) {
        return failure(ErrorCode::corrupt_file, std::string("the stored request cannot be read: ") + error.what());
    }
}

}  // namespace inference
