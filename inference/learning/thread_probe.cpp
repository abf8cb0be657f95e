// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/thread_probe.h"

#include <algorithm>
#include <chrono>

#include <ATen/Parallel.h>

namespace inference {
namespace {

constexpr int repeats = 3;
constexpr double tie = 0.9;  ///< of the best time so far: what fewer threads must stay under

double seconds_of(const std::function<void()>& work) {
    work();  // meets cold caches and makes the kernels
    double least = 0.0;
    for (int i = 0; i < repeats; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        least = i == 0 ? seconds : std::min(least, seconds);
    }
    return least;
}

class ThreadsAsBefore {
public:
    ThreadsAsBefore() = default;
    ~ThreadsAsBefore() { at::set_num_threads(before_); }
    ThreadsAsBefore(const ThreadsAsBefore&) = delete;
    ThreadsAsBefore& operator=(const ThreadsAsBefore&) = delete;

private:
    int before_ = at::get_num_threads();
};

}  // namespace

int fastest_threads(int most, const std::function<void()>& work) {
    const ThreadsAsBefore restored;
    int best = most;
    double least = 0.0;
    for (int count = most; count >= 1; count /= 2) {
        at::set_num_threads(count);
        const double seconds = seconds_of(work);
        if (count < most && seconds >= tie * least) continue;
        best = count;
        least = seconds;
    }
    return best;
}

}  // namespace inference
