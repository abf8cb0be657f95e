// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include <torch/types.h>

#include "inference/learning/frozen_model.h"
#include "inference/learning/state_recipe.h"

namespace inference {

/// Asks the frozen transformer what it sees in clean latents, as state_recipe says.
class StateReader {
public:
    explicit StateReader(FrozenModel model);

    const state_recipe::Taps& taps() const noexcept { return taps_; }

    /// @param latents  (B, C, h, w). @param prompts  one for each of the batch.
    /// @return for each noise level, for each of taps().all: (B, 2 D), pooled and averaged over the recipe's noises. Throws cancelled.
    std::vector<std::vector<torch::Tensor>> read(const torch::Tensor& latents, const std::vector<std::shared_ptr<const PromptState>>& prompts,
                                                 const std::stop_token& stop) const;

    /// The part of it that taste is told from: (B, F) float32 on the CPU.
    torch::Tensor image_states(const torch::Tensor& latents, const std::vector<std::shared_ptr<const PromptState>>& prompts,
                               const std::stop_token& stop) const;

private:
    FrozenModel model_;
    state_recipe::Taps taps_;
};

}  // namespace inference
