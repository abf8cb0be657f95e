// SPDX-License-Identifier: Apache-2.0
#include "inference/core/finite.h"

#include <atomic>
#include <cstdint>

#include <ATen/Parallel.h>

namespace inference {
namespace {

/// A number is not finite iff all bits of its exponent are set.
template <typename Bits> bool finite_bits(const void* data, std::int64_t count, Bits exponent) {
    const auto* bits = static_cast<const Bits*>(data);
    std::atomic<bool> finite = true;
    at::parallel_for(0, count, 1 << 18, [&](std::int64_t first, std::int64_t last) {
        constexpr std::int64_t block = 4096;  // between two looks at the result
        for (std::int64_t i = first; i < last && finite.load(std::memory_order_relaxed); i += block) {
            const auto end = i + block < last ? i + block : last;
            Bits bad = 0;
            for (std::int64_t j = i; j < end; ++j) bad = static_cast<Bits>(bad | ((bits[j] & exponent) == exponent ? 1 : 0));
            if (bad != 0) finite = false;
        }
    });
    return finite;
}

}  // namespace

bool all_finite(const torch::Tensor& tensor) {
    const auto dtype = tensor.scalar_type();
    if (!tensor.is_cpu() || !tensor.is_contiguous()) return tensor.isfinite().all().item<bool>();
    if (dtype == torch::kFloat32) return finite_bits<std::uint32_t>(tensor.const_data_ptr(), tensor.numel(), 0x7F800000u);
    if (dtype == torch::kBFloat16) return finite_bits<std::uint16_t>(tensor.const_data_ptr(), tensor.numel(), 0x7F80u);
    if (dtype == torch::kFloat16) return finite_bits<std::uint16_t>(tensor.const_data_ptr(), tensor.numel(), 0x7C00u);
    return tensor.isfinite().all().item<bool>();
}

}  // namespace inference
