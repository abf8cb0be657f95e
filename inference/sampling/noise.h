// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <torch/types.h>

namespace inference {

/// Standard normal latents (B, C, h, w), float32 on the CPU. Image b is drawn from a generator of its own that is seeded with seeds[b],
/// so it does not depend on its neighbours; equals torch.randn(C, h, w, generator=torch.Generator().manual_seed(seed)).
torch::Tensor draw_noise(std::span<const std::uint64_t> seeds, std::int64_t channels, std::int64_t height, std::int64_t width);

}  // namespace inference
