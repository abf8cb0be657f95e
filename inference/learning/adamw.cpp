// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/adamw.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace inference {
namespace {

constexpr double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8, decayed_rate = 0.3;

}  // namespace

OptimiserState OptimiserState::from(torch::Tensor initial) {
    OptimiserState state;
    state.first_moment = at::zeros_like(initial);
    state.second_moment = at::zeros_like(initial);
    state.average = initial.clone();
    state.parameters = std::move(initial);
    return state;
}

double learning_rate(const TrainingConfig& config, int step) {
    const double done = static_cast<double>(step);
    double rate = config.learning_rate;
    if (step < config.warmup_steps) rate *= (done + 1.0) / config.warmup_steps;
    if (done >= config.steps * (1.0 - config.decay_share)) rate *= decayed_rate;
    return rate;
}

void adamw_step(OptimiserState& state, const torch::Tensor& gradient, const TrainingConfig& config) {
    const double norm = gradient.norm().item<double>();
    const auto g = norm > config.clip_norm ? gradient * (config.clip_norm / norm) : gradient;
    const double rate = learning_rate(config, state.step), number = state.step + 1.0;
    state.first_moment.mul_(beta1).add_(g, 1.0 - beta1);
    state.second_moment.mul_(beta2).addcmul_(g, g, 1.0 - beta2);
    const auto deviation = (state.second_moment / (1.0 - std::pow(beta2, number))).sqrt_().add_(epsilon);
    state.parameters.mul_(1.0 - rate * config.weight_decay);
    state.parameters.addcdiv_(state.first_moment, deviation, -rate / (1.0 - std::pow(beta1, number)));
    const double keep = std::min(config.ema_decay, number / (number + 9.0));
    state.average.lerp_(state.parameters, 1.0 - keep);
    ++state.step;
}

}  // namespace inference
