// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace inference {

/// Noise levels of one sampling run: n + 1 decreasing sigmas, the first 1 up to rounding, the last 0.
struct Schedule {
    std::vector<float> sigmas;

    int steps() const noexcept { return static_cast<int>(sigmas.size()) - 1; }
    float sigma(int i) const { return sigmas[static_cast<std::size_t>(i)]; }
    /// sigma(i + 1) - sigma(i), negative.
    double step_size(int i) const { return static_cast<double>(sigma(i + 1)) - static_cast<double>(sigma(i)); }
};

/// The FlowMatchEulerDiscrete grid as the reference pipeline uses it: s(t) = shift t / (1 + (shift - 1) t) acts once on the ends of a
/// linear grid and again on its points, so the last nonzero sigma is s(s(1 / num_train_timesteps)). Rounds where the reference rounds:
/// the ends in float32, the points in float64, the result in float32.
/// @param steps  1 or more.  @param shift  positive.
/// Source: diffusers 0.32 FlowMatchEulerDiscreteScheduler; golden values in tests/sampling.
Schedule make_flow_match_schedule(int steps, double shift, int num_train_timesteps = 1000);

}  // namespace inference
