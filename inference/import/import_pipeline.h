// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

#include "inference/api/checkpoint_import.h"
#include "inference/api/result.h"

namespace inference {

/// Makes a pipeline directory out of a trainer's checkpoint and the pipeline that it was trained for. The checkpoint must hold every tensor
/// that the pipeline's config asks for, in its shape. Torch-free header.
/// @param on_fraction  0 to 1; may be empty.
/// Errors: what convert_trainer_checkpoint() and read_pipeline_config() throw, corrupt_file (a tensor is missing or has another shape),
/// invalid_request (the folder is not empty), io, cancelled.
Result<CheckpointImportSummary> import_checkpoint(const CheckpointImport& import, const std::function<void(double)>& on_fraction,
                                                  std::stop_token stop);

}  // namespace inference
