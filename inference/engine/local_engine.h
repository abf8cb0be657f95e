// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>

#include "inference/api/engine.h"

namespace inference {

/// Loads pipeline and text model and gives an engine that runs on this machine. Torch-free header. Call it on the thread that will own the
/// engine. Errors: cancelled, model_not_found, unsupported_model, corrupt_file, device_unavailable, out_of_memory, io, internal.
Result<std::unique_ptr<Engine>> make_local_engine(const EngineConfig& config, const LoadProgressFn& on_progress, std::stop_token stop);

}  // namespace inference
