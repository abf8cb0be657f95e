// SPDX-License-Identifier: Apache-2.0
#include "inference/model/rotary.h"

namespace inference {
namespace {

/// theta^(-2 j / dim) for j < dim / 2, float32.
torch::Tensor frequencies(std::int64_t dim, double theta) {
    const auto plane = at::arange(dim / 2, torch::kFloat32);
    return at::pow(theta, plane * (-2.0 / static_cast<double>(dim)));
}

RotaryTable table(const torch::Tensor& angles, torch::Device device) {
    return {angles.cos().contiguous().to(device), angles.sin().contiguous().to(device)};
}

/// The first planes turn with the row, the others with the column.
RotaryTable grid_rotary(std::span<const std::int64_t> offsets, std::int64_t rows, std::int64_t columns, const torch::Tensor& row_frequency,
                        const torch::Tensor& column_frequency, torch::Device device) {
    const auto row = at::arange(rows, torch::kFloat32).repeat_interleave(columns), column = at::arange(columns, torch::kFloat32).repeat({rows});
    std::vector<torch::Tensor> angles;
    for (const auto offset : offsets) {
        const auto real = static_cast<double>(offset);
        angles.push_back(at::cat({(row + real).unsqueeze(1) * row_frequency, (column + real).unsqueeze(1) * column_frequency}, 1));
    }
    return table(at::stack(angles), device);
}

}  // namespace

RotaryTable text_rotary(std::int64_t tokens, std::int64_t head_dim, double theta, torch::Device device) {
    const auto position = at::arange(tokens, torch::kFloat32);
    return table((position.unsqueeze(1) * frequencies(head_dim, theta)).unsqueeze(0), device);
}

RotaryTable identity_rotary(std::int64_t tokens, std::int64_t head_dim, torch::Device device) {
    const auto options = torch::TensorOptions(device).dtype(torch::kFloat32);
    return {torch::ones({1, tokens, head_dim / 2}, options), torch::zeros({1, tokens, head_dim / 2}, options)};
}

RotaryTable image_rotary(std::span<const std::int64_t> offsets, std::int64_t rows, std::int64_t columns, std::int64_t head_dim, double theta,
                         torch::Device device) {
    const auto frequency = frequencies(head_dim / 2, theta);
    return grid_rotary(offsets, rows, columns, frequency, frequency, device);
}

RotaryTable multimodal_rotary(std::span<const std::int64_t> offsets, std::int64_t rows, std::int64_t columns, std::int64_t head_dim, double theta,
                              torch::Device device) {
    const auto halves = frequencies(head_dim, theta).chunk(2);
    return grid_rotary(offsets, rows, columns, halves[0], halves[1], device);
}

RotaryTable raster_rotary(std::span<const std::int64_t> offsets, std::int64_t rows, std::int64_t columns, std::int64_t head_dim, double theta,
                          torch::Device device) {
    const auto frequency = frequencies(head_dim, theta), position = at::arange(rows * columns, torch::kFloat32);
    std::vector<torch::Tensor> angles;
    for (const auto offset : offsets) angles.push_back((position + static_cast<double>(offset)).unsqueeze(1) * frequency);
    return table(at::stack(angles), device);
}

}  // namespace inference
