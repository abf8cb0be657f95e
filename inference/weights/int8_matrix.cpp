// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/int8_matrix.h"

#include <algorithm>
#include <numeric>

namespace inference {
namespace {

constexpr std::int64_t slab_elements = 2 << 20;  ///< of the matrix that are wider than eight bits at any time

std::pair<torch::Tensor, torch::Tensor> quantise(const torch::Tensor& weight) {
    const auto real = weight.to(torch::kFloat32);
    // A row of zeros keeps a scale that can be divided by.
    const auto scales = (real.abs().amax(1) / 127.0).clamp_min(1e-30);
    return {(real / scales.unsqueeze(1)).round_().clamp_(-127, 127).to(torch::kInt8), scales};
}

}  // namespace

Int8Matrix::Int8Matrix(const torch::Tensor& weight) { std::tie(values_, scales_) = quantise(weight); }

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
            const auto [part, part_scales] = quantise(weights.load_rows(name, {count, in}, rows));
            values.narrow(0, first + row, height).copy_(part);
            scales.narrow(0, first + row, height).copy_(part_scales);
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
