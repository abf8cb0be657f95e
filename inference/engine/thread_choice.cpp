// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/thread_choice.h"

#include <algorithm>
#include <limits>
#include <set>

namespace inference {
namespace {

constexpr int repeats = 5;
constexpr double worth_more_threads = 0.97;

}  // namespace

int choose_num_threads(const Processor& processor, const std::function<double(int threads)>& run_ms) {
    const std::set<int> candidates = {std::max(1, processor.physical_cores / 2), processor.physical_cores, processor.logical_cpus};
    int best = processor.physical_cores;
    double best_ms = std::numeric_limits<double>::infinity();
    for (const int threads : candidates) {  // ascending
        run_ms(threads);                    // starts threads and compiles kernels
        double fastest = std::numeric_limits<double>::infinity();
        for (int i = 0; i < repeats; ++i) fastest = std::min(fastest, run_ms(threads));
        if (fastest < best_ms * worth_more_threads) {
            best = threads;
            best_ms = fastest;
        }
    }
    return best;
}

}  // namespace inference
