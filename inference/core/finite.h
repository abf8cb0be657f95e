// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

namespace inference {

/// Whether a tensor holds neither NaN nor infinity; reads each number once, on all threads. float32, float16 and bfloat16.
bool all_finite(const torch::Tensor& tensor);

}  // namespace inference
