// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace inference {

/// Milliseconds since construction, on a clock that never jumps.
class Stopwatch {
public:
    double elapsed_ms() const { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count(); }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace inference
