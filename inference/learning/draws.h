// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace inference {

/// What draws are for: two purposes never share a number.
enum class DrawPurpose : std::uint64_t { initial_weights, group_order, replay_order, noise_level, noise, feature_noise, judging_noise, critic_noise };

/// Random draws that depend on their key alone, so that a run which was interrupted needs no generator's state to go on. Philox 4x32-10
/// (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
class Draws {
public:
    /// @param step, index  below 2^32.
    Draws(std::uint64_t seed, DrawPurpose purpose, std::uint64_t step, std::uint64_t index) noexcept;

    /// Between 0 and 1, both excluded.
    double uniform();
    /// Standard normal (Box and Muller).
    double normal();
    /// Standard normal, float32 on the CPU.
    torch::Tensor normal(at::IntArrayRef shape);
    /// 0 .. count - 1 in random order (Fisher and Yates).
    std::vector<std::size_t> permutation(std::size_t count);

private:
    std::uint32_t next();

    std::uint64_t seed_, counter_high_, counter_low_;
    std::uint32_t block_[4] = {};
    int used_ = 4;  ///< of the block
    double spare_ = 0.0;
    bool has_spare_ = false;
};

}  // namespace inference
