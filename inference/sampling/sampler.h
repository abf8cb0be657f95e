// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

#include <torch/types.h>

#include "inference/api/generation_request.h"
#include "inference/sampling/schedule.h"

namespace inference {

/// v(x): (B, C, h, w) float32 -> same shape; guidance already applied.
using VelocityFn = std::function<torch::Tensor(const torch::Tensor& latents, float sigma)>;

/// What a step knows.
struct SamplerStep {
    int step = 0;            ///< steps done, 1 to n
    torch::Tensor latents;   ///< (B, C, h, w) the model's input of this step
    torch::Tensor velocity;  ///< its output
    float sigma = 0.0f;      ///< noise level of that input

    /// What the model takes the latents without their noise to be.
    torch::Tensor clean_estimate() const { return latents - velocity * static_cast<double>(sigma); }
};
using StepFn = std::function<void(const SamplerStep&)>;

/// Where a run stands between two steps, with all that the next one needs.
struct SamplerState {
    torch::Tensor latents;        ///< (B, C, h, w) float32; before the first step standard normal
    int step = 0;                 ///< steps done
    torch::Tensor velocity = {};  ///< of the last of them, for methods that look back; undefined before the first

    /// The run of some of the pictures alone. @param rows  (k) int64 on the CPU: which of the B.
    SamplerState only(const torch::Tensor& rows) const;
};

/// Integrates the probability-flow ODE dx/dsigma = v(x, sigma) along a schedule from noise to image latents, or a part of that way: the steps
/// in two calls are those of one.
/// @param state    where the run stands. @param end  steps done when it returns, at most those of the schedule.
/// @param on_step  after each step; may be empty.
/// @param stop     polled before each evaluation of the model; throws Exception{cancelled}.
using Integrator = SamplerState (*)(const VelocityFn& velocity, SamplerState state, int end, const Schedule& schedule, const StepFn& on_step,
                                    const std::stop_token& stop);

/// Euler steps, order one: x_next = x + (sigma_next - sigma) v. What the reference does (FlowMatchEulerDiscreteScheduler).
/// Source: Esser et al. 2024, arXiv:2403.03206.
SamplerState sample_euler(const VelocityFn& velocity, SamplerState state, int end, const Schedule& schedule, const StepFn& on_step,
                          const std::stop_token& stop);

/// Heun's method, order two: an Euler step, then the mean of the velocities at both of its ends. Two evaluations a step, one in the last,
/// because no model was trained at sigma 0. Source: Karras et al. 2022, arXiv:2206.00364, algorithm 1 without its noise.
SamplerState sample_heun(const VelocityFn& velocity, SamplerState state, int end, const Schedule& schedule, const StepFn& on_step,
                         const std::stop_token& stop);

/// Adams-Bashforth of order two on an uneven grid: the velocity is extrapolated along the line through this step's and the last one's. One
/// evaluation a step; the first step is Euler's.
/// Source: Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", III.5.
SamplerState sample_multistep2(const VelocityFn& velocity, SamplerState state, int end, const Schedule& schedule, const StepFn& on_step,
                               const std::stop_token& stop);

/// The function behind a request's sampler.
Integrator integrator_of(Sampler sampler);

/// Evaluations of the model in a run of `steps` steps.
int model_evaluations(Sampler sampler, int steps);

}  // namespace inference
