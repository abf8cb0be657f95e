// SPDX-License-Identifier: Apache-2.0
#include "inference/core/exception.h"
#include "inference/sampling/sampler.h"

namespace inference {

torch::Tensor sample_euler(const VelocityFn& velocity, torch::Tensor latents, const Schedule& schedule, const StepFn& on_step,
                           const std::stop_token& stop) {
    for (int i = 0; i < schedule.steps(); ++i) {
        throw_if_stopped(stop);
        const auto v = velocity(latents, schedule.sigma(i));
        const auto moved = at::add(latents, v, schedule.step_size(i));
        if (on_step) on_step({i + 1, latents, v, schedule.sigma(i)});
        latents = moved;
    }
    return latents;
}

}  // namespace inference
