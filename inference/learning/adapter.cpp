// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/adapter.h"

namespace inference {
namespace {

LowRank stack(const std::vector<WeightedAdapter>& adapters, const AdapterLayout& layout, std::size_t layer, AdaptedMatrix first, AdaptedMatrix last,
              const Placement& placement) {
    const auto begin = static_cast<std::size_t>(first), end = static_cast<std::size_t>(last) + 1;
    std::int64_t rank = 0, out = 0;
    for (auto m = begin; m < end; ++m) {
        out += layout.shape(static_cast<AdaptedMatrix>(m)).out;
        for (const auto& adapter : adapters) {
            const auto& pair = adapter.weights->layers[layer][m];
            if (pair.defined()) rank += pair.down.size(0);
        }
    }
    if (rank == 0) return {};
    auto down = torch::empty({rank, layout.shape(first).in}, torch::kFloat32), up = torch::zeros({out, rank}, torch::kFloat32);
    std::int64_t row = 0, column = 0;
    for (auto m = begin; m < end; ++m) {
        const auto rows = layout.shape(static_cast<AdaptedMatrix>(m)).out;
        for (const auto& [weights, strength] : adapters) {
            const auto& pair = weights->layers[layer][m];
            if (!pair.defined()) continue;
            const auto r = pair.down.size(0);
            down.narrow(0, column, r).copy_(pair.down);
            up.narrow(0, row, rows).narrow(1, column, r).copy_(pair.up * (pair.scale * strength));
            column += r;
        }
        row += rows;
    }
    return {down.to(placement.device, placement.dtype), up.to(placement.device, placement.dtype)};
}

}  // namespace

std::int64_t AdapterWeights::bytes() const {
    std::size_t total = 0;
    for (const auto& layer : layers) {
        for (const auto& pair : layer) {
            if (pair.defined()) total += pair.down.nbytes() + pair.up.nbytes();
        }
    }
    return static_cast<std::int64_t>(total);
}

std::vector<LayerLowRank> stack_adapters(const std::vector<WeightedAdapter>& adapters, const AdapterLayout& layout, const Placement& placement) {
    std::vector<LayerLowRank> layers(static_cast<std::size_t>(layout.layers()));
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto at = [&](std::size_t group) {
            return stack(adapters, layout, i, stacked_matrices[group].first, stacked_matrices[group].second, placement);
        };
        layers[i] = {at(0), at(1), at(2), at(3)};
    }
    return layers;
}

}  // namespace inference
