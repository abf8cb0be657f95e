// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "inference/api/benchmark.h"
#include "inference/api/engine.h"
#include "inference/api/result.h"

namespace inference {

/// Loads the model, draws the request `repeats` times at each batch size with the prompt understood anew each time, and measures beside it how
/// fast this machine multiplies the model's own matrices. Torch-free header. Errors: as make_local_engine and Engine::generate.
Result<BenchmarkReport> run_benchmark(const EngineConfig& config, const BenchmarkOptions& options, std::stop_token stop);

}  // namespace inference
