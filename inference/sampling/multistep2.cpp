// SPDX-License-Identifier: Apache-2.0
#include "inference/core/exception.h"
#include "inference/sampling/sampler.h"

namespace inference {

SamplerState sample_multistep2(const VelocityFn& velocity, SamplerState state, int end, const Schedule& schedule, const StepFn& on_step,
                               const std::stop_token& stop) {
    for (int i = state.step; i < end; ++i) {
        throw_if_stopped(stop);
        const auto v = velocity(state.latents, schedule.sigma(i));
        // Half a step along the line through the last two velocities: the mean velocity of the step.
        const auto mean = i > 0 ? at::lerp(state.velocity, v, 1 + 0.5 * schedule.step_size(i) / schedule.step_size(i - 1)) : v;
        const auto moved = at::add(state.latents, mean, schedule.step_size(i));
        if (on_step) on_step({i + 1, state.latents, v, schedule.sigma(i)});
        state = {moved, i + 1, v};
    }
    return state;
}

}  // namespace inference
