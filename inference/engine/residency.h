// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "inference/engine/weight_estimate.h"
#include "inference/model/layer_stack.h"

namespace inference {

/// Which weights stay in memory. The layers that do not are read from their files whenever they are needed: the text model's once for each
/// new prompt, the transformer's in every step. Pictures are the same to the bit.
struct Residency {
    std::int64_t text_layers = every_layer;
    std::int64_t transformer_layers = every_layer;
    std::string reason;  ///< English, for the log; empty: everything stays

    bool operator==(const Residency&) const = default;
};

/// First the text model leaves memory, which costs time once a prompt; then so many layers of the transformer as must.
/// @param working_bytes  of a picture of the native size. @param available  bytes for both.
/// Throws out_of_memory naming the amounts when not even one layer at a time fits.
Residency plan_residency(const WeightEstimate& weights, std::int64_t working_bytes, std::int64_t available);

/// Nothing but a layer at a time.
Residency stream_every_layer();

/// The least memory in which a model draws at all: a layer at a time lies there beside what belongs to no layer.
std::int64_t least_bytes(const WeightEstimate& weights, std::int64_t working_bytes);

/// Left to other programs and to the window when weights are loaded and nobody named a limit.
inline constexpr std::int64_t load_reserve_bytes = 256 << 20;

/// Bytes of weights that stay.
std::int64_t resident_bytes(const WeightEstimate& weights, const Residency& residency);

}  // namespace inference
