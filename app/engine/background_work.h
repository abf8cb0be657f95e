// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/engine.h"

#include <stop_token>

namespace app {

/// Work that shares the engine with drawing and steps aside for it. It is cut into slices; a drawing that is asked for starts after the
/// slice under way, so a slice is how long somebody may wait: some hundred milliseconds.
class BackgroundWork {
public:
    virtual ~BackgroundWork() = default;

    /// One slice, on the engine's thread. Throws nothing; errors are the work's own to keep.
    /// @param stop  requested when the work is to end or the program closes: return soon
    /// @return whether there is more to do
    virtual bool advance(inference::Engine& engine, const std::stop_token& stop) = 0;
};

}  // namespace app
