// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "inference/api/random_pipeline.h"

namespace inference {

/// The configs of a pipeline directory by the names with which fields are addressed: "index", "transformer", "vae", "scheduler".
using PipelineConfigs = std::map<std::string, nlohmann::ordered_json>;

PipelineConfigs preset_configs(PipelinePreset preset);

/// Sets a field that is there, addressed as "transformer.base_config.num_hidden_layers". @param value  JSON; a bare word is text.
/// Throws invalid_request when there is no such field.
void set_field(PipelineConfigs& configs, const std::string& field, const std::string& value);

}  // namespace inference
