// SPDX-License-Identifier: Apache-2.0
#include "inference/sampling/guidance.h"

namespace inference {

torch::Tensor apply_guidance(const torch::Tensor& both, double guidance_scale) {
    const auto halves = both.chunk(2);
    return at::lerp(halves[1], halves[0], guidance_scale);
}

}  // namespace inference
