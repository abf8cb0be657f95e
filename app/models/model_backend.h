// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "app/models/model_entry.h"
#include "inference/api/engine.h"
#include "inference/api/prompt_tokenizer.h"

namespace app {

/// What can be done with the files of a model. Made by whoever knows the engine module (ui/start) or by a test.
/// `engine` and `tokenizer` only make factories; `describe` and `identify` read files and run on a pool thread.
struct ModelBackend {
    std::function<inference::EngineFactory(const ModelLocation&)> engine;
    std::function<inference::PromptTokenizerFactory(const ModelLocation&)> tokenizer;
    std::function<inference::Result<inference::ModelDescription>(const ModelLocation&, std::stop_token)> describe;
    std::function<inference::Result<std::string>(const ModelLocation&, const inference::LoadProgressFn&, std::stop_token)> identify;
};

}  // namespace app
