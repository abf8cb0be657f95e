// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "inference/api/engine.h"
#include "inference/engine/local_engine.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace tests {

/// The engine's config for the tiny model in `folder`, in float32 on one CPU thread: numbers do not depend on the machine's cores.
inline inference::EngineConfig tiny_config(const std::string& folder) {
    inference::EngineConfig config;
    config.pipeline_path = folder + "/pipeline";
    config.text_model_path = folder + "/text";
    config.dtype = inference::Dtype::float32;
    config.device = "cpu";
    config.num_threads = 1;
    return config;
}

inline inference::Result<std::unique_ptr<inference::Engine>> open_engine(const inference::EngineConfig& config) {
    return inference::make_local_engine(config, {}, {});
}

inline inference::GenerationRequest tiny_request() {
    inference::GenerationRequest request;
    request.prompt = "a red apple";
    request.seed = 7;
    return request;
}

/// What a generation gave, in order.
struct Drawn {
    inference::Result<inference::GenerationSummary> summary;
    std::vector<inference::RenderedImage> images;
    std::vector<inference::StepProgress> steps;
};

inline Drawn draw(inference::Engine& engine, const inference::GenerationRequest& request, std::stop_token stop = {},
                  inference::GenerationCallbacks callbacks = {}) {
    Drawn drawn;
    if (!callbacks.on_image) callbacks.on_image = [&](inference::RenderedImage image) { drawn.images.push_back(std::move(image)); };
    if (!callbacks.on_step) callbacks.on_step = [&](const inference::StepProgress& step) { drawn.steps.push_back(step); };
    drawn.summary = engine.generate(request, callbacks, std::move(stop));
    return drawn;
}

}  // namespace tests
