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

}  // namespace

RotaryTable text_rotary(std::int64_t tokens, std::int64_t head_dim, double theta, torch::Device device) {
    const auto position = at::arange(tokens, torch::kFloat32);
    return table((position.unsqueeze(1) * frequencies(head_dim, theta)).unsqueeze(0), device);
}

RotaryTable image_rotary(std::span<const std::int64_t> offsets, std::int64_t rows, std::int64_t columns, std::int64_t head_dim, double theta,
                         torch::Device device) {
    const auto frequency = frequencies(head_dim / 2, theta);
    const auto row = at::arange(rows, torch::kFloat32).repeat_interleave(columns), column = at::arange(columns, torch::kFloat32).repeat({rows});
    std::vector<torch::Tensor> angles;
    for (const auto offset : offsets) {
        const auto real = static_cast<double>(offset);
        angles.push_back(at::cat({(row + real).unsqueeze(1) * frequency, (column + real).unsqueeze(1) * frequency}, 1));
    }
    return table(at::stack(angles), device);
}

}  // namespace inference
