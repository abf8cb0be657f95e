// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/head_evaluation.h"

#include "app/feedback/evaluation_prompts.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::GenerationRequest;
using inference::Result;

namespace {

constexpr int pool_pictures = 8;     ///< of a prompt: two grids
constexpr int unseen_pictures = 16;  ///< of a prompt: eight to choose from, eight to compare with
constexpr std::uint64_t unseen_seed = 5000;
constexpr int grid_size = 4;
constexpr double just_noticeable = 0.25;
constexpr int permutations = 200;
constexpr int resamples = 1000;
constexpr int features_together = 8;

GenerationRequest requestFor(const EvaluationOptions& options, const std::string& model_id, const std::string& prompt, std::uint64_t seed) {
    GenerationRequest request = options.drawing;
    request.prompt = prompt;
    request.seed = seed;
    request.num_images = 1;
    request.batch_size = 1;
    request.model_id = model_id;
    return request;
}

Result<void> drawAll(inference::Engine& engine, PicturePool& pool, const std::vector<GenerationRequest>& requests, int batch, const char* stage,
                     const EvaluationProgress& progress, const std::stop_token& stop) {
    const int total = static_cast<int>(requests.size());
    for (;;) {
        if (stop.stop_requested()) return failure(ErrorCode::cancelled, "interrupted");
        auto missing = pool.drawSome(engine, requests, batch, stop);
        if (!missing) return tl::unexpected<Error>(missing.error());
        progress(stage, total - *missing, total);
        if (*missing == 0) return {};
    }
}

Result<std::vector<PictureTraits>> seeAll(inference::Engine& engine, PicturePool& pool, const std::vector<GenerationRequest>& requests,
                                          const char* stage, const EvaluationProgress& progress, const std::stop_token& stop) {
    std::vector<PictureTraits> all;
    auto* learning = engine.learning();
    for (std::size_t first = 0; first < requests.size(); first += features_together) {
        std::vector<inference::PictureQuery> queries;
        for (std::size_t i = first; i < std::min(requests.size(), first + features_together); ++i) {
            const auto pixels = pool.find(requests[i]);
            if (!pixels) return failure(ErrorCode::io, "a picture of the pool has vanished");
            queries.push_back({*pixels, requests[i].prompt, requests[i].instruction});
            all.push_back({{}, {}, pixelStatistics(*pixels)});
        }
        if (learning == nullptr) continue;
        auto features = learning->features(queries, stop);
        if (!features) return tl::unexpected<Error>(features.error());
        for (std::size_t i = 0; i < features->size(); ++i) {
            all[first + i].states = std::move((*features)[i].image);
            all[first + i].prompt = std::move((*features)[i].prompt);
        }
        progress(stage, static_cast<int>(all.size()), static_cast<int>(requests.size()));
    }
    return all;
}

Result<std::vector<double>> scoreAll(PicturePool& pool, const std::vector<GenerationRequest>& requests, const Rater& rater) {
    std::vector<RatedPicture> pictures;
    for (const auto& request : requests) pictures.push_back({*pool.find(request), request.prompt});
    return rater.scores(pictures);
}

/// Which grids of the pool are rated: each is four pictures of one prompt, the first grids of all prompts before any second.
std::vector<std::size_t> chooseRated(std::size_t prompts, int ratings, std::uint64_t seed) {
    std::vector<std::size_t> rated;
    for (std::size_t round = 0; round < pool_pictures / grid_size; ++round) {
        for (std::size_t p = 0; p < prompts; ++p) {
            const std::size_t half = (uniformFromCounter(seed ^ 0x64A1DULL, p) < 0.5 ? round : 1 - round) * grid_size;
            for (std::size_t i = 0; i < grid_size && rated.size() < static_cast<std::size_t>(ratings); ++i)
                rated.push_back(p * pool_pictures + half + i);
        }
    }
    return rated;
}

/// Expected win share of the best of four by `choice` from the first half of a prompt's pictures against the second, over all foursomes.
double bestOfFour(const std::vector<double>& choice, const std::vector<double>& z, std::size_t first) {
    constexpr std::size_t from = unseen_pictures / 2;
    const std::vector<double> others(z.begin() + static_cast<std::ptrdiff_t>(first + from),
                                     z.begin() + static_cast<std::ptrdiff_t>(first + unseen_pictures));
    double sum = 0.0;
    double count = 0.0;
    for (unsigned set = 0; set < (1U << from); ++set) {
        if (std::popcount(set) != grid_size) continue;
        std::size_t best = from;
        for (std::size_t i = 0; i < from; ++i) {
            if ((set >> i & 1U) != 0 && (best == from || choice[first + i] > choice[first + best])) best = i;
        }
        sum += winShare({z[first + best]}, others);
        count += 1.0;
    }
    return sum / count;
}

Estimate overPrompts(const std::vector<double>& values, std::uint64_t seed) {
    return clusteredBootstrap(
        static_cast<int>(values.size()),
        [&](const std::vector<int>& drawn) {
            double sum = 0.0;
            for (const int p : drawn) sum += values[static_cast<std::size_t>(p)];
            return sum / static_cast<double>(drawn.size());
        },
        resamples, seed);
}

}  // namespace

