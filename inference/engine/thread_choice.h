// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "inference/core/processor.h"

namespace inference {

/// The number of threads with which the work runs fastest, by trying: one for each physical core, and where they differ half of them and one
/// for each logical CPU. More threads must win by 3 % to be chosen over fewer.
/// @param run_ms  runs a small piece of the real work with that many threads and returns its milliseconds.
int choose_num_threads(const Processor& processor, const std::function<double(int threads)>& run_ms);

}  // namespace inference
