// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/api/generation_request.h"

namespace inference {

struct BenchmarkOptions {
    GenerationRequest request;  ///< prompt, size, steps, guidance and dtype to time; seeds and counts are set by the benchmark
    std::vector<int> batch_sizes = {1, 4};
    int repeats = 5;  ///< timed runs of each batch size, after one that is not counted
};

struct BatchTiming {
    int batch_size = 0;
    double seconds_per_image = 0.0;  ///< median over the repeats
    double encode_seconds = 0.0;     ///< per run, prompt not cached
    double denoise_seconds = 0.0;
    double decode_seconds = 0.0;
    double preview_seconds = 0.0;
    double floor_seconds_per_image = 0.0;  ///< floating-point operations of the run / measured GEMM rate
    double floor_ratio = 0.0;              ///< seconds_per_image / floor_seconds_per_image
};

struct BenchmarkReport {
    std::string device;
    std::string dtype;
    int num_threads = 0;
    double gemm_gflops = 0.0;  ///< measured rate of the model's own matrix shapes, warm
    std::int64_t peak_memory_bytes = 0;
    double load_seconds = 0.0;
    std::vector<BatchTiming> batches;
};

}  // namespace inference
