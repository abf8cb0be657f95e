// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/head_evaluation.h"

#include "app/feedback/adapter_file.h"
#include "app/feedback/evaluation_prompts.h"
#include "app/feedback/gate_trial.h"

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
        const auto last = std::min(requests.size(), first + features_together);
        for (std::size_t i = first; i < last; ++i) {
            const auto pixels = pool.find(requests[i]);
            if (!pixels) return failure(ErrorCode::io, "a picture of the pool has vanished");
            all.push_back({{}, {}, pixelStatistics(*pixels)});
        }
        if (learning == nullptr) continue;
        auto features =
            pool.see(*learning, {requests.begin() + static_cast<std::ptrdiff_t>(first), requests.begin() + static_cast<std::ptrdiff_t>(last)}, stop);
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
    for (const auto& request : requests) {
        const auto pixels = pool.find(request);
        if (!pixels) return failure(ErrorCode::io, "a picture of the pool has vanished");
        pictures.push_back({*pixels, request.prompt});
    }
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

/// What is measured over prompts, with the interval of drawing other prompts.
Estimate resampled(std::size_t prompts, std::uint64_t seed, const std::function<double(const std::vector<int>&)>& statistic) {
    return clusteredBootstrap(static_cast<int>(prompts), statistic, resamples, seed);
}

}  // namespace

Estimate overPrompts(const std::vector<double>& values, std::uint64_t seed) {
    return resampled(values.size(), seed, [&](const std::vector<int>& drawn) {
        double sum = 0.0;
        for (const int p : drawn) sum += values[static_cast<std::size_t>(p)];
        return sum / static_cast<double>(drawn.size());
    });
}

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

Result<FittedHead> fitHead(const EvaluationData& data, const EvaluationOptions& options) {
    auto basis = FeatureBasis::fit(data.pool_traits);
    if (!basis) return tl::unexpected<Error>(basis.error());
    PreferenceData rated;
    for (std::size_t i = 0; i < data.rated.size(); ++i) {
        auto coordinates = basis->project(data.pool_traits[data.rated[i]]);
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        rated.pictures.push_back(*std::move(coordinates));
        rated.signals.push_back({StarSignal{static_cast<int>(i), data.stars[i]}, static_cast<int>(data.rated[i] / grid_size)});
    }
    auto head = PreferenceHead::fitAgainstChance(rated, options.seed);
    if (!head) return tl::unexpected<Error>(head.error());
    return FittedHead{*std::move(basis), *std::move(head)};
}

