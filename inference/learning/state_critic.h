// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <torch/types.h>

namespace inference {

/// What was wanted of pictures as a linear function of the model's pooled states: ridge regression within groups, with the penalty that
/// foretells left-out groups best.
class StateCritic {
public:
    /// @param states  (n, F) float32 on the CPU. @param desirabilities, groups  one for each row; a picture that is alone in its group is
    /// compared with the others that are alone.
    static StateCritic fit(const torch::Tensor& states, const std::vector<double>& desirabilities, const std::vector<int>& groups);

    /// (F) float32: the derivative of the score, whose deviation within the groups it was fitted on is 1.
    const torch::Tensor& slope() const noexcept { return slope_; }

private:
    torch::Tensor slope_;
};

}  // namespace inference
