// SPDX-License-Identifier: Apache-2.0
#include "inference/api/model_description.h"

#include <array>
#include <numeric>
#include <utility>

#include <nlohmann/json.hpp>

namespace inference {
namespace {

using nlohmann::json;

constexpr std::size_t max_json_bytes = 1024 * 1024;
constexpr std::array part_kinds = {ModelPart::Kind::text_model, ModelPart::Kind::clip, ModelPart::Kind::transformer, ModelPart::Kind::autoencoder};

template <typename T> std::int64_t sum(const std::vector<ModelPart>& parts, T ModelPart::*field) {
    return std::accumulate(parts.begin(), parts.end(), std::int64_t{0},
                           [field](std::int64_t total, const ModelPart& part) { return total + part.*field; });
}

json to_object(const ModelPart& part) {
    return {{"kind", to_string(part.kind)}, {"parameters", part.parameters}, {"bytes_on_disk", part.bytes_on_disk}, {"dtypes", part.dtypes}};
}

json to_object(const ModelArchitecture& architecture) {
    return {{"pipeline", architecture.pipeline},       {"attention", architecture.attention},     {"positions", architecture.positions},
            {"timestep", architecture.timestep},       {"layers", architecture.layers},           {"width", architecture.width},
            {"text_family", architecture.text_family}, {"text_layers", architecture.text_layers}, {"text_width", architecture.text_width}};
}

ModelPart part_from(const json& object) {
    ModelPart part;
    const auto kind = object.at("kind").get<std::string>();
    for (const auto known : part_kinds) {
        if (kind == to_string(known)) part.kind = known;
    }
    object.at("parameters").get_to(part.parameters);
    object.at("bytes_on_disk").get_to(part.bytes_on_disk);
    object.at("dtypes").get_to(part.dtypes);
    return part;
}

ModelArchitecture architecture_from(const json& object) {
    ModelArchitecture architecture;
    object.at("pipeline").get_to(architecture.pipeline);
    object.at("attention").get_to(architecture.attention);
    object.at("positions").get_to(architecture.positions);
    object.at("timestep").get_to(architecture.timestep);
    object.at("layers").get_to(architecture.layers);
    object.at("width").get_to(architecture.width);
    object.at("text_family").get_to(architecture.text_family);
    object.at("text_layers").get_to(architecture.text_layers);
    object.at("text_width").get_to(architecture.text_width);
    return architecture;
}

ErrorCode code_from(const std::string& text) {
    for (int value = 0; value <= static_cast<int>(ErrorCode::internal); ++value) {
        if (text == to_string(static_cast<ErrorCode>(value))) return static_cast<ErrorCode>(value);
    }
    return ErrorCode::internal;
}

ModelDescription description_from(const json& object) {
    ModelDescription description;
    object.at("name").get_to(description.name);
    object.at("path").get_to(description.path);
    object.at("text_model_path").get_to(description.text_model_path);
    description.architecture = architecture_from(object.at("architecture"));
    for (const auto& part : object.at("parts")) description.parts.push_back(part_from(part));
    for (const auto& size : object.at("native_sizes")) description.native_sizes.push_back({size.at(0).get<int>(), size.at(1).get<int>()});
    object.at("size_multiple").get_to(description.size_multiple);
    object.at("image_channels").get_to(description.image_channels);
    object.at("default_steps").get_to(description.default_steps);
    object.at("default_guidance_scale").get_to(description.default_guidance_scale);
    object.at("max_prompt_tokens").get_to(description.max_prompt_tokens);
    object.at("trained_prompt_tokens").get_to(description.trained_prompt_tokens);
    object.at("licence_path").get_to(description.licence_path);
    object.at("device").get_to(description.device);
    object.at("dtype").get_to(description.dtype);
    object.at("load_bytes").get_to(description.load_bytes);
    object.at("picture_bytes").get_to(description.picture_bytes);
    // Lists of before knew only models whose weights stay.
    description.least_bytes = object.value("least_bytes", description.load_bytes + description.picture_bytes);
    object.at("available_bytes").get_to(description.available_bytes);
    object.at("picture_flops").get_to(description.picture_flops);
    if (const auto& problem = object.at("problem"); !problem.is_null()) {
        description.problem = Error{code_from(problem.at("code").get<std::string>()), problem.at("detail").get<std::string>()};
    }
    return description;
}

}  // namespace

std::int64_t ModelDescription::parameters() const { return sum(parts, &ModelPart::parameters); }
std::int64_t ModelDescription::bytes_on_disk() const { return sum(parts, &ModelPart::bytes_on_disk); }

const char* to_string(ModelPart::Kind kind) noexcept {
    switch (kind) {
    case ModelPart::Kind::text_model: return "text_model";
    case ModelPart::Kind::clip: return "clip";
    case ModelPart::Kind::transformer: return "transformer";
    case ModelPart::Kind::autoencoder: return "autoencoder";
    }
    return "transformer";
}

std::string to_json(const ModelDescription& description) {
    json object = {{"name", description.name},
                   {"path", description.path},
                   {"text_model_path", description.text_model_path},
                   {"architecture", to_object(description.architecture)},
                   {"parts", json::array()},
                   {"native_sizes", json::array()},
                   {"size_multiple", description.size_multiple},
                   {"image_channels", description.image_channels},
                   {"default_steps", description.default_steps},
                   {"default_guidance_scale", description.default_guidance_scale},
                   {"max_prompt_tokens", description.max_prompt_tokens},
                   {"trained_prompt_tokens", description.trained_prompt_tokens},
                   {"licence_path", description.licence_path},
                   {"device", description.device},
                   {"dtype", description.dtype},
                   {"load_bytes", description.load_bytes},
                   {"picture_bytes", description.picture_bytes},
                   {"least_bytes", description.least_bytes},
                   {"available_bytes", description.available_bytes},
                   {"picture_flops", description.picture_flops},
                   {"problem", nullptr}};
    for (const auto& part : description.parts) object["parts"].push_back(to_object(part));
    for (const auto& size : description.native_sizes) object["native_sizes"].push_back({size.width, size.height});
    if (description.problem) object["problem"] = {{"code", to_string(description.problem->code)}, {"detail", description.problem->detail}};
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<ModelDescription> model_description_from_json(const std::string& text) {
    if (text.size() > max_json_bytes) return failure(ErrorCode::corrupt_file, "the stored description is over 1 MiB long");
    try {
        return description_from(json::parse(text));
    } catch (const json::exception& error) {
        return failure(ErrorCode::corrupt_file, std::string("the stored description cannot be read: ") + error.what());
    }
}

}  // namespace inference
