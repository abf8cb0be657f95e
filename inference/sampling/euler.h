// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

#include <torch/types.h>

#include "inference/sampling/schedule.h"

namespace inference {

/// v(x): (B, C, h, w) float32 -> same shape; guidance already applied.
using VelocityFn = std::function<torch::Tensor(const torch::Tensor& latents, float sigma)>;

/// What a step knows. The clean estimate is `latents - sigma * velocity`, both from before the step.
struct SamplerStep {
    int step = 0;            ///< steps done, 1 to n
    torch::Tensor latents;   ///< (B, C, h, w) the model's input of this step
    torch::Tensor velocity;  ///< its output
    float sigma = 0.0f;      ///< noise level of that input
};
using StepFn = std::function<void(const SamplerStep&)>;

/// Integrates the probability-flow ODE from noise to image latents with Euler steps, x_next = x + (sigma_next - sigma) v.
/// @param latents  (B, C, h, w) float32, standard normal.
/// @param on_step  after each step; may be empty.
/// @param stop     polled before each step; throws Exception{cancelled}.
/// Source: Esser et al. 2024, arXiv:2403.03206; agrees with FlowMatchEulerDiscreteScheduler.
torch::Tensor sample_euler(const VelocityFn& velocity, torch::Tensor latents, const Schedule& schedule, const StepFn& on_step,
                           const std::stop_token& stop);

/// v_uncond + scale (v_cond - v_uncond).
/// @param both  (2 B, C, h, w): the conditional half first.
torch::Tensor apply_guidance(const torch::Tensor& both, double guidance_scale);

}  // namespace inference
