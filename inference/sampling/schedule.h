// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace inference {

/// Noise levels of one sampling run: n + 1 strictly decreasing sigmas, the first 1 (for n >= 2 and n = 1), the last 0.
struct Schedule {
    std::vector<float> sigmas;
    int steps() const noexcept { return static_cast<int>(sigmas.size()) - 1; }
};

/// The FlowMatchEulerDiscrete grid as the reference pipeline uses it: s(t) = shift t / (1 + (shift - 1) t) acts once on the ends of a
/// linear grid and again on its points, so the last nonzero sigma is s(s(0.001)). float64 inside, float32 out.
/// @param steps  1 or more.  @param shift  positive.
/// Source: the reference's section 6.2; golden values in tests/inference.
Schedule make_flow_match_schedule(int steps, double shift);

}  // namespace inference
