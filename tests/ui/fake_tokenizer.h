// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/prompt_tokenizer.h"

#include <memory>
#include <string>

namespace ui_test {

/// Every word is a token, and one more for the beginning of the sequence; words are divided by spaces.
class WordTokenizer final : public inference::PromptTokenizer {
public:
    inference::PromptTokens measure(const std::string& prompt, int limit) const override {
        inference::PromptTokens tokens{1, limit, prompt.size()};
        bool in_word = false;
        for (std::size_t i = 0; i < prompt.size(); ++i) {
            const bool letter = prompt[i] != ' ';
            if (letter && !in_word && ++tokens.count == limit + 1) tokens.cut_at_byte = i;
            in_word = letter;
        }
        return tokens;
    }
};

inline inference::PromptTokenizerFactory wordTokenizerFactory() {
    return []() -> inference::Result<std::unique_ptr<inference::PromptTokenizer>> { return std::make_unique<WordTokenizer>(); };
}

}  // namespace ui_test
