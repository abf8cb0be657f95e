// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>

#include <torch/types.h>

#include "inference/model/autoencoder_plan.h"
#include "inference/model/autoencoder_program.h"

namespace inference::autoencoder {

/// Runs a program over (B, C, H, W) within `max_bytes`: whole where that fits, else picture by picture as make_plan() says.
/// @param stop  polled between steps and tiles. Throws out_of_memory, cancelled.
torch::Tensor run(const Program& program, torch::Tensor x, std::int64_t max_bytes, const std::stop_token& stop);

/// Runs one picture (1, C, H, W) as a plan says.
torch::Tensor run(const Program& program, const Plan& plan, torch::Tensor x, const std::stop_token& stop);

}  // namespace inference::autoencoder
