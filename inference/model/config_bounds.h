// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Bounds far above any published model: they keep a hostile number in a config from becoming an allocation or an overflow.
namespace inference::config_bounds {

inline constexpr std::int64_t max_width = 65536;
inline constexpr std::int64_t max_layers = 512;
inline constexpr std::int64_t max_heads = 256;
inline constexpr std::int64_t max_vocabulary = 4'000'000;
inline constexpr double max_theta = 1e9;

}  // namespace inference::config_bounds
