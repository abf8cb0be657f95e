// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/residency.h"

#include <algorithm>
#include <numeric>

#include "inference/core/exception.h"
#include "inference/core/memory.h"

namespace inference {
namespace {

std::int64_t largest(const std::vector<std::int64_t>& layers) { return layers.empty() ? 0 : *std::max_element(layers.begin(), layers.end()); }

std::int64_t first(const std::vector<std::int64_t>& layers, std::int64_t count) {
    const auto end = layers.begin() + std::min<std::int64_t>(count, static_cast<std::int64_t>(layers.size()));
    return std::accumulate(layers.begin(), end, std::int64_t{0});
}

}  // namespace

std::int64_t least_bytes(const WeightEstimate& weights, std::int64_t working_bytes) {
    return weights.rest + std::max(working_bytes, largest(weights.text_layers)) + largest(weights.transformer_layers);
}

Residency plan_residency(const WeightEstimate& weights, std::int64_t working_bytes, std::int64_t available) {
    Residency plan;
    const auto needed = weights.total() + working_bytes;
    if (needed <= available) return plan;
    const auto amounts = "the model needs " + format_bytes(needed) + " of memory and " + format_bytes(available) + " are available";
    plan.text_layers = 0;
    const auto drawing = std::max(working_bytes, largest(weights.text_layers)), image = weights.rest + weights.transformer_bytes();
    if (image + drawing <= available) {
        plan.reason = amounts + ": the text model (" + format_bytes(weights.text_bytes()) + ") is read from disk for each new prompt";
        return plan;
    }
    // While a layer is read it lies in memory beside those that stay.
    const auto room = available - least_bytes(weights, working_bytes);
    if (room < 0) {
        fail(ErrorCode::out_of_memory,
             "even with its layers read from disk one by one the model needs about " + format_bytes(available - room) + " of memory; " +
                 format_bytes(available) + " are available");
    }
    plan.transformer_layers = 0;
    for (const auto layer : weights.transformer_layers) {
        if (first(weights.transformer_layers, plan.transformer_layers) + layer > room) break;
        ++plan.transformer_layers;
    }
    const auto count = static_cast<std::int64_t>(weights.transformer_layers.size());
    plan.reason = amounts + ": the text model is read from disk for each new prompt, and " + std::to_string(count - plan.transformer_layers) +
        " of the transformer's " + std::to_string(count) + " layers in every step";
    return plan;
}

Residency stream_every_layer() { return {0, 0, "all layers are read from disk whenever they are needed, as was asked"}; }

std::int64_t resident_bytes(const WeightEstimate& weights, const Residency& residency) {
    return weights.rest + first(weights.text_layers, residency.text_layers) + first(weights.transformer_layers, residency.transformer_layers);
}

}  // namespace inference
