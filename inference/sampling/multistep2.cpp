// SPDX-License-Identifier: Apache-2.0
#include "inference/core/exception.h"
#include "inference/sampling/sampler.h"

namespace inference {

torch::Tensor sample_multistep2(const VelocityFn& velocity, torch::Tensor latents, const Schedule& schedule, const StepFn& on_step,
                                const std::stop_token& stop) {
    torch::Tensor previous;
    for (int i = 0; i < schedule.steps(); ++i) {
        throw_if_stopped(stop);
        const auto v = velocity(latents, schedule.sigma(i));
        // Half a step along the line through the last two velocities: the mean velocity of the step.
        const auto mean = previous.defined() ? at::lerp(previous, v, 1 + 0.5 * schedule.step_size(i) / schedule.step_size(i - 1)) : v;
        const auto moved = at::add(latents, mean, schedule.step_size(i));
        if (on_step) on_step({i + 1, latents, v, schedule.sigma(i)});
        latents = moved;
        previous = v;
    }
    return latents;
}

}  // namespace inference