Result<EvaluationData> prepareEvaluation(inference::Engine& engine, PicturePool& pool, const EvaluationOptions& options,
                                         const EvaluationProgress& progress, const std::stop_token& stop) {
    EvaluationData data;
    auto split = evaluationPrompts(options.seed);
    data.rating_prompts = std::move(split.rating);
    data.evaluation_prompts = std::move(split.evaluation);
    const std::string& model = engine.model().id;
    for (const auto& prompt : data.rating_prompts) {
        for (int i = 0; i < pool_pictures; ++i) data.pool.push_back(requestFor(options, model, prompt, static_cast<std::uint64_t>(i)));
    }
    for (const auto& prompt : data.evaluation_prompts) {
        for (int i = 0; i < unseen_pictures; ++i)
            data.unseen.push_back(requestFor(options, model, prompt, unseen_seed + static_cast<std::uint64_t>(i)));
    }
    for (auto* requests : {&data.pool, &data.unseen}) {
        if (auto drawn = drawAll(engine, pool, *requests, options.batch, "drawing", progress, stop); !drawn)
            return tl::unexpected<Error>(drawn.error());
    }
    auto pool_traits = seeAll(engine, pool, data.pool, "looking", progress, stop);
    if (!pool_traits) return tl::unexpected<Error>(pool_traits.error());
    auto unseen_traits = seeAll(engine, pool, data.unseen, "looking", progress, stop);
    if (!unseen_traits) return tl::unexpected<Error>(unseen_traits.error());
    auto pool_scores = scoreAll(pool, data.pool, options.rater);
    if (!pool_scores) return tl::unexpected<Error>(pool_scores.error());
    auto unseen_scores = scoreAll(pool, data.unseen, options.rater);
    if (!unseen_scores) return tl::unexpected<Error>(unseen_scores.error());
    data.pool_traits = *std::move(pool_traits);
    data.unseen_traits = *std::move(unseen_traits);
    data.pool_scores = *std::move(pool_scores);
    data.standardisation = Standardisation::of(data.pool_scores);
    for (const double score : *unseen_scores) data.unseen_z.push_back(data.standardisation.apply(score));
    data.rated = chooseRated(data.rating_prompts.size(), options.ratings, options.seed);
    for (const std::size_t i : data.rated) {
        // A rater of nothing has no opinion that could be seen again: its stars are uniform.
        const double z = data.standardisation.apply(data.pool_scores[i]);
        data.stars.push_back(options.rater.learnable ? noisyStars(z, options.seed, i)
                                                     : 1 + static_cast<int>(5.0 * uniformFromCounter(options.seed ^ 0x4E11ULL, i)));
    }
    return data;
}

Result<HeadReport> evaluateHead(const EvaluationData& data, const EvaluationOptions& options) {
    HeadReport report;
    report.uses_states = !data.pool_traits.front().states.empty();
    auto basis = FeatureBasis::fit(data.pool_traits);
    if (!basis) return tl::unexpected<Error>(basis.error());
    PreferenceData rated;
    for (std::size_t i = 0; i < data.rated.size(); ++i) {
        auto coordinates = basis->project(data.pool_traits[data.rated[i]]);
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        rated.pictures.push_back(*std::move(coordinates));
        rated.signals.push_back({StarSignal{static_cast<int>(i), data.stars[i]}, static_cast<int>(data.rated[i] / grid_size)});
    }
    HeadOptions head_options;
    auto threshold = PreferenceHead::permutationThreshold(rated, head_options, permutations, options.seed);
    if (!threshold) return tl::unexpected<Error>(threshold.error());
    head_options.threshold = *threshold;
    auto head = PreferenceHead::fit(rated, head_options);
    if (!head) return tl::unexpected<Error>(head.error());
    report.skill = head->skill();
    report.threshold = *threshold;
    report.speaks = head->speaks();
    report.shape = head->shape();

    std::vector<double> foretold;
    for (const auto& traits : data.unseen_traits) {
        auto coordinates = basis->project(traits);
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        foretold.push_back(head->opinion(*coordinates).stars);
    }
    int right = 0;
    std::vector<double> chosen;
    std::vector<double> oracle;
    for (std::size_t first = 0; first < data.unseen.size(); first += unseen_pictures) {
        for (std::size_t a = first; a < first + unseen_pictures; ++a) {
            for (std::size_t b = a + 1; b < first + unseen_pictures; ++b) {
                const double difference = data.unseen_z[a] - data.unseen_z[b];
                if (std::abs(difference) < just_noticeable) continue;
                ++report.pairs;
                right += (foretold[a] > foretold[b]) == (difference > 0.0) ? 1 : 0;
            }
        }
        chosen.push_back(bestOfFour(foretold, data.unseen_z, first));
        oracle.push_back(bestOfFour(data.unseen_z, data.unseen_z, first));
    }
    report.pair_accuracy = report.pairs > 0 ? static_cast<double>(right) / report.pairs : 0.5;
    report.best_of_four = overPrompts(chosen, options.seed);
    report.oracle_of_four = overPrompts(oracle, options.seed);
    return report;
}

}  // namespace app
