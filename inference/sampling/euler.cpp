// SPDX-License-Identifier: Apache-2.0
#include "inference/sampling/euler.h"

#include "inference/core/exception.h"

namespace inference {

torch::Tensor sample_euler(const VelocityFn& velocity, torch::Tensor latents, const Schedule& schedule, const StepFn& on_step,
                           const std::stop_token& stop) {
    for (int i = 0; i < schedule.steps(); ++i) {
        throw_if_stopped(stop);
        const float sigma = schedule.sigmas[static_cast<std::size_t>(i)], next = schedule.sigmas[static_cast<std::size_t>(i) + 1];
        const auto v = velocity(latents, sigma);
        const auto moved = at::add(latents, v, static_cast<double>(next) - static_cast<double>(sigma));
        if (on_step) on_step({i + 1, latents, v, sigma});
        latents = moved;
    }
    return latents;
}

torch::Tensor apply_guidance(const torch::Tensor& both, double guidance_scale) {
    const auto halves = both.chunk(2);
    return at::lerp(halves[1], halves[0], guidance_scale);
}

}  // namespace inference
