// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <vector>

#include "inference/api/learning.h"
#include "inference/learning/frozen_model.h"
#include "inference/model/low_rank.h"

namespace inference {

inline constexpr int max_judging_draws = 256;

/// LearningEngine::denoising_losses. Noise levels are the midpoints of `draws` parts of equal probability of the logit-normal distribution
/// that the model was trained on.
/// @param adapter  acts on all rows; empty: none. Throws invalid_request, cancelled.
std::vector<double> denoising_losses(const FrozenModel& model, const std::vector<PictureQuery>& queries, const DenoisingOptions& options,
                                     const std::vector<LayerLowRank>& adapter, const std::stop_token& stop);

}  // namespace inference
