// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/models/model_backend.h"
#include "inference/api/engine.h"
#include "inference/api/prompt_tokenizer.h"

namespace ui {

/// An engine from the module beside the program. The module, and libtorch with it, is opened when the factory is called: on
/// the engine thread, after the window is up.
inference::EngineFactory engineFactory(std::string module_path, inference::EngineConfig config);

/// The tokenizer alone, of the pipeline where it holds one, else of the text model; needs no libtorch.
inference::PromptTokenizerFactory tokenizerFactory(std::string pipeline_path, std::string text_model_path);

/// The same for any model: `config` says how it runs, the location what it is.
app::ModelBackend modelBackend(std::string module_path, inference::EngineConfig config);

}  // namespace ui
