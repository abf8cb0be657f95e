// SPDX-License-Identifier: Apache-2.0
#include "ui/start/model_source.h"

#include <utility>

#include "inference/api/engine_module.h"
#include "inference/tokenizer/prompt_tokenizer.h"

namespace ui {

inference::EngineFactory engineFactory(std::string module_path, inference::EngineConfig config) {
    return [module_path = std::move(module_path), config = std::move(config)](
               const inference::LoadProgressFn& on_progress, std::stop_token stop) -> inference::Result<std::unique_ptr<inference::Engine>> {
        auto module = inference::open_engine_module(module_path);
        if (!module) return tl::unexpected<inference::Error>(module.error());
        return (*module)->create_engine(config, on_progress, std::move(stop));
    };
}

inference::PromptTokenizerFactory tokenizerFactory(std::string text_model_path) {
    return [file = std::move(text_model_path) + "/tokenizer.model"] { return inference::make_prompt_tokenizer(file); };
}

}  // namespace ui