Result<HeadReport> evaluateHead(const EvaluationData& data, const EvaluationOptions& options) {
    HeadReport report;
    report.uses_states = !data.pool_traits.front().states.empty();
    auto fitted = fitHead(data, options);
    if (!fitted) return tl::unexpected<Error>(fitted.error());
    const PreferenceHead* head = &fitted->head;
    report.skill = head->skill();
    report.threshold = head->threshold();
    report.speaks = head->speaks();
    report.shape = head->shape();

    std::vector<double> foretold;
    for (const auto& traits : data.unseen_traits) {
        auto coordinates = fitted->basis.project(traits);
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

namespace {

/// Of a prompt, drawn with seeds of the base's: variety and fidelity are told from chance by far fewer pictures so. Who wins is measured against all of
/// the base's that were drawn with other seeds.
constexpr std::size_t adapter_pictures = unseen_pictures / 2;
constexpr std::size_t fidelity_pictures = 4;
constexpr std::size_t fidelity_distractors = 7;
constexpr int fidelity_draws = 8;

TrainingInputs inputsOf(const PicturePool& pool, const EvaluationData& data, const EvaluationOptions& options, const AdapterEvaluation& evaluation) {
    TrainingInputs inputs;
    inputs.model_id = data.pool.front().model_id;
    inputs.config = evaluation.config;
    inputs.seed = options.seed;
    inputs.budget_minutes = evaluation.budget_minutes;
    inputs.drawing = options.drawing;
    inputs.signals_hash = "evaluation";
    std::vector<int> stars = data.stars;
    for (std::size_t left = stars.size(); evaluation.shuffled && left > 1; --left) {
        std::swap(stars[left - 1], stars[static_cast<std::size_t>(uniformFromCounter(options.seed ^ 0x5AFFULL, left) * static_cast<double>(left))]);
    }
    std::vector<std::string> rated_prompts;
    for (std::size_t i = 0; i < data.rated.size(); ++i) {
        const auto& request = data.pool[data.rated[i]];
        inputs.examples.push_back({{static_cast<qint64>(data.rated[i] + 1)},
                                   pool.path(request),
                                   request.prompt,
                                   request.instruction,
                                   static_cast<int>(data.rated[i] / grid_size),
                                   static_cast<double>(stars[i])});
        rated_prompts.push_back(request.prompt);
    }
    // Nothing of the evaluation half: what is measured at the end was never seen, by the gate neither. Of the rating half neither, though: an adapter
    // harms subjects that nobody rated more, and it is those that it will meet.
    inputs.gate_prompts = evaluationPrompts(options.seed).proof;
    for (const auto& prompt : data.rating_prompts) {
        if (std::find(rated_prompts.begin(), rated_prompts.end(), prompt) == rated_prompts.end()) inputs.prompts.push_back(prompt);
    }
    return inputs;
}

/// Losses of some pictures of each prompt under their own prompt and others.
Result<std::vector<PromptLosses>> lossesOf(inference::LearningEngine& learning, PicturePool& pool, const std::vector<GenerationRequest>& requests,
                                           std::size_t of_prompt, const std::vector<std::string>& prompts, const EvaluationProgress& progress,
                                           const std::stop_token& stop) {
    std::vector<PromptLosses> all;
    inference::DenoisingOptions options;
    options.draws = fidelity_draws;
    for (std::size_t p = 0; p < prompts.size(); ++p) {
        for (std::size_t i = 0; i < fidelity_pictures; ++i) {
            const auto& request = requests[p * of_prompt + i];
            std::vector<inference::PictureQuery> queries;
            for (std::size_t k = 0; k <= fidelity_distractors; ++k)
                queries.push_back({*pool.find(request), prompts[(p + k) % prompts.size()], request.instruction});
            auto losses = learning.denoising_losses(queries, options, stop);
            if (!losses) return tl::unexpected<Error>(losses.error());
            all.push_back({losses->front(), {losses->begin() + 1, losses->end()}});
            progress("weighing", static_cast<int>(all.size()), static_cast<int>(prompts.size() * fidelity_pictures));
        }
    }
    return all;
}

/// The rater's view of every strength that was tried; the pictures lie in the job's folder.
Result<std::vector<StrengthReport>> frontierOf(const TrainingInputs& inputs, const TrainingOutcome& outcome, const EvaluationOptions& options,
                                               const AdapterEvaluation& evaluation) {
    PicturePool pool(evaluation.pictures_dir.isEmpty() ? evaluation.work_dir + QStringLiteral("/pictures") : evaluation.pictures_dir);
    const auto base = scoreAll(pool, gateRequests(inputs, {}, GateRound::tried), options.rater);
    if (!base) return tl::unexpected<Error>(base.error());
    std::vector<StrengthReport> frontier;
    for (const auto& measures : outcome.trials) {
        auto file = rescaledAdapter(evaluation.work_dir + QStringLiteral("/trained.safetensors"), measures.strength);
        if (!file) return tl::unexpected<Error>(file.error());
        const auto scores = scoreAll(pool, gateRequests(inputs, adapterIdOf(*file).toStdString(), GateRound::tried), options.rater);
        if (!scores) return tl::unexpected<Error>(scores.error());
        std::vector<double> shares;
        const std::size_t of_prompt = scores->size() / inputs.gate_prompts.size();
        for (std::size_t first = 0; first < scores->size(); first += of_prompt) {
            const auto part = [&](const std::vector<double>& all) {
                return std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(first),
                                           all.begin() + static_cast<std::ptrdiff_t>(first + of_prompt));
            };
            shares.push_back(winShareOfOthers(part(*scores), part(*base)));
        }
        frontier.push_back({measures, overPrompts(shares, options.seed)});
    }
    return frontier;
}

}  // namespace

Result<AdapterReport> evaluateAdapter(inference::Engine& engine, PicturePool& pool, const EvaluationData& data, const EvaluationOptions& options,
                                      const AdapterEvaluation& evaluation, const EvaluationProgress& progress, const std::stop_token& stop) {
    auto* learning = engine.learning();
    if (learning == nullptr) return failure(ErrorCode::unsupported_model, "this model cannot learn");
    TrainingRun::Options run_options;
    run_options.adapters_dir = evaluation.adapters_dir;
    run_options.work_dir = evaluation.work_dir;
    run_options.pictures_dir = evaluation.pictures_dir;
    run_options.on_progress = [&](const TrainingRunProgress& at) { progress(to_string(at.state), static_cast<int>(100.0 * at.fraction), 100); };
    const TrainingInputs inputs = inputsOf(pool, data, options, evaluation);
    TrainingRun run(inputs, run_options);
    while (run.advance(engine, stop)) {
    }
    const auto& outcome = run.outcome();
    if (!outcome) return tl::unexpected<Error>(outcome.error());
    AdapterReport report;
    report.accepted = outcome->accepted;
    report.reasons = outcome->reasons;
    report.proof = outcome->measures;
    report.training_seconds = outcome->seconds;
    report.win_rate = {0.5, 0.5, 0.5};
    report.best_of_four = {0.5, 0.5, 0.5};
    auto frontier = frontierOf(inputs, *outcome, options, evaluation);
    if (!frontier) return tl::unexpected<Error>(frontier.error());
    report.frontier = *std::move(frontier);
    if (!outcome->accepted) return report;
    report.strength = outcome->measures.strength;

    std::vector<GenerationRequest> requests;
    for (const auto& prompt : data.evaluation_prompts) {
        for (std::size_t i = 0; i < adapter_pictures; ++i) {
            auto request = requestFor(options, engine.model().id, prompt, unseen_seed + static_cast<std::uint64_t>(i));
            request.adapters = {{outcome->adapter_id.toStdString(), 1.0}};
            requests.push_back(std::move(request));
        }
    }
    if (auto drawn = drawAll(engine, pool, requests, options.batch, "drawing with the adapter", progress, stop); !drawn)
        return tl::unexpected<Error>(drawn.error());
    auto traits = seeAll(engine, pool, requests, "looking", progress, stop);
    if (!traits) return tl::unexpected<Error>(traits.error());
    auto scores = scoreAll(pool, requests, options.rater);
    if (!scores) return tl::unexpected<Error>(scores.error());
    auto fitted = fitHead(data, options);
    if (!fitted) return tl::unexpected<Error>(fitted.error());
    const auto row = [&](const PictureTraits& picture) -> Result<std::vector<float>> {
        auto coordinates = fitted->basis.project(picture);
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        std::vector<float> out(coordinates->statistics.begin(), coordinates->statistics.end());
        out.insert(out.end(), coordinates->components.begin(), coordinates->components.end());
        return out;
    };
    std::vector<PromptComparison> twins(data.evaluation_prompts.size());  // of the same seeds
    std::vector<double> shares;
    std::vector<double> chosen;
    double candidate_stars = 0.0;
    double base_stars = 0.0;
    for (std::size_t p = 0; p < twins.size(); ++p) {
        auto& twin = twins[p];
        const auto first_z = data.unseen_z.begin() + static_cast<std::ptrdiff_t>(p * unseen_pictures);
        const std::vector<double> base_z(first_z, first_z + unseen_pictures);
        std::vector<double> foretold;
        for (std::size_t i = 0; i < adapter_pictures; ++i) {
            const std::size_t at = p * adapter_pictures + i;
            twin.candidate.push_back(data.standardisation.apply((*scores)[at]));
            auto features = row((*traits)[at]);
            if (!features) return tl::unexpected<Error>(features.error());
            twin.candidate_features.push_back(*std::move(features));
            foretold.push_back(fitted->head.opinion(*fitted->basis.project((*traits)[at])).stars);
            candidate_stars += noisyStars(twin.candidate.back(), options.seed + 77, at);
            const std::size_t own = p * unseen_pictures + i;
            twin.base.push_back(data.unseen_z[own]);
            auto base_features = row(data.unseen_traits[own]);
            if (!base_features) return tl::unexpected<Error>(base_features.error());
            twin.base_features.push_back(*std::move(base_features));
            base_stars += noisyStars(twin.base.back(), options.seed + 78, at);
        }
        shares.push_back(winShareOfOthers(twin.candidate, base_z));
        double chosen_won = 0.0;
        for (std::size_t four = 0; four + grid_size <= adapter_pictures; four += grid_size) {
            const auto first = foretold.begin() + static_cast<std::ptrdiff_t>(four);
            const auto best = four + static_cast<std::size_t>(std::max_element(first, first + grid_size) - first);
            auto others = base_z;
            others.erase(others.begin() + static_cast<std::ptrdiff_t>(four), others.begin() + static_cast<std::ptrdiff_t>(four + grid_size));
            chosen_won += winShare({twin.candidate[best]}, others) * grid_size / adapter_pictures;
        }
        chosen.push_back(chosen_won);
    }
    report.win_rate = overPrompts(shares, options.seed);
    report.best_of_four = overPrompts(chosen, options.seed);
    report.star_change = (candidate_stars - base_stars) / static_cast<double>(requests.size());
    report.prompts_worse = static_cast<double>(std::count_if(shares.begin(), shares.end(), [](double share) { return share < 0.5; })) /
        static_cast<double>(shares.size());
    report.raw_diversity = rawDiversity(twins);
    report.matched_diversity = resampled(twins.size(), options.seed, [&](const std::vector<int>& drawn) {
        std::vector<PromptComparison> some;
        for (const int prompt : drawn) some.push_back(twins[static_cast<std::size_t>(prompt)]);
        return matchedDiversity(some);
    });
    auto losses = lossesOf(*learning, pool, requests, adapter_pictures, data.evaluation_prompts, progress, stop);
    if (!losses) return tl::unexpected<Error>(losses.error());
    auto base_losses = lossesOf(*learning, pool, data.unseen, unseen_pictures, data.evaluation_prompts, progress, stop);
    if (!base_losses) return tl::unexpected<Error>(base_losses.error());
    report.fidelity_change = resampled(twins.size(), options.seed, [&](const std::vector<int>& drawn) {
        std::vector<PromptLosses> some, of_base;
        for (const int prompt : drawn) {
            for (std::size_t i = 0; i < fidelity_pictures; ++i) {
                const std::size_t at = static_cast<std::size_t>(prompt) * fidelity_pictures + i;
                some.push_back((*losses)[at]);
                of_base.push_back((*base_losses)[at]);
            }
        }
        return 100.0 * (fidelity(some).accuracy - fidelity(of_base).accuracy);
    });
    return report;
}

}  // namespace app
