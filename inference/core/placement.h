// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <torch/types.h>

#include "inference/api/generation_request.h"

namespace inference {

/// Where weights and activations live and in which number format.
struct Placement {
    torch::Device device = torch::kCPU;
    torch::ScalarType dtype = torch::kFloat32;
    bool int8_weights = false;  ///< the matrices of layers lie in eight bits a number and are widened as they are multiplied

    bool on_cpu() const { return device.is_cpu(); }
};

/// @param device  "auto", "cpu", "cuda" or "cuda:N"; auto takes CUDA when libtorch_cuda.so loads and a device answers.
/// @param dtype   automatic: bfloat16 where the device multiplies it in hardware, else float32.
/// Throws device_unavailable (asked for by name and not there), invalid_request (a name that is none of these).
Placement choose_placement(const std::string& device, Dtype dtype);

/// The api's name of a torch dtype ("float32", "bfloat16").
const char* dtype_name(torch::ScalarType dtype);

}  // namespace inference
