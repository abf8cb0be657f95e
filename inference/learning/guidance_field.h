// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include <torch/types.h>

#include "inference/api/learning.h"
#include "inference/learning/frozen_model.h"
#include "inference/learning/state_critic.h"
#include "inference/learning/state_recipe.h"
#include "inference/learning/trainable_transformer.h"

namespace inference {

/// How the frozen model would draw if a critic of its states guided it: the posterior of the clean picture, tilted by exp(score / b). To first
/// order that moves the predicted picture by its posterior covariance, t^2 / (1 - t) dx0/dx_t, times the score's slope there, so that it moves
/// only along what the model thinks possible. Sources: classifier guidance (Dhariwal and Nichol 2021, arXiv:2105.05233) through the predicted
/// clean picture (Chung et al. 2023, "Diffusion posterior sampling", arXiv:2209.14687). What is liked may be what the prompt speaks against, so
/// the prompt is tilted by, too: p(prompt | picture) to some power, as guidance without a classifier does (Ho and Salimans 2022, arXiv:2207.12598).
class GuidanceField {
public:
    struct Answer {
        torch::Tensor velocity;  ///< (B, C, h, w): v_ref
        torch::Tensor shift;     ///< (B, C, h, w): what the guidance adds to it
    };

    /// Which noise the critic looks through, and at which of the recipe's levels: over a run all come round.
    struct Look {
        std::uint64_t step = 0, index = 0;
    };

    GuidanceField(FrozenModel model, const TrainableTransformer& transformer, StateCritic critic);

    /// @param noisy  (B, C, h, w) at `levels` (B). @param empty  the empty prompt's part, for each of the batch. @param looks  one for each.
    /// @param config  its seed, inverse_strength and prompt_weight.
    Answer at(const torch::Tensor& noisy, const torch::Tensor& levels, const Conditioning& text, Conditioning& empty, const std::vector<Look>& looks,
              const TrainingConfig& config, const std::stop_token& stop) const;

private:
    FrozenModel model_;
    const TrainableTransformer& transformer_;
    state_recipe::Taps taps_;
    StateCritic critic_;
};

}  // namespace inference
