// SPDX-License-Identifier: Apache-2.0
#include "inference/model/parameter_reader.h"

#include <cmath>

#include "inference/core/exception.h"

namespace inference {

torch::Tensor ParameterReader::norm(const std::string& name, std::int64_t width) {
    return tensor(name, {width}, torch::kFloat32).add(1.0).contiguous();
}

Linear ParameterReader::linear(const std::vector<std::pair<std::string, std::int64_t>>& names_and_rows, std::int64_t in) {
    std::vector<torch::Tensor> parts;
    for (const auto& [name, rows] : names_and_rows) parts.push_back(tensor(name, {rows, in}));
    return Linear(parts.size() == 1 ? parts.front() : at::cat(parts), expected_rows_);
}

torch::Tensor ParameterReader::tensor(const std::string& name, at::IntArrayRef shape) { return tensor(name, shape, placement_.dtype); }

torch::Tensor ParameterReader::tensor(const std::string& name, at::IntArrayRef shape, torch::ScalarType dtype) {
    auto loaded = weights_.load(name, shape, Placement{placement_.device, dtype});
    // A sum is not finite as soon as one value is not, and needs no copy; only finite weights of absurd size need the second look.
    if (!std::isfinite(at::sum(loaded, torch::kFloat32).item<float>()) && !loaded.isfinite().all().item<bool>()) {
        fail(ErrorCode::corrupt_file, "tensor \"" + name + "\" holds values that are not finite");
    }
    count(loaded.numel());
    return loaded;
}

}  // namespace inference
