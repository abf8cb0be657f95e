// SPDX-License-Identifier: Apache-2.0
#include "inference/model/positions.h"

#include <string>
#include <utility>

#include "inference/core/exception.h"
#include "inference/model/parameter_reader.h"
#include "inference/model/rotary.h"

namespace inference {
namespace {

using TableFn = decltype(&image_rotary);

/// Rotary positions that start where the prompt ends.
class RotaryPositions : public ImagePositions {
public:
    RotaryPositions(TableFn make_table, const TransformerConfig& config, torch::Device device) :
        make_table_(make_table), head_dim_(config.base.head_dim), theta_(config.image_rope_theta), device_(device) {}

    RotaryTable rotary(std::span<const std::int64_t> prompt_tokens, std::int64_t rows, std::int64_t columns) const override {
        return make_table_(prompt_tokens, rows, columns, head_dim_, theta_, device_);
    }
    void add_to(torch::Tensor&, std::int64_t, std::int64_t) const override {}

protected:
    RotaryTable from_zero(std::int64_t rows, std::int64_t columns) const {
        const std::int64_t zero = 0;
        return make_table_({&zero, 1}, rows, columns, head_dim_, theta_, device_);
    }

private:
    TableFn make_table_;
    std::int64_t head_dim_;
    double theta_;
    torch::Device device_;
};

/// Positions on two axes, which the reference's cached steps count from zero.
class GridPositions final : public RotaryPositions {
public:
    using RotaryPositions::RotaryPositions;
    RotaryTable cached_rotary(std::span<const std::int64_t>, std::int64_t rows, std::int64_t columns) const override {
        return from_zero(rows, columns);
    }
};

/// Rotary positions where the image attends to itself only, or class DiT: they start at zero.
class UnshiftedPositions final : public RotaryPositions {
public:
    using RotaryPositions::RotaryPositions;
    RotaryTable rotary(std::span<const std::int64_t>, std::int64_t rows, std::int64_t columns) const override { return from_zero(rows, columns); }
};

/// "ape": a fixed table is added to the tokens, nothing turns.
class AddedPositions final : public ImagePositions {
public:
    AddedPositions(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement) :
        head_dim_(config.base.head_dim), side_(config.pos_embed_max_size), device_(placement.device) {
        const auto name = config.prefix() + "patch_embed.pos_embed";
        const auto D = config.hidden_size;
        // What is stored is what the reference adds, be it rounded; a checkpoint without the table is met by the formula.
        const auto table = weights.has(name) ? ParameterReader(weights, placement).tensor(name, {1, side_ * side_, D}, torch::kFloat32)
                                             : sin_cos_table(side_, config.sample_size / config.patch_size, D).to(placement.device);
        table_ = table.view({side_, side_, D});
    }

    RotaryTable rotary(std::span<const std::int64_t>, std::int64_t rows, std::int64_t columns) const override {
        if (rows > side_ || columns > side_) {
            fail(ErrorCode::invalid_request,
                 "the picture has " + std::to_string(columns) + " x " + std::to_string(rows) + " patches; this model's " +
                     "table of positions (pos_embed_max_size) has " + std::to_string(side_) + " on a side");
        }
        return identity_rotary(rows * columns, head_dim_, device_);
    }
    void add_to(torch::Tensor& x, std::int64_t rows, std::int64_t columns) const override {
        const auto window = table_.narrow(0, (side_ - rows) / 2, rows).narrow(1, (side_ - columns) / 2, columns).reshape({1, rows * columns, -1});
        x.view({-1, rows * columns, x.size(1)}).add_(window);
    }

private:
    std::int64_t head_dim_, side_;
    torch::Device device_;
    torch::Tensor table_;
};

TableFn table_of(PositionKind kind) {
    if (kind == PositionKind::rope_1d) return raster_rotary;
    return kind == PositionKind::m_rope ? multimodal_rotary : image_rotary;
}

}  // namespace

std::unique_ptr<ImagePositions> make_image_positions(const TransformerConfig& config, const Checkpoint& weights, const Placement& placement) {
    if (config.positions == PositionKind::ape) return std::make_unique<AddedPositions>(config, weights, placement);
    const auto make_table = table_of(config.positions);
    if (!config.fused || config.attention == AttentionKind::cross) return std::make_unique<UnshiftedPositions>(make_table, config, placement.device);
    // The reference has no cached steps for 1d-rope.
    if (config.positions == PositionKind::rope_1d) return std::make_unique<RotaryPositions>(make_table, config, placement.device);
    return std::make_unique<GridPositions>(make_table, config, placement.device);
}

torch::Tensor sin_cos_table(std::int64_t side, std::int64_t native_side, std::int64_t width) {
    // Coordinates are float32 and the rest float64, as in diffusers 0.32.
    const auto spacing = static_cast<double>(side) / static_cast<double>(native_side);
    const auto place = (at::arange(side, torch::kFloat32) / spacing).to(torch::kFloat64);
    const auto quarter = width / 4;
    const auto omega = at::pow(10000.0, at::arange(quarter, torch::kFloat64) / -static_cast<double>(quarter));
    const auto angles = place.unsqueeze(1) * omega;
    const auto features = at::cat({angles.sin(), angles.cos()}, 1);  // (side, width / 2)
    const auto column = features.unsqueeze(0).expand({side, side, width / 2}), row = features.unsqueeze(1).expand({side, side, width / 2});
    return at::cat({column, row}, 2).reshape({side * side, width}).to(torch::kFloat32);
}

}  // namespace inference
