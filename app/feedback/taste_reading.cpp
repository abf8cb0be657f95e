// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_reading.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "app/engine/candidate_judge.h"
#include "app/feedback/feature_work.h"
#include "app/feedback/fitted_taste.h"
#include "app/feedback/picture_sight.h"
#include "app/library/library.h"

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

namespace {

/// What is judged by, first what was said something of.
std::vector<ItemId> picturesOf(const Library& library, const TasteSignals& said) {
    std::vector<ItemId> items = said.items;
    std::size_t newest = 0;
    for (const LibraryItem& item : library.items()) {
        if (++newest > PictureSight::most_unrated) break;
        if (std::find(said.items.begin(), said.items.end(), item.id) == said.items.end()) items.push_back(item.id);
    }
    return items;
}

std::vector<PictureToSee> unseen(const Library& library, const std::vector<ItemId>& items, const std::map<ItemId, PictureTraits>& known) {
    std::vector<PictureToSee> pictures;
    for (const ItemId id : items) {
        const LibraryItem* item = library.find(id);
        if (!item || known.contains(id)) continue;
        const auto request = library.request(id);
        if (request) pictures.push_back({id, item->path, request->prompt, request->instruction});
    }
    return pictures;
}

}  // namespace

Result<TasteSignals> answersToJudgeBy(const SignalStore& store) {
    const auto taste = store.activeProfile();
    if (!taste) return tl::unexpected<Error>(taste.error());
    auto said = store.signalsOf(*taste);
    if (said && static_cast<int>(said->signals.size()) < least_answers) return tl::unexpected<Error>(nobodyJudges());
    return said;
}

Result<PictureJudge> readJudge(const Library& library, SignalStore& store, const TasteSignals& said, inference::Engine& engine,
                               const std::function<void(int done, int total)>& on_looked, const std::stop_token& stop) {
    const inference::LearningEngine* learning = engine.learning();
    if (!learning) return tl::unexpected<Error>(nobodyJudges());
    const std::string version = learning->feature_version();
    const auto items = picturesOf(library, said);
    auto traits = store.features(version, items);
    if (!traits) return tl::unexpected<Error>(traits.error());

    auto pictures = unseen(library, items, *traits);
    const int total = static_cast<int>(pictures.size());
    int looked = 0;
    Result<void> stored;
    FeatureWork work(std::move(pictures),
                     {[](const std::string&) {},
                      [&](std::vector<SeenPicture> seen) {
                          for (SeenPicture& picture : seen) {
                              if (stored) stored = store.putFeatures(picture.item, picture.features, picture.statistics);
                              (*traits)[picture.item] = {std::move(picture.features.image), std::move(picture.features.prompt), picture.statistics};
                          }
                          looked += static_cast<int>(seen.size());
                          if (on_looked) on_looked(looked, total);
                      }});
    while (stored && !stop.stop_requested() && work.advance(engine, stop)) {
    }
    if (!stored) return tl::unexpected<Error>(stored.error());
    if (stop.stop_requested()) return inference::failure(ErrorCode::cancelled, "interrupted");

    FitInputs inputs{{}, said.signals, said.items, {}};
    for (auto& [item, seen] : *traits) inputs.traits[item] = std::make_shared<const PictureTraits>(std::move(seen));
    const auto fitted = fitTaste(inputs);
    if (!fitted || !fitted->speaks()) return tl::unexpected<Error>(nobodyJudges());
    return PictureJudge(version, fitted->basis, fitted->head);
}

}  // namespace app
