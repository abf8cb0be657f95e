// SPDX-License-Identifier: Apache-2.0
#include "inference/sampling/schedule.h"

namespace inference {

Schedule make_flow_match_schedule(int steps, double shift) {
    const auto shifted = [shift](double t) { return shift * t / (1 + (shift - 1) * t); };
    const double low = shifted(0.001);
    Schedule schedule;
    for (int i = 0; i < steps; ++i) {
        const double t = steps > 1 ? 1 + (low - 1) * i / (steps - 1) : 1.0;
        schedule.sigmas.push_back(static_cast<float>(shifted(t)));
    }
    schedule.sigmas.push_back(0.0f);
    return schedule;
}

}  // namespace inference
