// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

#include "inference/api/random_pipeline.h"
#include "inference/api/result.h"

namespace inference {

/// Writes a pipeline directory in the published layout whose weights are drawn at random, scaled so that activations stay finite: what a model
/// of some size costs can be seen without having it. A few megabytes of numbers lie in memory at a time, whatever the size. The same
/// options give the same files. Torch-free header.
/// @param on_fraction  0 to 1; may be empty.
/// Errors: invalid_request (a field that is not there, a folder that is not empty, a tokenizer with more pieces than the text model), those of
/// read_pipeline_config() for fields that make no model, model_not_found and corrupt_file for the tokenizer, io (no room on the disk), cancelled.
Result<RandomPipelineSummary> make_random_pipeline(const RandomPipelineOptions& options, const std::function<void(double)>& on_fraction,
                                                   std::stop_token stop);

}  // namespace inference
