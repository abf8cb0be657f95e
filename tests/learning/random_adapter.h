// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <ATen/CPUGeneratorImpl.h>
#include <torch/types.h>

#include "inference/learning/adapter_layout.h"
#include "inference/weights/file_hash.h"
#include "inference/weights/safetensors.h"

namespace tests {

using Tensors = std::map<std::string, torch::Tensor>;

/// Random LoRA pairs on all matrices of a transformer, as a file of another tool would hold them.
inline Tensors random_adapter(const inference::AdapterLayout& layout, std::int64_t rank, double size, std::uint64_t seed) {
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    Tensors tensors;
    for (std::int64_t layer = 0; layer < layout.layers(); ++layer) {
        for (std::size_t m = 0; m < inference::num_adapted_matrices; ++m) {
            const auto matrix = static_cast<inference::AdaptedMatrix>(m);
            const auto [out, in] = layout.shape(matrix);
            const auto name = "transformer." + layout.name(layer, matrix);
            tensors[name + ".lora_A.weight"] = torch::empty({rank, in}).normal_(0, size, generator);
            tensors[name + ".lora_B.weight"] = torch::empty({out, rank}).normal_(0, size, generator);
        }
    }
    return tensors;
}

/// Puts an adapter where the engine looks for it. @return its id.
inline std::string install_adapter(const std::string& folder, const Tensors& tensors, const std::map<std::string, std::string>& metadata = {}) {
    std::filesystem::create_directories(folder);
    const auto path = folder + "/new.safetensors";
    inference::write_safetensors(path, tensors, metadata);
    const auto id = inference::sha256_of_file(path, {});
    std::filesystem::create_directories(folder + "/" + id);
    std::filesystem::rename(path, folder + "/" + id + "/adapter.safetensors");
    return id;
}

}  // namespace tests
