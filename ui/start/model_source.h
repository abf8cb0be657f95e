// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/engine.h"
#include "inference/api/prompt_tokenizer.h"

namespace ui {

/// An engine from the module beside the program. The module, and libtorch with it, is opened when the factory is called: on
/// the engine thread, after the window is up.
inference::EngineFactory engineFactory(std::string module_path, inference::EngineConfig config);

/// The text model's tokenizer alone; needs no libtorch.
inference::PromptTokenizerFactory tokenizerFactory(std::string text_model_path);

}  // namespace ui
