// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <utility>
#include <vector>

#include "app/feedback/fitted_taste.h"
#include "app/feedback/taste_answers.h"

namespace app {

class Library;

/// A direction of taste that has a name, with pictures from both of its ends.
struct TasteDirection {
    PixelStatistic statistic = PixelStatistic::brightness;
    double effect = 0.0;  ///< stars a standard deviation; negative: less of it is liked
    QList<ItemId> liked;
    QList<ItemId> disliked;
};

/// The strongest first; none while the head is silent.
std::vector<TasteDirection> tasteDirections(const Library& library, const FittedTaste& fitted, int most);

/// Answers that differ most in what can be seen, of pictures that are there: preferred first in each.
std::vector<std::pair<ItemId, ItemId>> taughtPairs(const Library& library, const FittedTaste& fitted, const TasteAnswers& answers, int most);

}  // namespace app
