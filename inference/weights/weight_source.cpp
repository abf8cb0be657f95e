// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/weight_source.h"

#include "inference/core/exception.h"

namespace inference {
namespace {

template <typename Visit> void for_each_tensor(const Checkpoint& weights, std::string_view prefix, Visit&& visit) {
    bool any = false;
    for (const auto& name : weights.names()) {
        if (name.rfind(prefix, 0) != 0) continue;
        any = true;
        visit(name, weights.entry(name));
    }
    if (!any) fail(ErrorCode::corrupt_file, "no tensor's name starts with \"" + std::string(prefix) + "\"");
}

}  // namespace

LayerWeights WeightSource::load(std::string_view prefix) const {
    LayerWeights layer;
    for_each_tensor(*weights_, prefix, [&](const std::string& name, const TensorEntry& entry) {
        layer.emplace(name.substr(prefix.size()), weights_->load(name, entry.shape, placement_));
    });
    return layer;
}

std::int64_t WeightSource::bytes(std::string_view prefix) const {
    std::int64_t total = 0;
    for_each_tensor(*weights_, prefix, [&](const std::string&, const TensorEntry& entry) {
        total += static_cast<std::int64_t>(entry.size / c10::elementSize(entry.dtype) * c10::elementSize(placement_.dtype));
    });
    return total;
}

void WeightSource::prefetch(std::string_view prefix) const {
    for_each_tensor(*weights_, prefix, [&](const std::string& name, const TensorEntry&) { weights_->will_need(name); });
}

}  // namespace inference
