// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <memory>
#include <string>

#include <torch/types.h>

#include "inference/model/autoencoder.h"
#include "inference/weights/config_reader.h"
#include "inference/weights/safetensors.h"

namespace tests {

/// One of the small models of make_fixtures.py with what diffusers makes of it.
struct AutoencoderFixture {
    explicit AutoencoderFixture(const std::string& name) :
        file(std::string(FUSELIGHT_FIXTURES) + "/" + name + ".safetensors"),
        config(inference::parse_autoencoder_config(inference::ConfigReader::from_file(std::string(FUSELIGHT_FIXTURES) + "/" + name + ".json"))),
        model(config, [this](const std::string& tensor, at::IntArrayRef shape) { return weight(tensor, shape); }, {}) {}

    torch::Tensor tensor(const std::string& name) const { return file.read(name); }
    torch::Tensor weight(const std::string& name, at::IntArrayRef shape) const {
        const auto stored = file.read("w." + name).to(torch::kFloat32);
        TORCH_CHECK(stored.sizes() == shape, name, " has another shape than diffusers' ", stored.sizes());
        return stored;
    }

    inference::SafetensorsFile file;
    inference::AutoencoderConfig config;
    inference::AutoencoderKl model;
};

/// A config of `widths` with random weights of a realistic size, the same for the same seed.
inline inference::AutoencoderKl random_autoencoder(const inference::AutoencoderConfig& config, std::uint64_t seed,
                                                   const inference::Placement& placement = {}) {
    at::manual_seed(seed);
    return inference::AutoencoderKl(
        config,
        [&](const std::string& name, at::IntArrayRef shape) {
            const bool norm = name.find("norm") != std::string::npos;
            if (shape.size() == 1) return (torch::randn(shape) * 0.2 + (norm && name.ends_with("weight") ? 1.0 : 0.0)).to(placement.dtype);
            std::int64_t inputs = 1;
            for (std::size_t d = 1; d < shape.size(); ++d) inputs *= shape[d];
            return (torch::randn(shape) / std::sqrt(static_cast<double>(inputs))).to(placement.dtype);
        },
        placement);
}

inline double largest_difference(const torch::Tensor& actual, const torch::Tensor& expected) {
    TORCH_CHECK(actual.sizes() == expected.sizes(), "sizes differ: ", actual.sizes(), " and ", expected.sizes());
    return (actual - expected).abs().max().item<double>();
}

}  // namespace tests
