// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "inference/api/result.h"

namespace inference {

/// A text file of a tokenizer's folder, whole. Errors: model_not_found (absent), corrupt_file (implausibly large), io.
Result<std::string> read_tokenizer_file(const std::string& path);

/// A JSON object. Errors: as read_tokenizer_file, and corrupt_file when it is none.
Result<nlohmann::json> read_json_object(const std::string& path);
/// The same; an absent file is an empty object.
Result<nlohmann::json> read_json_object_if_there(const std::string& path);

}  // namespace inference
