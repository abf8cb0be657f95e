// SPDX-License-Identifier: Apache-2.0
#include "ui/start/model_source.h"

#include <filesystem>
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

inference::PromptTokenizerFactory tokenizerFactory(std::string pipeline_path, std::string text_model_path) {
    return [pipeline_path = std::move(pipeline_path), text_model_path = std::move(text_model_path)] {
        const std::string own = pipeline_path + "/tokenizer/tokenizer.model";
        std::error_code ignored;
        return inference::make_prompt_tokenizer(std::filesystem::exists(own, ignored) ? own : text_model_path + "/tokenizer.model");
    };
}

app::ModelBackend modelBackend(std::string module_path, inference::EngineConfig config) {
    const auto config_of = [config = std::move(config)](const app::ModelLocation& location) {
        inference::EngineConfig own = config;
        own.pipeline_path = location.pipeline.toStdString();
        own.text_model_path = location.text_model.toStdString();
        return own;
    };
    app::ModelBackend backend;
    backend.engine = [module_path, config_of](const app::ModelLocation& location) { return engineFactory(module_path, config_of(location)); };
    backend.tokenizer = [](const app::ModelLocation& location) {
        return tokenizerFactory(location.pipeline.toStdString(), location.text_model.toStdString());
    };
    backend.describe = [module_path, config_of](const app::ModelLocation& location,
                                                std::stop_token stop) -> inference::Result<inference::ModelDescription> {
        auto module = inference::open_engine_module(module_path);
        if (!module) return tl::unexpected<inference::Error>(module.error());
        return (*module)->describe_model(config_of(location), std::move(stop));
    };
    backend.identify = [module_path, config_of](const app::ModelLocation& location, const inference::LoadProgressFn& on_progress,
                                                std::stop_token stop) -> inference::Result<std::string> {
        auto module = inference::open_engine_module(module_path);
        if (!module) return tl::unexpected<inference::Error>(module.error());
        return (*module)->identify_model(config_of(location), on_progress, std::move(stop));
    };
    return backend;
}

}  // namespace ui
