// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace inference {

/// The number of threads, of most, most / 2, ..., 1, on which `work` takes the least time just now: where other programs are at work, threads that wait
/// for one another make a step several times slower than fewer would. More threads win a tie. Leaves torch's number as it was.
int fastest_threads(int most, const std::function<void()>& work);

}  // namespace inference
