// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "inference/api/model_description.h"

namespace app {

/// How a model takes the place of another.
enum class LoadOrder {
    beside,     ///< memory holds both for a moment: the old one goes when the new one is there
    instead,    ///< the old one goes first; what still does not fit is read from disk as it is needed
    impossible  ///< not even then, a layer at a time
};

/// Decides before anything is allocated, because what runs out of memory may be the whole session.
/// @param next        described just now: `available_bytes` is what is free beside the loaded model.
/// @param held_bytes  of the loaded model's weights; 0: none, or not known.
LoadOrder chooseLoadOrder(const inference::ModelDescription& next, std::int64_t held_bytes);

/// The refusal of `impossible`, naming both amounts.
inference::Error notEnoughMemory(const inference::ModelDescription& next, std::int64_t held_bytes);

/// Whether some of its weights will be read from disk in every step because memory does not hold them, even with the old one gone.
bool readsFromDisk(const inference::ModelDescription& next, std::int64_t held_bytes);

/// What the loaded model's weights really take, which is less than its description says where it reads them from disk. 0: none, or not known.
/// @param loaded, description  may be null.
std::int64_t heldBytes(const inference::ModelInfo* loaded, const inference::ModelDescription* description);

}  // namespace app
