// SPDX-License-Identifier: Apache-2.0
#include "inference/api/random_pipeline.h"

namespace inference {

const char* to_string(PipelinePreset preset) noexcept {
    switch (preset) {
    case PipelinePreset::full: return "full";
    case PipelinePreset::midsize: return "midsize";
    case PipelinePreset::tiny: return "tiny";
    }
    return "midsize";
}

Result<PipelinePreset> parse_pipeline_preset(const std::string& text) {
    for (const auto preset : {PipelinePreset::full, PipelinePreset::midsize, PipelinePreset::tiny}) {
        if (text == to_string(preset)) return preset;
    }
    return failure(ErrorCode::invalid_request, "preset is \"" + text + "\"; it must be full, midsize or tiny");
}

const char* to_string(StorageFormat format) noexcept {
    switch (format) {
    case StorageFormat::float32: return "float32";
    case StorageFormat::bfloat16: return "bfloat16";
    case StorageFormat::float16: return "float16";
    }
    return "float32";
}

Result<StorageFormat> parse_storage_format(const std::string& text) {
    for (const auto format : {StorageFormat::float32, StorageFormat::bfloat16, StorageFormat::float16}) {
        if (text == to_string(format)) return format;
    }
    return failure(ErrorCode::invalid_request, "format is \"" + text + "\"; it must be float32, bfloat16 or float16");
}

}  // namespace inference
