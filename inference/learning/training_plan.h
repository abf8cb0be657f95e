// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "inference/api/learning.h"

namespace inference {

/// One picture's part in a step.
struct PlannedDraw {
    std::size_t picture = 0;
    std::size_t slot = 0;  ///< draws of one slot, the pictures of a group, share noise level and noise
    double t = 0.0;        ///< noise level, 0: the picture, 1: noise
    bool replay = false;
    bool empty_prompt = false;
};

/// Which pictures each step sees, at which noise levels. Groups and replay pictures are gone through in random order, each as often as the
/// others; everything follows from seed and step.
class TrainingPlan {
public:
    /// Throws invalid_request: a setting out of bounds, a desirability that is no number in [-1, 1], nothing to learn, no picture for replay.
    explicit TrainingPlan(const TrainingJob& job);

    std::vector<PlannedDraw> step(int step) const;

    /// Groups that teach something.
    std::size_t groups() const noexcept { return groups_.size(); }
    /// Pictures of a step, on average.
    double draws_per_step() const;

private:
    void check(const TrainingJob& job) const;
    std::size_t replay_count(std::size_t judged) const;

    TrainingConfig config_;
    std::vector<std::vector<std::size_t>> groups_;
    std::vector<std::size_t> replay_;
};

}  // namespace inference
