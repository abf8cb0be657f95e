// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMetaType>
#include <QtGlobal>
#include <compare>
#include <stop_token>

#include "inference/api/engine.h"

namespace app {

/// Names one piece of background work; unique in a run of the program.
struct BackgroundId {
    qint64 value = 0;
    auto operator<=>(const BackgroundId&) const = default;
};

enum class BackgroundPriority {
    soon,      ///< short work that a view waits for: features of a picture that was just rated
    whenever,  ///< long work: training
};

/// Work that uses the model while nothing is drawn. It is done in slices on the engine's thread, lives there and ends there, so that tensors
/// stay where they belong; a drawing that is asked for meanwhile waits for one slice.
class BackgroundWork {
public:
    BackgroundWork() = default;
    virtual ~BackgroundWork() = default;
    BackgroundWork(const BackgroundWork&) = delete;
    BackgroundWork& operator=(const BackgroundWork&) = delete;

    /// One slice of some hundred milliseconds at most. Reports by its own means (posts values).
    /// @return whether there is more to do
    virtual bool advance(inference::Engine& engine, std::stop_token stop) = 0;
};

}  // namespace app

Q_DECLARE_METATYPE(app::BackgroundId)
