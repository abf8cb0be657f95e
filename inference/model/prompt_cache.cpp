// SPDX-License-Identifier: Apache-2.0
#include "inference/model/prompt_cache.h"

#include <utility>

namespace inference {

std::shared_ptr<const PromptState> PromptCache::find(const std::vector<int>& ids) {
    const auto found = index_.find(ids);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->state;
}

std::shared_ptr<const PromptState> PromptCache::insert(const std::vector<int>& ids, PromptState state) {
    if (auto known = find(ids)) return known;
    auto shared = std::make_shared<const PromptState>(std::move(state));
    const auto size = shared->bytes();
    if (size > max_bytes_) return shared;
    while (bytes_ + size > max_bytes_) {
        bytes_ -= entries_.back().state->bytes();
        index_.erase(entries_.back().ids);
        entries_.pop_back();
    }
    entries_.push_front({ids, shared});
    index_[ids] = entries_.begin();
    bytes_ += size;
    return shared;
}

void PromptCache::clear() {
    index_.clear();
    entries_.clear();
    bytes_ = 0;
}

}  // namespace inference
