// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

#include "app/feedback/picture_judge.h"
#include "app/feedback/signal_store.h"

namespace app {

class Library;

/// How many things the taste in use was told, and whether that can be enough. Errors: invalid_request (nobodyJudges()), io.
[[nodiscard]] inference::Result<TasteSignals> answersToJudgeBy(const SignalStore& store);

/// What TasteService does by and by, done at once on the calling thread, for commands: has the engine look at what it has not seen yet, stores what it
/// saw, and fits the head. @param on_looked  pictures looked at so far, of how many
/// Errors: invalid_request (nobodyJudges(): the head is silent), cancelled, io.
[[nodiscard]] inference::Result<PictureJudge> readJudge(const Library& library, SignalStore& store, const TasteSignals& said,
                                                        inference::Engine& engine, const std::function<void(int done, int total)>& on_looked,
                                                        const std::stop_token& stop);

}  // namespace app
