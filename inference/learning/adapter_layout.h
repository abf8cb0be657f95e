// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inference/model/transformer_config.h"

namespace inference {

/// The matrices of a layer that adapters act on, in the order in which they are stacked.
enum class AdaptedMatrix { q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj };
inline constexpr std::size_t num_adapted_matrices = 7;

struct MatrixShape {
    std::int64_t out = 0, in = 0;
};

/// Which matrices of a transformer an adapter may act on, what they are called and how large they are.
class AdapterLayout {
public:
    explicit AdapterLayout(const TransformerConfig& config);

    std::int64_t layers() const noexcept { return layers_; }
    MatrixShape shape(AdaptedMatrix matrix) const { return shapes_[static_cast<std::size_t>(matrix)]; }

    /// "dit.layers.3.self_attn.q_proj", as the transformer's own tensors are named.
    std::string name(std::int64_t layer, AdaptedMatrix matrix) const;
    /// The matrix of that name; none when this transformer has no such matrix.
    std::optional<std::pair<std::int64_t, AdaptedMatrix>> find(const std::string& name) const;

    /// Numbers of an adapter of this rank on all matrices.
    std::int64_t parameters(std::int64_t rank) const;

private:
    std::string prefix_;
    std::int64_t layers_;
    std::array<MatrixShape, num_adapted_matrices> shapes_;
};

/// "self_attn.q_proj".
const char* matrix_name(AdaptedMatrix matrix);

}  // namespace inference
