// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <torch/types.h>

#include "inference/kernels/fused_ops.h"
#include "inference/model/linear.h"

// The image stream's operations with derivatives: each computes forward what fused_ops.h computes, and backward by its formula. Only what
// leads to the adapter gets a gradient: weights, norms, rotary tables and modulations are constants.

namespace inference::differentiable {

/// A linear layer that is not trained, with what its backward pass multiplies by.
class FrozenLinear {
public:
    FrozenLinear() = default;
    /// @param linear          must outlive this.
    /// @param rows            of the usual input.
    /// @param keep_transposed  where the engine's weight is packed: keep a packed copy of its transpose; else unpack it at each use.
    FrozenLinear(const Linear& linear, std::int64_t rows, bool keep_transposed);

    torch::Tensor forward(const torch::Tensor& x) const { return (*linear_)(x); }
    /// @param dy (rows, out). @return (rows, in)
    torch::Tensor backward(const torch::Tensor& dy) const;
    /// Memory beyond the engine's own.
    std::int64_t bytes() const noexcept { return bytes_; }

private:
    const Linear* linear_ = nullptr;
    Linear transposed_;
    std::int64_t bytes_ = 0;
};

/// frozen(x) + (x down^T) up^T, differentiable in x, down and up. @param down, up  undefined: nothing is added.
torch::Tensor adapted_linear(const torch::Tensor& x, const torch::Tensor& down, const torch::Tensor& up, const FrozenLinear& frozen);

/// As inference::rms_norm, differentiable in x.
torch::Tensor rms_norm(const torch::Tensor& x, const InputNorm& norm, double eps, torch::ScalarType dtype);

/// x + gate * norm(y) as inference::add_norm, on new memory; differentiable in x and y.
torch::Tensor add_norm(const torch::Tensor& x, const torch::Tensor& y, const OutputNorm& post, double eps);

/// As inference::gelu_mul.
torch::Tensor gelu_mul(const torch::Tensor& gate_up);

struct Heads {
    torch::Tensor queries;       ///< (B, kv_heads, group * tokens, d)
    torch::Tensor keys, values;  ///< (B, kv_heads, capacity, d)
};

/// As inference::norm_rotate, differentiable in qkv. @param room  what keys and values are copied from before the image's are written: the
/// prompt's stand behind them, and get no derivative.
Heads norm_rotate(const torch::Tensor& qkv, const torch::Tensor& q_scale, const torch::Tensor& k_scale, const RotaryTable& rotary, std::int64_t heads,
                  const KeyValues& room, double eps);

}  // namespace inference::differentiable
