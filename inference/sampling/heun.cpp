// SPDX-License-Identifier: Apache-2.0
#include "inference/core/exception.h"
#include "inference/sampling/sampler.h"

namespace inference {

SamplerState sample_heun(const VelocityFn& velocity, SamplerState state, int end, const Schedule& schedule, const StepFn& on_step,
                         const std::stop_token& stop) {
    for (int i = state.step; i < end; ++i) {
        throw_if_stopped(stop);
        const auto v = velocity(state.latents, schedule.sigma(i));
        auto moved = at::add(state.latents, v, schedule.step_size(i));
        if (i + 1 < schedule.steps()) {
            throw_if_stopped(stop);
            const auto mean = at::lerp(v, velocity(moved, schedule.sigma(i + 1)), 0.5);
            moved = at::add(state.latents, mean, schedule.step_size(i));
        }
        if (on_step) on_step({i + 1, state.latents, v, schedule.sigma(i)});
        state = {moved, i + 1, v};
    }
    return state;
}

}  // namespace inference
