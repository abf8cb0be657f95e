// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/draws.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include <ATen/core/PhiloxRNGEngine.h>

namespace inference {
namespace {

constexpr std::uint64_t purpose_shift = 48;  ///< more numbers than one key ever gives

}  // namespace

Draws::Draws(std::uint64_t seed, DrawPurpose purpose, std::uint64_t step, std::uint64_t index) noexcept :
    seed_(seed), counter_high_(step << 32 | index), counter_low_(static_cast<std::uint64_t>(purpose) << purpose_shift) {}

std::uint32_t Draws::next() {
    if (used_ == 4) {
        at::Philox4_32 engine(seed_, counter_high_, counter_low_++);
        for (auto& word : block_) word = engine();
        used_ = 0;
    }
    return block_[used_++];
}

double Draws::uniform() { return (static_cast<double>(next()) + 0.5) / 4294967296.0; }

double Draws::normal() {
    if (std::exchange(has_spare_, false)) return spare_;
    const double radius = std::sqrt(-2.0 * std::log(uniform())), angle = 2.0 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

torch::Tensor Draws::normal(at::IntArrayRef shape) {
    auto values = torch::empty(shape, torch::kFloat32);
    auto* const out = values.mutable_data_ptr<float>();
    for (std::int64_t i = 0; i < values.numel(); ++i) out[i] = static_cast<float>(normal());
    return values;
}

std::vector<std::size_t> Draws::permutation(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i) {
        const auto other = static_cast<std::size_t>(uniform() * static_cast<double>(i));
        std::swap(order[i - 1], order[other]);
    }
    return order;
}

}  // namespace inference
