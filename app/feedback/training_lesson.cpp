// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_lesson.h"

#include "app/feedback/pixel_statistics.h"
#include "app/feedback/training_budget.h"
#include "app/feedback/training_labels.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace app {

using inference::Error;
using inference::Result;

namespace {

using namespace training_budget;

constexpr double clearly = 0.25;  ///< stars from the mean

Learnability learnabilityOf(const std::vector<GridRating>& ratings, const PreferenceHead& head) {
    Learnability known;
    known.ratings = static_cast<int>(ratings.size());
    double mean = 0.0;
    for (const auto& rating : ratings) mean += rating.stars / static_cast<double>(ratings.size());
    known.varied = std::any_of(ratings.begin(), ratings.end(), [&](const GridRating& rating) { return rating.stars != ratings.front().stars; });
    known.skill = head.skill();
    known.threshold = head.threshold();
    for (const auto& rating : ratings) {
        known.liked += rating.stars > mean + clearly ? 1 : 0;
        known.disliked += rating.stars < mean - clearly ? 1 : 0;
    }
    return known;
}

/// With the same prompt and pixels, what the judge sees instead of the labeller.
std::vector<PictureTraits> seenByTheJudge(std::vector<PictureTraits> traits, const auto& pictures) {
    for (std::size_t i = 0; i < traits.size(); ++i) traits[i].states = pictures[i].features.judge;
    return traits;
}

/// What the head wants of the pictures nobody rated, and those that must stay as they are.
Result<void> addDrawn(const TrainingInputs& inputs, const std::vector<SeenDrawing>& drawn, const std::vector<PictureTraits>& traits,
                      const FeatureBasis& basis, const PreferenceHead& head, int first_grid, std::vector<inference::TrainingPicture>& pictures) {
    const std::size_t replayed = inputs.config.replay_share > 0.0 ? std::min<std::size_t>(drawn.size() / 2, replay_pictures) : 0;
    const std::size_t labelled = drawn.size() - replayed;
    std::vector<Coordinates> unrated;
    std::vector<int> grids;
    for (std::size_t i = 0; i < labelled; ++i) {
        auto coordinates = basis.project(traits[i]);
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        unrated.push_back(*std::move(coordinates));
        grids.push_back(first_grid + static_cast<int>(i) / pictures_of_prompt);
    }
    const auto labels = pseudoDesirabilities(head, unrated, grids);
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        const auto& [request, pixels, features] = drawn[i];
        const bool replay = i >= labelled;
        if (!replay && !labels[i]) continue;
        pictures.push_back({*pixels, request.prompt, request.instruction, replay ? 0 : grids[i], replay ? 0.0 : *labels[i], replay});
    }
    return {};
}

}  // namespace

Result<TrainingLesson> prepareLesson(const TrainingInputs& inputs, const std::vector<SeenExample>& rated, const std::vector<SeenDrawing>& drawn) {
    std::vector<PictureTraits> drawn_traits;
    for (const auto& [request, pixels, features] : drawn) drawn_traits.push_back({features.image, features.prompt, pixelStatistics(*pixels)});
    auto basis = FeatureBasis::fit(drawn_traits);
    if (!basis) return tl::unexpected<Error>(basis.error());
    PreferenceData said;
    std::vector<GridRating> ratings;
    std::vector<PictureTraits> rated_traits;
    for (std::size_t i = 0; i < rated.size(); ++i) {
        const auto& [example, pixels, features] = rated[i];
        rated_traits.push_back({features.image, features.prompt, pixelStatistics(*pixels)});
        auto coordinates = basis->project(rated_traits.back());
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        said.pictures.push_back(*std::move(coordinates));
        const int stars = std::clamp(static_cast<int>(std::lround(example.rating)), 1, 5);
        said.signals.push_back({StarSignal{static_cast<int>(i), stars}, example.grid});
        ratings.push_back({example.rating, example.grid});
    }
    auto head = PreferenceHead::fitAgainstChance(said, inputs.seed);
    if (!head) return tl::unexpected<Error>(head.error());
    TrainingLesson lesson;
    lesson.learnability = learnabilityOf(ratings, *head);
    if (!againstTraining(lesson.learnability).empty()) return lesson;
    auto judge = GateTrial::make(inputs, seenByTheJudge(std::move(rated_traits), rated), seenByTheJudge(drawn_traits, drawn), std::move(said));
    if (!judge) return tl::unexpected<Error>(judge.error());
    lesson.trial = std::make_unique<GateTrial>(*std::move(judge));

    const auto own = desirabilities(ratings);
    int first_grid = 0;
    for (std::size_t i = 0; i < rated.size(); ++i) {
        const auto& [example, pixels, features] = rated[i];
        first_grid = std::max(first_grid, example.grid + 1);
        if (own[i]) lesson.pictures.push_back({*pixels, example.prompt, example.instruction, example.grid, *own[i], false});
    }
    if (auto added = addDrawn(inputs, drawn, drawn_traits, *basis, *head, first_grid, lesson.pictures); !added)
        return tl::unexpected<Error>(added.error());
    return lesson;
}

}  // namespace app
