// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "inference/api/learning.h"

namespace inference {

/// What is known of one draw of a step when its loss is decided. Errors are means over a picture's latents.
struct DrawErrors {
    std::size_t slot = 0;  ///< draws of one slot are of one group
    bool replay = false;
    double desirability = 0.0;
    double t = 0.0;
    double reference_loss = 0.0;  ///< of (v_ref - v)^2
    double reference_gap = 0.0;   ///< of |v_ref - v|
    double policy_loss = 0.0;     ///< of (v_th - v)^2; only where needs_policy_loss()
};

/// A draw's share of the step's loss: weight * mean (v_th - target)^2 with target = v_ref + toward (v - v_ref). Every objective comes to
/// this, dpo and kto as the quadratic that has the same gradient.
struct Pull {
    double weight = 0.0;
    double toward = 0.0;
};

/// Whether the pulls depend on how well the adapted model explains the pictures now.
bool needs_policy_loss(TrainingObjective objective);

/// One for each draw; those of the replay pull to v_ref.
std::vector<Pull> pulls(const TrainingConfig& config, std::span<const DrawErrors> draws);

/// The preference loss of dpo and kto, whose quadratic has the right gradient but another value.
double margin_loss(const TrainingConfig& config, std::span<const DrawErrors> draws);

}  // namespace inference
