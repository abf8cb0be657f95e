// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/core/placement.h"
#include "inference/kernels/fused_ops.h"
#include "inference/model/transformer_config.h"
#include "inference/weights/checkpoint.h"

namespace inference {

/// What one layer of the image stream is modulated by; undefined tensors: by nothing.
struct LayerModulation {
    Modulation attention;
    torch::Tensor attention_gate;
    Modulation mlp;
    torch::Tensor mlp_gate;
};

/// What a forward pass is modulated by.
struct StepModulation {
    std::vector<LayerModulation> layers;
    Modulation head;
};

/// How the image stream learns the timestep, and with it the prompt's CLIP embedding (reference section 3.4).
class TimestepConditioning {
public:
    virtual ~TimestepConditioning() = default;

    /// Adds to the tokens what this variant adds, and says what modulates the rest.
    /// @param x (B * tokens, D) float32. @param timesteps (1 or B) float32 in (0, 1000]. @param pooled (B, M) float32 or undefined.
    virtual StepModulation begin(torch::Tensor& x, const torch::Tensor& timesteps, const torch::Tensor& pooled) const = 0;

    virtual std::int64_t parameters() const noexcept = 0;
};

/// Throws corrupt_file naming the tensor that is missing, misshapen or not finite.
std::unique_ptr<TimestepConditioning> make_timestep_conditioning(const TransformerConfig& config, const Checkpoint& weights,
                                                                 const Placement& placement);

/// The name of a norm's weight that adaln-zero modulates: there, and only there, it lies one level deeper.
std::string modulated_norm_name(const TransformerConfig& config, const std::string& norm);

/// (n) -> (n, 256): cosines, then sines, of t 10000^(-k / 128).
torch::Tensor timestep_sinusoid(const torch::Tensor& timesteps);

}  // namespace inference
