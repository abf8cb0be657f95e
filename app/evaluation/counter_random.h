// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace app {

/// Random numbers that are named by where they are used, not by how many were drawn before: nothing to save, nothing to get out of step.
/// SplitMix64 (Steele, Lea, Flood 2014) of seed and index.
class CounterRandom {
public:
    explicit CounterRandom(std::uint64_t seed) : seed_(seed) {}

    std::uint64_t bits(std::uint64_t index) const { return mix(mix(seed_ + golden) + index * golden); }
    /// [0, 1)
    double uniform(std::uint64_t index) const { return static_cast<double>(bits(index) >> 11) * 0x1.0p-53; }
    /// Standard normal (Box and Muller); uses the indices 2 i and 2 i + 1.
    double normal(std::uint64_t index) const {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(2 * index)));
        return radius * std::cos(2.0 * std::numbers::pi * uniform(2 * index + 1));
    }
    /// 0 to count - 1
    std::uint64_t below(std::uint64_t count, std::uint64_t index) const {
        return static_cast<std::uint64_t>(uniform(index) * static_cast<double>(count));
    }

private:
    static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
    static std::uint64_t mix(std::uint64_t x) {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    std::uint64_t seed_;
};

}  // namespace app
