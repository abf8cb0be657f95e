// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/next_pair.h"

#include <QString>
#include <algorithm>
#include <map>
#include <set>

#include "app/feedback/questions.h"
#include "app/library/library.h"

namespace app {
namespace {

constexpr std::size_t most_pictures = 400;   ///< of the newest
constexpr std::size_t most_tried = 60 * 60;  ///< pairs: a question is asked between two clicks

}  // namespace

std::optional<std::pair<ItemId, ItemId>> nextPair(const Library& library, const FittedTaste& fitted, const TasteAnswers& answers,
                                                  const std::vector<std::pair<ItemId, ItemId>>& preferred,
                                                  const std::vector<std::pair<ItemId, ItemId>>& passed) {
    std::set<std::pair<ItemId, ItemId>> known;
    for (const auto& pairs : {passed, answers.comparedPairs()}) {
        for (const auto& [left, right] : pairs) known.insert(std::minmax(left, right));
    }
    for (const auto& [left, right] : preferred) {
        if (!known.contains(std::minmax(left, right)) && library.find(left) && library.find(right)) return std::pair(left, right);
    }
    // Pictures of one prompt are compared with each other: what differs between them is taste, not the subject.
    std::map<QString, std::vector<ItemId>> by_prompt;
    std::size_t count = 0;
    for (const LibraryItem& item : library.items()) {
        if (++count > most_pictures) break;
        by_prompt[item.prompt].push_back(item.id);
    }
    const PreferenceHead* head = fitted.speaks() ? fitted.head.get() : nullptr;
    std::optional<std::pair<ItemId, ItemId>> best;
    double most = -1.0;
    std::size_t tried = 0;
    for (const auto& [prompt, items] : by_prompt) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            for (std::size_t j = i + 1; j < items.size(); ++j) {
                if (known.contains(std::minmax(items[i], items[j]))) continue;
                // Newer pictures first while nothing better is known.
                double worth = 1.0 / (1.0 + static_cast<double>(library.indexOf(items[i])));
                const Coordinates* a = fitted.coordinatesOf(items[i]);
                const Coordinates* b = fitted.coordinatesOf(items[j]);
                if (head && a && b) worth = duelWorth(*head, *a, *b);
                if (worth > most) {
                    most = worth;
                    best = {items[i], items[j]};
                }
                if (++tried > most_tried) return best;
            }
        }
    }
    return best;
}

}  // namespace app
