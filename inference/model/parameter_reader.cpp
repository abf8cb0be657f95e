// SPDX-License-Identifier: Apache-2.0
#include "inference/model/parameter_reader.h"

namespace inference {
namespace {

/// "x.weight" -> "x.bias".
std::string bias_of(const std::string& weight) { return weight.substr(0, weight.rfind('.')) + ".bias"; }

}  // namespace

torch::Tensor ParameterReader::norm(const std::string& name, std::int64_t width) {
    return tensor(name, {width}, torch::kFloat32).add(1.0).contiguous();
}

torch::Tensor ParameterReader::norm_if(bool present, const std::string& name, std::int64_t width) {
    return present ? norm(name, width) : torch::Tensor();
}

Linear ParameterReader::linear(const std::vector<std::pair<std::string, std::int64_t>>& names_and_rows, std::int64_t in, Bias bias) {
    std::int64_t out = 0;
    for (const auto& [name, rows] : names_and_rows) out += rows;
    const auto options = torch::TensorOptions().dtype(placement_.dtype);
    auto biases = bias == Bias::present ? torch::empty({out}, options) : torch::Tensor();
    std::int64_t row = 0;
    for (const auto& [name, rows] : names_and_rows) {
        if (biases.defined()) weights_.load_into(bias_of(name), biases.narrow(0, row, rows));
        row += rows;
    }
    count(out * in + (biases.defined() ? out : 0));
    if (biases.defined()) biases = biases.to(placement_.device);
    if (placement_.int8_weights) return Linear(Int8Matrix::load(weights_, names_and_rows, in, placement_.device), biases);
    auto weight = torch::empty({out, in}, options);
    row = 0;
    for (const auto& [name, rows] : names_and_rows) {
        weights_.load_into(name, weight.narrow(0, row, rows));
        row += rows;
    }
    return Linear(weight.to(placement_.device), expected_rows_, biases);
}

torch::Tensor ParameterReader::tensor(const std::string& name, at::IntArrayRef shape) { return tensor(name, shape, placement_.dtype); }

torch::Tensor ParameterReader::tensor(const std::string& name, at::IntArrayRef shape, torch::ScalarType dtype) {
    auto loaded = weights_.load(name, shape, Placement{placement_.device, dtype});
    count(loaded.numel());
    return loaded;
}

}  // namespace inference
