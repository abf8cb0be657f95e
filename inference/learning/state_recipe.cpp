// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/state_recipe.h"

#include <cmath>
#include <set>

namespace inference::state_recipe {
namespace {

constexpr double least_deviation = 1e-6;

}  // namespace

Taps taps_of(std::int64_t num_layers) {
    const auto at = [&](double share) { return static_cast<std::int64_t>(std::ceil(static_cast<double>(num_layers) * share)); };
    const std::set<std::int64_t> image = {at(0.25), at(0.5), at(0.75)};
    std::set<std::int64_t> judge;
    for (const auto layer : {at(0.375), at(0.625)}) {
        if (!image.contains(layer)) judge.insert(layer);
    }
    if (judge.empty()) judge.insert(0);  // so few layers that only the stream's beginning is left
    std::set<std::int64_t> all = image;
    all.insert(judge.begin(), judge.end());
    Taps taps;
    taps.all.assign(all.begin(), all.end());
    for (std::size_t i = 0; i < taps.all.size(); ++i) (image.contains(taps.all[i]) ? taps.image : taps.judge).push_back(static_cast<std::int64_t>(i));
    return taps;
}

torch::Tensor pool(const torch::Tensor& stream, std::int64_t batch) {
    const auto tokens = stream.view({batch, -1, stream.size(1)});
    return at::cat({tokens.mean(1), tokens.std(1, false)}, 1);
}

torch::Tensor pool_backward(const torch::Tensor& stream, std::int64_t batch, const torch::Tensor& d_pooled) {
    const auto tokens = stream.view({batch, -1, stream.size(1)});
    const auto D = stream.size(1), N = tokens.size(1);
    const auto d_mean = d_pooled.narrow(1, 0, D).unsqueeze(1), d_deviation = d_pooled.narrow(1, D, D).unsqueeze(1);
    const auto centred = tokens - tokens.mean(1, true);
    const auto deviation = centred.square().mean(1, true).sqrt().clamp_min(least_deviation);
    return ((d_mean + centred / deviation * d_deviation) / static_cast<double>(N)).reshape({batch * N, D});
}

}  // namespace inference::state_recipe
