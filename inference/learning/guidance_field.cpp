// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/guidance_field.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "inference/core/exception.h"
#include "inference/learning/draws.h"

namespace inference {
namespace {

using torch::Tensor;

constexpr std::int64_t num_levels = std::size(state_recipe::noise_levels);
constexpr double most_noise = 0.98;  ///< beyond it t / (1 - t) is larger than what the derivative is exact to
constexpr double prompt_fades = 0.7, prompt_ends = 0.9;

/// Where nearly all is noise, more of the prompt costs variety, and lower down it does not ("Applying guidance in a limited interval", Kynkaanniemi et
/// al. 2024, arXiv:2404.07724).
Tensor prompt_share(const Tensor& t) { return ((prompt_ends - t) / (prompt_ends - prompt_fades)).clamp(0.0, 1.0); }

Tensor column(const Tensor& values, const Tensor& like) { return values.to(like.device(), torch::kFloat32).view({-1, 1, 1, 1}); }

}  // namespace

GuidanceField::GuidanceField(FrozenModel model, const TrainableTransformer& transformer, StateCritic critic) :
    model_(std::move(model)), transformer_(transformer), taps_(state_recipe::taps_of(model_.config->transformer.num_hidden_layers)),
    critic_(std::move(critic)) {}

GuidanceField::Answer GuidanceField::at(const Tensor& noisy, const Tensor& levels, const Conditioning& text, Conditioning& empty,
                                        const std::vector<Look>& looks, const TrainingConfig& config, const std::stop_token& stop) const {
    const auto batch = noisy.size(0);
    auto base = transformer_.look(noisy, text, timesteps_of(levels), transformer_.num_layers(), stop);
    const auto t = column(levels, noisy);
    const auto clean = noisy - t * base.velocity();

    // The score's slope at the predicted picture. Each row is looked at through one noise level; over the steps of a run all come round.
    std::vector<std::int64_t> level_of;
    std::vector<double> through;
    std::vector<Tensor> noises;
    for (const auto& look : looks) {
        level_of.push_back(static_cast<std::int64_t>((look.step + look.index) % num_levels));
        through.push_back(state_recipe::noise_levels[level_of.back()]);
        noises.push_back(Draws(config.seed, DrawPurpose::critic_noise, look.step, look.index).normal(noisy.sizes().slice(1)));
    }
    const auto look_levels = torch::tensor(through, torch::kFloat64).to(torch::kFloat32);
    const auto l = column(look_levels, noisy);
    const auto noise = at::stack(noises).to(noisy.device());
    const auto last = static_cast<std::size_t>(taps_.all[static_cast<std::size_t>(taps_.image.back())]);
    auto seen = transformer_.look(clean + l * (noise - clean), text, timesteps_of(look_levels), last, stop);
    std::map<std::size_t, Tensor> d_streams;
    const auto slope = critic_.slope().to(noisy.device()).view({num_levels, static_cast<std::int64_t>(taps_.image.size()), -1});
    for (std::size_t i = 0; i < taps_.image.size(); ++i) {
        const auto layer = static_cast<std::size_t>(taps_.all[static_cast<std::size_t>(taps_.image[i])]);
        const auto rows = slope.select(1, static_cast<std::int64_t>(i)).index_select(0, torch::tensor(level_of).to(noisy.device()));
        d_streams[layer] = state_recipe::pool_backward(seen.stream(layer), batch, rows * static_cast<double>(num_levels));
    }
    const auto d_clean = seen.backward_to_latents({}, d_streams, stop) * (1.0 - l);

    const auto d_noisy = d_clean + base.backward_to_latents(-t * d_clean, {}, stop);
    const auto within = t.clamp_max(most_noise);
    const auto liked = d_noisy * (within / (1.0 - within)) / -config.inverse_strength;
    if (config.prompt_weight <= 0.0) return {base.velocity(), liked};
    throw_if_stopped(stop);
    const auto prompted = base.velocity() - model_.transformer->velocity(noisy, empty, timesteps_of(levels));
    return {base.velocity(), liked + config.prompt_weight * prompt_share(t) * prompted};
}

}  // namespace inference
