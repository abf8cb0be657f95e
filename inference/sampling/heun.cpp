// SPDX-License-Identifier: Apache-2.0
#include "inference/core/exception.h"
#include "inference/sampling/sampler.h"

namespace inference {

torch::Tensor sample_heun(const VelocityFn& velocity, torch::Tensor latents, const Schedule& schedule, const StepFn& on_step,
                          const std::stop_token& stop) {
    for (int i = 0; i < schedule.steps(); ++i) {
        throw_if_stopped(stop);
        const auto v = velocity(latents, schedule.sigma(i));
        auto moved = at::add(latents, v, schedule.step_size(i));
        if (i + 1 < schedule.steps()) {
            throw_if_stopped(stop);
            const auto mean = at::lerp(v, velocity(moved, schedule.sigma(i + 1)), 0.5);
            moved = at::add(latents, mean, schedule.step_size(i));
        }
        if (on_step) on_step({i + 1, latents, v, schedule.sigma(i)});
        latents = moved;
    }
    return latents;
}

}  // namespace inference
