// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/model/linear.h"
#include "inference/weights/checkpoint.h"

namespace inference {

enum class Bias { none, present };

/// Reads the parameters of one model from a checkpoint in the form its layers use them, and counts them. What is not there, has another shape
/// or holds a number that is not finite is corrupt_file naming the tensor.
class ParameterReader {
public:
    /// @param expected_rows  see Linear; 0 keeps linear weights as they are.
    ParameterReader(const Checkpoint& weights, const Placement& placement, std::int64_t expected_rows = 0) :
        weights_(weights), placement_(placement), expected_rows_(expected_rows) {}

    bool has(const std::string& name) const { return weights_.has(name); }
    /// (1 + weight) in float32, (width).
    torch::Tensor norm(const std::string& name, std::int64_t width);
    /// The same for a norm that only some variants have: undefined where `present` is false.
    torch::Tensor norm_if(bool present, const std::string& name, std::int64_t width);
    /// One matrix out of several that read the same input: each (rows, in), below each other. Biases are named like their weights.
    Linear linear(const std::vector<std::pair<std::string, std::int64_t>>& names_and_rows, std::int64_t in, Bias bias = Bias::none);
    /// Any tensor, contiguous, in the placement's dtype or a given one.
    torch::Tensor tensor(const std::string& name, at::IntArrayRef shape);
    torch::Tensor tensor(const std::string& name, at::IntArrayRef shape, torch::ScalarType dtype);

    void count(std::int64_t parameters) { parameters_ += parameters; }
    std::int64_t parameters() const noexcept { return parameters_; }

private:
    const Checkpoint& weights_;
    Placement placement_;
    std::int64_t expected_rows_;
    std::int64_t parameters_ = 0;
};

}  // namespace inference
