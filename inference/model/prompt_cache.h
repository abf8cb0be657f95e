// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include "inference/model/prompt_encoder.h"

namespace inference {

/// Prompt states by token ids, least recently used first out, bounded in bytes. Shared by all steps, seeds and jobs of an engine; states are
/// immutable, so a job keeps what it uses even when the cache drops it.
class PromptCache {
public:
    explicit PromptCache(std::int64_t max_bytes) : max_bytes_(max_bytes) {}

    /// Null when the prompt is not there; otherwise it counts as used now.
    std::shared_ptr<const PromptState> find(const std::vector<int>& ids);
    /// A state larger than the whole cache is handed back without being kept.
    std::shared_ptr<const PromptState> insert(const std::vector<int>& ids, PromptState state);
    void clear();

    std::int64_t bytes() const noexcept { return bytes_; }
    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry {
        std::vector<int> ids;
        std::shared_ptr<const PromptState> state;
    };

    std::int64_t max_bytes_;
    std::int64_t bytes_ = 0;
    std::list<Entry> entries_;  ///< most recently used first
    std::map<std::vector<int>, std::list<Entry>::iterator> index_;
};

}  // namespace inference
