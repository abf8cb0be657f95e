// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "inference/engine/loaded_model.h"
#include "inference/model/prompt_cache.h"

namespace inference {

/// A prompt as the text models of a pipeline read it.
struct PromptTokenIds {
    std::vector<int> text;  ///< BOS first
    std::vector<int> clip;  ///< padded; empty where the pipeline has no CLIP

    bool operator==(const PromptTokenIds&) const = default;
};

/// From words to what the image stream needs of them, once a prompt.
class PromptReader {
public:
    explicit PromptReader(std::int64_t cache_bytes) : cache_(cache_bytes) {}

    /// @param instruction  of the request, whose own tokens do not count against the limit where the reference does not count them.
    PromptTokenIds tokenize(const LoadedModel& model, const std::string& text, const std::string& instruction) const;

    /// In the order of `prompts`; those that the cache does not hold run as one batch.
    std::vector<std::shared_ptr<const PromptState>> understand(const LoadedModel& model, const std::vector<PromptTokenIds>& prompts,
                                                               const std::stop_token& stop);

    void forget() { cache_.clear(); }

private:
    PromptCache cache_;
};

}  // namespace inference
