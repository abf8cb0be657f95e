// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "inference/api/generation_request.h"

namespace inference {

/// The request as one JSON object with a "version" field: what image metadata, the job table and the library store.
std::string to_json(const GenerationRequest& request);

/// Reads what any earlier version wrote. Unknown keys are ignored, absent ones keep their defaults.
/// Errors: corrupt_file (not JSON, wrong types, over 1 MiB, or a version newer than this program).
Result<GenerationRequest> request_from_json(const std::string& text);

}  // namespace inference
