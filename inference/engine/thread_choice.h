// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/core/processor.h"

namespace inference {

/// The number of threads for a model: one for each physical core, as far as a sampler step has work for them.
/// It follows from processor and model alone. The number of threads decides in which order the matrix kernels add, so one that was measured
/// would draw other pixels on a busy day.
/// @param step_flops  floating-point operations of one step at the model's native size, with guidance.
int choose_num_threads(const Processor& processor, double step_flops);

}  // namespace inference
