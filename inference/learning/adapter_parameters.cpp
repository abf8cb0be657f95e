// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/adapter_parameters.h"

#include <cmath>
#include <utility>

#include "inference/learning/draws.h"

namespace inference {

AdapterParameters::AdapterParameters(AdapterLayout layout, std::int64_t rank, double alpha) :
    layout_(std::move(layout)), rank_(rank), scale_(alpha / static_cast<double>(rank)) {}

torch::Tensor AdapterParameters::initial(std::uint64_t seed) const {
    auto vector = torch::zeros({size()}, torch::kFloat32);
    const auto weights = view(vector);
    for (std::size_t layer = 0; layer < weights.layers.size(); ++layer) {
        for (std::size_t m = 0; m < num_adapted_matrices; ++m) {
            const auto& down = weights.layers[layer][m].down;
            const auto noise = Draws(seed, DrawPurpose::initial_weights, layer, m).normal(down.sizes());
            down.copy_(noise / std::sqrt(static_cast<double>(down.size(1))));
        }
    }
    return vector;
}

AdapterWeights AdapterParameters::view(const torch::Tensor& vector) const {
    TORCH_CHECK(vector.dim() == 1 && vector.size(0) == size(), "an adapter of ", size(), " numbers, not ", vector.sizes());
    AdapterWeights weights;
    weights.layers.resize(static_cast<std::size_t>(layout_.layers()));
    std::int64_t at = 0;
    for (auto& layer : weights.layers) {
        for (std::size_t m = 0; m < num_adapted_matrices; ++m) {
            const auto [out, in] = layout_.shape(static_cast<AdaptedMatrix>(m));
            layer[m].down = vector.narrow(0, at, rank_ * in).view({rank_, in});
            layer[m].up = vector.narrow(0, at + rank_ * in, out * rank_).view({out, rank_});
            layer[m].scale = scale_;
            at += rank_ * (in + out);
        }
    }
    return weights;
}

void AdapterParameters::add_gradients(const std::vector<LayerLowRank>& stacked, torch::Tensor& gradient) const {
    const auto into = view(gradient);
    for (std::size_t i = 0; i < stacked.size(); ++i) {
        const LowRank* const groups[] = {&stacked[i].qkv, &stacked[i].o_proj, &stacked[i].gate_up, &stacked[i].down_proj};
        for (std::size_t group = 0; group < std::size(groups); ++group) {
            const auto down = groups[group]->down().to(torch::kCPU, torch::kFloat32), up = groups[group]->up().to(torch::kCPU, torch::kFloat32);
            std::int64_t row = 0, column = 0;
            for (auto m = static_cast<std::size_t>(stacked_matrices[group].first); m <= static_cast<std::size_t>(stacked_matrices[group].second);
                 ++m) {
                const auto& pair = into.layers[i][m];
                pair.down.add_(down.narrow(0, column, rank_));
                pair.up.add_(up.narrow(0, row, pair.up.size(0)).narrow(1, column, rank_), scale_);
                row += pair.up.size(0);
                column += rank_;
            }
        }
    }
}

}  // namespace inference
