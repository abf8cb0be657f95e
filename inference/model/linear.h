// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include "inference/weights/int8_matrix.h"

namespace inference {

/// y = x W^T + b. The weight can be rearranged once into the layout that oneDNN's matrix kernels read ("packed"), which saves that
/// rearrangement in each call, or lie in eight bits a number.
class Linear {
public:
    Linear() = default;
    /// @param weight         (out, in)
    /// @param expected_rows  rows of the usual input, on which the packed layout is chosen; 0: keep the weight as it is.
    /// @param bias           (out) in the weight's dtype, or undefined: none
    Linear(torch::Tensor weight, std::int64_t expected_rows, torch::Tensor bias = {});
    /// @param bias  (out) in the inputs' dtype, or undefined: none
    explicit Linear(Int8Matrix weight, torch::Tensor bias = {});

    /// @param x (rows, in) in the weight's dtype. @return (rows, out)
    torch::Tensor operator()(const torch::Tensor& x) const;

    /// (out, in), plain: its own where it is kept so, else unpacked into new memory.
    torch::Tensor weight() const;
    bool packed() const { return packed_.defined(); }

    std::int64_t in_features() const { return in_; }
    std::int64_t out_features() const { return out_; }

private:
    torch::Tensor weight_;
    torch::Tensor packed_;
    Int8Matrix narrow_;
    torch::Tensor bias_;
    std::int64_t in_ = 0;
    std::int64_t out_ = 0;
};

}  // namespace inference
