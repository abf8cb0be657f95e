// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>
#include <string>
#include <type_traits>
#include <utility>

#include "inference/api/generation_request.h"
#include "inference/api/result.h"

namespace tests {

/// What FakeEngine draws at once.
inline inference::GenerationRequest requestFor(const std::string& prompt, std::uint64_t seed = 7) {
    inference::GenerationRequest request;
    request.prompt = prompt;
    request.width = 16;
    request.height = 16;
    request.num_inference_steps = 4;
    request.guidance_scale = 3.0;
    request.seed = seed;
    request.model_id = "fake-model";
    return request;
}

/// A fixture that cannot be set up ends the program with the error.
template <typename T> T must(inference::Result<T> result) {
    if (!result) qFatal("%s", result.error().detail.c_str());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace tests
