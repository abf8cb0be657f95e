// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <torch/types.h>

#include "inference/kernels/fused_ops.h"

namespace inference {

/// Text: plane j of position p turns by p theta^(-2 j / head_dim). @return tables (1, tokens, head_dim / 2).
RotaryTable text_rotary(std::int64_t tokens, std::int64_t head_dim, double theta, torch::Device device);

/// Turns nothing: cosine 1, sine 0. @return tables (1, tokens, head_dim / 2).
RotaryTable identity_rotary(std::int64_t tokens, std::int64_t head_dim, torch::Device device);

/// Image, "2d-rope": the first half of the planes turns with the row, the second with the column, each with a full frequency ladder of
/// head_dim / 2. Rows and columns both count from offsets[b], the number of text tokens of batch row b.
/// @return tables (B, rows * columns, head_dim / 2)
RotaryTable image_rotary(std::span<const std::int64_t> offsets, std::int64_t rows, std::int64_t columns, std::int64_t head_dim, double theta,
                         torch::Device device);

/// Image, "m-rope": as 2d-rope, with one ladder of head_dim over both halves: rows take the fast planes, columns the slow ones.
RotaryTable multimodal_rotary(std::span<const std::int64_t> offsets, std::int64_t rows, std::int64_t columns, std::int64_t head_dim, double theta,
                              torch::Device device);

/// Image, "1d-rope": tokens in raster order go on counting from offsets[b], as text would.
RotaryTable raster_rotary(std::span<const std::int64_t> offsets, std::int64_t rows, std::int64_t columns, std::int64_t head_dim, double theta,
                          torch::Device device);

}  // namespace inference
