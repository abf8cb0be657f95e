// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/frozen_model.h"

#include <algorithm>

namespace inference {

std::int64_t FrozenModel::rows_for(double flops, std::int64_t height, std::int64_t width, std::int64_t most) const {
    constexpr std::int64_t usual_prompt = 16;
    const auto patch = config->transformer.patch_size, tokens = (height / patch) * (width / patch);
    return static_cast<std::int64_t>(std::clamp(flops / transformer->flops(1, tokens, tokens + usual_prompt), 1.0, static_cast<double>(most)));
}

torch::Tensor timesteps_of(const torch::Tensor& t) { return t * 1000.0; }

}  // namespace inference
