// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/thread_choice.h"

#include <algorithm>

namespace inference {
namespace {

/// A step starts and joins its threads a few hundred times, some microseconds each: with less than this, about 3 ms of a core's work, another
/// thread costs what it brings.
constexpr double least_flops_a_thread = 2.5e8;

}  // namespace

int choose_num_threads(const Processor& processor, double step_flops) {
    return static_cast<int>(std::clamp(step_flops / least_flops_a_thread, 1.0, static_cast<double>(std::max(1, processor.physical_cores))));
}

}  // namespace inference
