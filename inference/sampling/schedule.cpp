// SPDX-License-Identifier: Apache-2.0
#include "inference/sampling/schedule.h"

namespace inference {
namespace {

template <typename Real> Real shifted(Real t, double shift) { return static_cast<Real>(shift) * t / (1 + static_cast<Real>(shift - 1) * t); }

}  // namespace

Schedule make_flow_match_schedule(int steps, double shift, int num_train_timesteps) {
    const double n = num_train_timesteps;
    const double high = static_cast<double>(shifted(1.0f, shift)) * n;
    const double low = static_cast<double>(shifted(1.0f / static_cast<float>(num_train_timesteps), shift)) * n;
    Schedule schedule;
    for (int i = 0; i < steps; ++i) {
        double timestep = high;
        if (i > 0) timestep = i + 1 == steps ? low : high + i * ((low - high) / (steps - 1));
        schedule.sigmas.push_back(static_cast<float>(shifted(timestep / n, shift)));
    }
    schedule.sigmas.push_back(0.0f);
    return schedule;
}

}  // namespace inference
