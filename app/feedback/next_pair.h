// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "app/feedback/fitted_taste.h"
#include "app/feedback/taste_answers.h"

namespace app {

class Library;

/// The first of `preferred` whose pictures are both in the library; else the pair of the newest pictures whose answer teaches most; while the head is
/// silent, two of one prompt, the newest first. Never one that was compared before nor one of `passed`, either way round.
std::optional<std::pair<ItemId, ItemId>> nextPair(const Library& library, const FittedTaste& fitted, const TasteAnswers& answers,
                                                  const std::vector<std::pair<ItemId, ItemId>>& preferred,
                                                  const std::vector<std::pair<ItemId, ItemId>>& passed);

}  // namespace app
