// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/prompt_reader.h"

#include <algorithm>
#include <utility>

namespace inference {
namespace {

constexpr int separator = -1;  ///< no token

/// What a prompt is cached under.
std::vector<int> key_of(const PromptTokenIds& prompt) {
    auto key = prompt.text;
    if (prompt.clip.empty()) return key;
    key.push_back(separator);
    key.insert(key.end(), prompt.clip.begin(), prompt.clip.end());
    return key;
}

std::string without_trailing_blanks(const std::string& text) { return text.substr(0, text.find_last_not_of(" \t\n\v\f\r") + 1); }

/// The reference lengthens the limit by the instruction's own tokens, for fused models only.
int token_limit(const LoadedModel& model, const std::string& instruction) {
    if (instruction.empty() || !model.config.transformer.fused) return max_prompt_tokens;
    return max_prompt_tokens + model.tokenizer->encode(without_trailing_blanks(instruction), max_prompt_tokens).uncut_count - 1;
}

}  // namespace

PromptTokenIds PromptReader::tokenize(const LoadedModel& model, const std::string& text, const std::string& instruction) const {
    PromptTokenIds ids{model.tokenizer->encode(text, token_limit(model, instruction)).ids, {}};
    if (model.clip) ids.clip = model.clip->tokenizer->encode(text, model.clip->max_tokens);
    return ids;
}

std::vector<std::shared_ptr<const PromptState>> PromptReader::understand(const LoadedModel& model, const std::vector<PromptTokenIds>& prompts,
                                                                         const std::stop_token& stop) {
    std::vector<std::shared_ptr<const PromptState>> states;
    std::vector<PromptTokenIds> missing;
    for (const auto& prompt : prompts) {
        states.push_back(cache_.find(key_of(prompt)));
        if (states.back() == nullptr && std::find(missing.begin(), missing.end(), prompt) == missing.end()) missing.push_back(prompt);
    }
    if (missing.empty()) return states;
    std::vector<std::shared_ptr<const PromptState>> fresh;
    for (const auto& prompt : missing) {
        // Each by itself: together, the last bits of one would depend on which others happen to be in the cache.
        auto encoded = model.text->encode({prompt.text}, stop);
        if (model.clip) encoded.front().pooled = model.clip->model->embed(prompt.clip);
        fresh.push_back(cache_.insert(key_of(prompt), std::move(encoded.front())));
    }
    for (std::size_t p = 0; p < prompts.size(); ++p) {
        if (states[p] != nullptr) continue;
        const auto at = std::find(missing.begin(), missing.end(), prompts[p]) - missing.begin();
        states[p] = fresh[static_cast<std::size_t>(at)];
    }
    return states;
}

}  // namespace inference
