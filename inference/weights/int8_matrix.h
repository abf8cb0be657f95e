// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "inference/weights/checkpoint.h"

namespace inference {

/// A weight matrix (out, in) in eight bits a number: each row has one scale, its largest magnitude over 127 (symmetric, per output channel).
/// Half of bfloat16's memory; a product's error is about 0.8 % of its size for normally distributed weights (measured in tests/weights).
class Int8Matrix {
public:
    Int8Matrix() = default;
    /// @param weight (out, in) of any floating-point dtype.
    explicit Int8Matrix(const torch::Tensor& weight);
    /// Reads and quantises some rows at a time: the matrix itself never lies in memory. Throws as Checkpoint::load().
    static Int8Matrix load(const Checkpoint& weights, const std::string& name, at::IntArrayRef shape, torch::Device device);
    /// The same of several matrices below each other, each (rows, in).
    static Int8Matrix load(const Checkpoint& weights, const std::vector<std::pair<std::string, std::int64_t>>& names_and_rows, std::int64_t in,
                           torch::Device device);

    /// x W^T. @param x (rows, in) float32 or bfloat16. @return (rows, out) in x's dtype.
    torch::Tensor operator()(const torch::Tensor& x) const;
    /// (out, in) float32.
    torch::Tensor dequantised() const;

    bool defined() const { return values_.defined(); }
    std::int64_t in_features() const { return values_.size(1); }
    std::int64_t out_features() const { return values_.size(0); }
    std::int64_t bytes() const { return static_cast<std::int64_t>(values_.nbytes() + scales_.nbytes()); }

private:
    Int8Matrix(torch::Tensor values, torch::Tensor scales) : values_(std::move(values)), scales_(std::move(scales)) {}

    torch::Tensor values_;  ///< (out, in) int8
    torch::Tensor scales_;  ///< (out) float32
};

}  // namespace inference
