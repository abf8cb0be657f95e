// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/adapter_store.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "inference/core/exception.h"

namespace inference {
namespace {

constexpr std::size_t max_loaded = RequestLimits::max_adapters;

}  // namespace

std::vector<LayerLowRank> AdapterStore::stack(const std::vector<AdapterUse>& uses, const AdapterLayout& layout, const std::string& model_id,
                                              const Placement& placement, const std::stop_token& stop) {
    std::vector<AdapterUse> acting;
    std::copy_if(uses.begin(), uses.end(), std::back_inserter(acting), [](const AdapterUse& use) { return use.strength != 0.0; });
    if (acting.empty()) return {};
    std::vector<std::shared_ptr<const Adapter>> adapters;  // an adapter that was deleted is not used any more, even where it is remembered
    for (const auto& use : acting) adapters.push_back(load(use.id, layout, model_id, stop));
    if (acting == last_uses_ && placement.dtype == last_placement_.dtype && placement.device == last_placement_.device) return last_stack_;
    std::vector<WeightedAdapter> weighted;
    for (std::size_t i = 0; i < acting.size(); ++i) weighted.push_back({&adapters[i]->weights, acting[i].strength});
    last_stack_ = stack_adapters(weighted, layout, placement);
    last_uses_ = std::move(acting);
    last_placement_ = placement;
    return last_stack_;
}

std::shared_ptr<const Adapter> AdapterStore::load(const std::string& id, const AdapterLayout& layout, const std::string& model_id,
                                                  const std::stop_token& stop) {
    const auto path = folder_ + "/" + id + "/adapter.safetensors";
    std::error_code ignored;
    if (folder_.empty() || !std::filesystem::exists(path, ignored)) {
        fail(ErrorCode::invalid_request, "there is no adapter " + id.substr(0, 12) + (folder_.empty() ? "" : " in " + folder_));
    }
    const auto known = std::find_if(loaded_.begin(), loaded_.end(), [&](const auto& each) { return each->info.id == id; });
    if (known != loaded_.end()) {
        loaded_.splice(loaded_.begin(), loaded_, known);
        return loaded_.front();
    }
    auto adapter = std::make_shared<const Adapter>(read_adapter(path, layout, model_id, stop));
    if (adapter->info.id != id) fail(ErrorCode::corrupt_file, path + ": its contents are not those it was stored with (its hash differs)");
    while (loaded_.size() >= max_loaded) loaded_.pop_back();
    loaded_.push_front(std::move(adapter));
    return loaded_.front();
}

void AdapterStore::forget() {
    loaded_.clear();
    last_uses_.clear();
    last_stack_.clear();
}

}  // namespace inference
