// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "inference/api/result.h"

namespace inference {

/// How a prompt reads to the model, for the counter under the editor.
struct PromptTokens {
    int count = 0;                ///< tokens with BOS, uncut
    int limit = 0;                ///< tokens the model takes; count > limit means that text is cut
    std::size_t cut_at_byte = 0;  ///< offset in the UTF-8 prompt of the first byte that is cut; the prompt's length when none is

    bool operator==(const PromptTokens&) const = default;
};

/// Counts with the tokenizer that the engine itself uses. Thread-safe after construction, cheap enough for every key press.
class PromptTokenizer {
public:
    virtual ~PromptTokenizer() = default;
    [[nodiscard]] virtual PromptTokens measure(const std::string& prompt, int limit) const = 0;
};

/// Loading a vocabulary takes a few hundred milliseconds: call it off the GUI thread.
using PromptTokenizerFactory = std::function<Result<std::unique_ptr<PromptTokenizer>>()>;

}  // namespace inference
