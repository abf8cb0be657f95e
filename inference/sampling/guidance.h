// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

namespace inference {

/// v_uncond + scale (v_cond - v_uncond).
/// @param both  (2 B, C, h, w): the conditional half first.
torch::Tensor apply_guidance(const torch::Tensor& both, double guidance_scale);

}  // namespace inference
