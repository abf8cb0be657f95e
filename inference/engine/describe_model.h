// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "inference/api/engine.h"
#include "inference/api/model_description.h"

namespace inference {

/// Describes the pipeline of `config` without reading a weight: configs, and the headers of weight files, whose tensors are compared with what
/// the configs ask for. What a missing text model keeps from being known stays zero, with `problem` set.
/// Throws model_not_found, corrupt_file, unsupported_model, io, each naming the file, and the field or tensor.
ModelDescription describe_model(const EngineConfig& config, const std::stop_token& stop);

}  // namespace inference
