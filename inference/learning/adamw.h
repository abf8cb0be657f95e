// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <torch/types.h>

#include "inference/api/learning.h"

namespace inference {

/// All that a run changes from step to step. Vectors of AdapterParameters, float32.
struct OptimiserState {
    torch::Tensor parameters;
    torch::Tensor first_moment, second_moment;
    torch::Tensor average;  ///< of the parameters over the steps: what is shipped
    int step = 0;           ///< steps done

    static OptimiserState from(torch::Tensor initial);
};

/// The learning rate of a step, 0 being the first: a linear warm-up, then constant, at the end 0.3 of it.
double learning_rate(const TrainingConfig& config, int step);

/// One step of AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) with betas 0.9 and 0.99, the gradient clipped by its norm first. The
/// average forgets faster at the beginning, so that it does not hang on to the initial weights.
void adamw_step(OptimiserState& state, const torch::Tensor& gradient, const TrainingConfig& config);

}  // namespace inference
