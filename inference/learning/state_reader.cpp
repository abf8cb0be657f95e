// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/state_reader.h"

#include <iterator>
#include <utility>

#include "inference/core/exception.h"
#include "inference/learning/draws.h"

namespace inference {

using torch::Tensor;

StateReader::StateReader(FrozenModel model) : model_(std::move(model)), taps_(state_recipe::taps_of(model_.config->transformer.num_hidden_layers)) {}

std::vector<std::vector<Tensor>> StateReader::read(const Tensor& latents, const std::vector<std::shared_ptr<const PromptState>>& prompts,
                                                   const std::stop_token& stop) const {
    constexpr std::int64_t num_seeds = std::size(state_recipe::noise_seeds);
    const auto batch = latents.size(0);
    std::vector<std::shared_ptr<const PromptState>> rows;
    std::vector<Tensor> noises;
    for (const auto seed : state_recipe::noise_seeds) {  // all pictures with the first noise, then all with the second
        rows.insert(rows.end(), prompts.begin(), prompts.end());
        noises.push_back(Draws(seed, DrawPurpose::feature_noise, 0, 0).normal(latents.sizes().slice(1)).expand_as(latents));
    }
    const auto noise = at::cat(noises).to(latents.device()), clean = latents.repeat({num_seeds, 1, 1, 1});
    auto conditioning = model_.transformer->prepare(rows, latents.size(2), latents.size(3));
    std::vector<std::vector<Tensor>> levels;
    for (const double t : state_recipe::noise_levels) {
        throw_if_stopped(stop);
        const auto streams =
            model_.transformer->streams(at::lerp(clean, noise, t), conditioning, timesteps_of(torch::full({1}, t, torch::kFloat32)), taps_.all);
        auto& pooled = levels.emplace_back();
        for (const auto& stream : streams) pooled.push_back(state_recipe::pool(stream, num_seeds * batch).view({num_seeds, batch, -1}).mean(0));
    }
    return levels;
}

Tensor StateReader::image_states(const Tensor& latents, const std::vector<std::shared_ptr<const PromptState>>& prompts,
                                 const std::stop_token& stop) const {
    std::vector<Tensor> blocks;
    for (const auto& level : read(latents, prompts, stop)) {
        for (const auto tap : taps_.image) blocks.push_back(level[static_cast<std::size_t>(tap)]);
    }
    return at::cat(blocks, 1).to(torch::kCPU, torch::kFloat32);
}

}  // namespace inference
