// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/int8_matrix.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/Parallel.h>

namespace inference {
namespace {

constexpr std::int64_t slab_elements = 2 << 20;  ///< of the matrix that are wider than eight bits at any time

/// One row. Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number in the default rounding mode, several numbers at a time.
float quantise_row(const float* row, std::int64_t count, std::int8_t* into) {
    constexpr float rounder = 12582912.0f;
    float largest = 0.0f;
    for (std::int64_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(row[i]));
    // A row of zeros keeps a scale that can be divided by.
    const float scale = std::max(largest / 127.0f, 1e-30f), inverse = 1.0f / scale;
    for (std::int64_t i = 0; i < count; ++i) {
        const float rounded = (row[i] * inverse + rounder) - rounder;
        into[i] = static_cast<std::int8_t>(std::clamp(rounded, -127.0f, 127.0f));
    }
    return scale;
}

/// @param weight (rows, in) float32, contiguous. @param values (rows, in) int8. @param scales (rows) float32.
void quantise(const torch::Tensor& weight, const torch::Tensor& values, const torch::Tensor& scales) {
    const auto in = weight.size(1);
    const auto* from = weight.const_data_ptr<float>();
    auto* const into = values.mutable_data_ptr<std::int8_t>();
    auto* const scale = scales.mutable_data_ptr<float>();
    at::parallel_for(0, weight.size(0), std::max<std::int64_t>(1, (1 << 16) / std::max<std::int64_t>(in, 1)),
                     [&](std::int64_t first, std::int64_t last) {
                         for (auto row = first; row < last; ++row) scale[row] = quantise_row(from + row * in, in, into + row * in);
                     });
}

}  // namespace

Int8Matrix::Int8Matrix(const torch::Tensor& weight) :
    values_(torch::empty(weight.sizes(), torch::TensorOptions().dtype(torch::kInt8))), scales_(torch::empty({weight.size(0)})) {
    quantise(weight.to(torch::kCPU, torch::kFloat32).contiguous(), values_, scales_);
}

Int8Matrix Int8Matrix::load(const Checkpoint& weights, const std::string& name, at::IntArrayRef shape, torch::Device device) {
    return load(weights, {{name, shape[0]}}, shape[1], device);
}

Int8Matrix Int8Matrix::load(const Checkpoint& weights, const std::vector<std::pair<std::string, std::int64_t>>& names_and_rows, std::int64_t in,
                            torch::Device device) {
    std::int64_t out = 0;
    for (const auto& [name, rows] : names_and_rows) out += rows;
    const auto slab = std::max<std::int64_t>(1, slab_elements / std::max<std::int64_t>(in, 1));
    auto values = torch::empty({out, in}, torch::TensorOptions().dtype(torch::kInt8)), scales = torch::empty({out});
    std::int64_t first = 0;
    for (const auto& [name, count] : names_and_rows) {
        for (std::int64_t row = 0; row < count; row += slab) {
            std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min(slab, count - row)));
            std::iota(rows.begin(), rows.end(), row);
            const auto height = static_cast<std::int64_t>(rows.size());
            quantise(weights.load_rows(name, {count, in}, rows).to(torch::kFloat32), values.narrow(0, first + row, height),
                     scales.narrow(0, first + row, height));
        }
        first += count;
    }
    return {values.to(device), scales.to(device)};
}

torch::Tensor Int8Matrix::operator()(const torch::Tensor& x) const {
    // Whole numbers to 127 are exact in bfloat16, so the scales wait for the products.
    auto y = torch::empty({x.size(0), out_features()}, x.options());
    const auto slab = std::max<std::int64_t>(1, slab_elements / in_features());
    for (std::int64_t row = 0; row < out_features(); row += slab) {
        const auto count = std::min(slab, out_features() - row);
        const auto part = at::linear(x, values_.narrow(0, row, count).to(x.scalar_type()));
        y.narrow(1, row, count).copy_(part * scales_.narrow(0, row, count));
    }
    return y;
}

torch::Tensor Int8Matrix::dequantised() const { return values_.to(torch::kFloat32) * scales_.unsqueeze(1); }

}  // namespace inference
