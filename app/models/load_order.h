// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "inference/api/model_description.h"

namespace app {

/// How a model takes the place of another.
enum class LoadOrder {
    beside,     ///< memory holds both for a moment: the old one goes when the new one is there
    instead,    ///< the old one goes first
    impossible  ///< not even then
};

/// Decides before anything is allocated, because what runs out of memory may be the whole session.
/// @param next        described just now: `available_bytes` is what is free beside the loaded model.
/// @param held_bytes  of the loaded model's weights; 0: none, or not known.
LoadOrder chooseLoadOrder(const inference::ModelDescription& next, std::int64_t held_bytes);

/// The refusal of `impossible`, naming both amounts.
inference::Error notEnoughMemory(const inference::ModelDescription& next, std::int64_t held_bytes);

}  // namespace app
