// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "inference/api/learning.h"
#include "inference/learning/adapter.h"

namespace inference {

inline constexpr std::int64_t max_adapter_rank = 256;

/// An adapter as it lies in a file.
struct Adapter {
    AdapterInfo info;
    AdapterWeights weights;
};

/// Reads a LoRA in the layouts that PEFT and diffusers write: `PREFIX.MATRIX.lora_A.weight` and `lora_B.weight`, or `lora_down` and `lora_up`,
/// with `transformer`, `base_model.model` or no prefix. Alpha comes from a tensor `PREFIX.MATRIX.alpha`, else from the header
/// (`lora_adapter_metadata`, `lora_alpha`), else it is the rank. Sizes are checked against the layout before anything is allocated.
/// @param model_id  of the loaded model: a file that names another one is refused.
/// Throws model_not_found (absent), corrupt_file (hostile header, misshapen or not finite, a half of a pair, beyond max_adapter_rank),
/// unsupported_model (a matrix that this transformer has not, another base, DoRA), io, cancelled.
Adapter read_adapter(const std::string& path, const AdapterLayout& layout, const std::string& model_id, const std::stop_token& stop);

/// Writes `transformer.MATRIX.lora_A.weight` and `lora_B.weight` in float32, rank and alpha in the header as diffusers has them; appears as a
/// whole or not at all. @param metadata  joins the header; `model_id` is set here. Throws io.
void write_adapter(const std::string& path, const AdapterWeights& weights, const AdapterLayout& layout, int rank, double alpha,
                   const std::string& model_id, std::map<std::string, std::string> metadata);

}  // namespace inference
