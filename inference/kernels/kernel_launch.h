// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <torch/types.h>

#include "inference/core/processor.h"
#include "inference/kernels/cpu_kernels.h"
#include "inference/kernels/fused_ops.h"

// What every call of a kernel needs: the set of this processor, and tensors as pointers.

namespace inference::kernels {

#ifdef __x86_64__
/// The best of the sets that this processor can run.
template <typename Set> const Set& choose_set(const Set& (*avx512_bf16)(), const Set& (*avx512)(), const Set& (*avx2)(), const Set& (*baseline)()) {
    const auto& processor = Processor::current();
    if (processor.has_avx512 && processor.has_avx512_bf16) return avx512_bf16();
    if (processor.has_avx512) return avx512();
    if (processor.has_avx2) return avx2();
    return baseline();
}
#endif

constexpr std::size_t index_of(torch::ScalarType dtype) { return dtype == torch::kBFloat16 ? 1 : 0; }

inline bool has_kernel(const torch::Tensor& tensor) {
    return tensor.is_cpu() && tensor.is_contiguous() && (tensor.scalar_type() == torch::kFloat32 || tensor.scalar_type() == torch::kBFloat16);
}

/// Rows a thread takes at least: below about 20 microseconds of work a second thread costs more than it brings.
inline std::int64_t grain_for(std::int64_t width) { return std::max<std::int64_t>(1, 32 * 1024 / std::max<std::int64_t>(width, 1)); }

inline const float* data_or_null(const torch::Tensor& tensor) { return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr; }

/// Rows of the stream that share a row of a modulation.
inline std::int64_t group_rows(const torch::Tensor& modulation, std::int64_t rows, std::int64_t width) {
    if (!modulation.defined()) return 1;
    TORCH_CHECK(modulation.is_contiguous() && modulation.dim() == 2 && modulation.size(1) == width && rows % modulation.size(0) == 0,
                "modulation: expected (G, ", width, ") contiguous with G dividing ", rows, ", got ", modulation.sizes());
    return std::max<std::int64_t>(1, rows / modulation.size(0));
}

inline ModulationArgs modulation_args(const Modulation& modulation, std::int64_t rows, std::int64_t width) {
    return {data_or_null(modulation.shift), data_or_null(modulation.scale), group_rows(modulation.shift, rows, width)};
}

}  // namespace inference::kernels
