// SPDX-License-Identifier: Apache-2.0
#include "inference/sampling/noise.h"

#include <ATen/CPUGeneratorImpl.h>

namespace inference {

torch::Tensor draw_noise(std::span<const std::uint64_t> seeds, std::int64_t channels, std::int64_t height, std::int64_t width) {
    auto latents = torch::empty({static_cast<std::int64_t>(seeds.size()), channels, height, width}, torch::kFloat32);
    for (std::size_t b = 0; b < seeds.size(); ++b) {
        const auto generator = at::make_generator<at::CPUGeneratorImpl>(seeds[b]);
        latents[static_cast<std::int64_t>(b)].normal_(0, 1, generator);
    }
    return latents;
}

}  // namespace inference
