// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/gate_trial.h"

#include "app/feedback/raters.h"
#include "app/feedback/training_budget.h"
#include "app/imaging/image_exporter.h"

#include <QDir>

#include <algorithm>
#include <cmath>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

namespace {

constexpr int seen_together = 4;
constexpr std::uint64_t first_seed = 7'000'000;  ///< both draw the same: what they lose or gain is then told from chance by fewer pictures
constexpr std::size_t distractors = 5;
constexpr int draws = 4;
constexpr int resamples = 1000;
constexpr double clipped_floor = 0.02;  ///< of a picture: below, a ratio says nothing

int picturesOfPrompt(GateRound round) { return round == GateRound::tried ? training_budget::tried_of_prompt : training_budget::proved_of_prompt; }

double clippedShare(const inference::PixelBuffer& pixels) {
    const auto count = std::count_if(pixels.bytes.begin(), pixels.bytes.end(), [](std::uint8_t byte) { return byte == 0 || byte == 255; });
    return static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(1, pixels.bytes.size()));
}

double mean(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

}  // namespace

std::vector<inference::GenerationRequest> gateRequests(const TrainingInputs& inputs, const std::string& adapter_id, GateRound round) {
    const int first = round == GateRound::tried ? 0 : training_budget::tried_of_prompt;
    std::vector<inference::GenerationRequest> requests;
    for (const auto& prompt : inputs.gate_prompts) {
        for (int i = first; i < first + picturesOfPrompt(round); ++i) {
            inference::GenerationRequest request = inputs.drawing;
            request.model_id = inputs.model_id;
            request.prompt = prompt;
            request.seed = first_seed + inputs.seed * 1000 + static_cast<std::uint64_t>(i);
            request.num_images = 1;
            request.batch_size = 1;
            request.adapters.clear();
            if (!adapter_id.empty()) request.adapters.push_back({adapter_id, 1.0});
            requests.push_back(std::move(request));
        }
    }
    return requests;
}

Result<GateTrial> GateTrial::make(const TrainingInputs& inputs, const std::vector<PictureTraits>& rated, const std::vector<PictureTraits>& drawn,
                                  PreferenceData said) {
    if (inputs.gate_prompts.size() < 2) return failure(ErrorCode::invalid_request, "a trial needs at least two prompts");
    auto basis = FeatureBasis::fit(drawn);
    if (!basis) return tl::unexpected<Error>(basis.error());
    for (std::size_t i = 0; i < said.pictures.size(); ++i) {
        auto coordinates = basis->project(rated[i]);
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        said.pictures[i] = *std::move(coordinates);
    }
    auto judge = PreferenceHead::fit(said);
    if (!judge) return tl::unexpected<Error>(judge.error());
    GateTrial trial(*std::move(basis), *std::move(judge));
    trial.inputs_ = inputs;
    trial.inputs_.examples.clear();
    return trial;
}

Result<bool> GateTrial::see(Side& side, inference::Engine& engine, inference::LearningEngine& learning, PicturePool& pool,
                            const std::stop_token& stop) const {
    auto missing = pool.drawSome(engine, side.requests, 1, stop);
    if (!missing) return tl::unexpected<Error>(missing.error());
    if (*missing > 0) return false;
    const std::size_t first = side.scores.size();
    const std::size_t last = std::min(side.requests.size(), first + seen_together);
    if (first == last) return true;
    const std::vector requests(side.requests.begin() + static_cast<std::ptrdiff_t>(first), side.requests.begin() + static_cast<std::ptrdiff_t>(last));
    auto features = pool.see(learning, requests, stop);
    if (!features) return tl::unexpected<Error>(features.error());
    std::vector<PixelStatistics> statistics;
    for (const auto& request : requests) {
        const auto pixels = pool.find(request);
        if (!pixels) return failure(ErrorCode::io, "a picture that was drawn for the trial has vanished from its folder");
        statistics.push_back(pixelStatistics(*pixels));
        side.clipped.push_back(clippedShare(*pixels));
    }
    for (std::size_t i = 0; i < features->size(); ++i) {
        auto coordinates = basis_.project({(*features)[i].judge, (*features)[i].prompt, statistics[i]});
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        side.scores.push_back(judge_.opinion(*coordinates).stars);
        std::vector<float> row;
        for (const double value : coordinates->statistics) row.push_back(static_cast<float>(value));
        for (const double value : coordinates->components) row.push_back(static_cast<float>(value));
        side.features.push_back(std::move(row));
    }
    return side.scores.size() == side.requests.size();
}

GateTrial::Side& GateTrial::sideOf(GateRound round, const QString& adapter_id) {
    Side& side = adapter_id.isEmpty() ? of(round).base : of(round).candidates[adapter_id];
    if (side.requests.empty()) side.requests = gateRequests(inputs_, adapter_id.toStdString(), round);
    return side;
}

Result<bool> GateTrial::seeBoth(GateRound round, inference::Engine& engine, inference::LearningEngine& learning, PicturePool& pool,
                                const QString& adapter_id, const std::stop_token& stop) {
    Side& base = sideOf(round, {});
    if (base.scores.size() < base.requests.size()) {
        auto seen = see(base, engine, learning, pool, stop);
        if (!seen) return seen;
        return false;
    }
    return see(sideOf(round, adapter_id), engine, learning, pool, stop);
}

GateMeasures GateTrial::compare(GateRound round, const QString& adapter_id, double strength) {
    const Side& base = sideOf(round, {});
    const Side& side = sideOf(round, adapter_id);
    const auto of_prompt = static_cast<std::size_t>(picturesOfPrompt(round));
    const auto scale = Standardisation::of(base.scores);
    std::vector<PromptComparison> prompts(inputs_.gate_prompts.size());
    for (std::size_t i = 0; i < side.scores.size(); ++i) {
        auto& prompt = prompts[i / of_prompt];
        prompt.candidate.push_back(scale.apply(side.scores[i]));
        prompt.base.push_back(scale.apply(base.scores[i]));
        prompt.candidate_features.push_back(side.features[i]);
        prompt.base_features.push_back(base.features[i]);
    }
    GateMeasures measures;
    measures.strength = strength;
    measures.pictures = static_cast<int>(side.scores.size());
    measures.judged_win = clusteredBootstrap(
        static_cast<int>(prompts.size()),
        [&](const std::vector<int>& drawn) {
            double sum = 0.0;
            for (const int p : drawn)
                sum += winShareOfOthers(prompts[static_cast<std::size_t>(p)].candidate, prompts[static_cast<std::size_t>(p)].base);
            return sum / static_cast<double>(drawn.size());
        },
        resamples, inputs_.seed);
    measures.raw_diversity = rawDiversity(prompts);
    measures.matched_diversity = matchedDiversity(prompts);
    measures.clipped_ratio = mean(side.clipped) / std::max(clipped_floor, mean(base.clipped));
    measures.finite = std::all_of(side.scores.begin(), side.scores.end(), [](double score) { return std::isfinite(score); });
    return measures;
}

Result<std::optional<GateMeasures>> GateTrial::tryOut(inference::Engine& engine, inference::LearningEngine& learning, PicturePool& pool,
                                                      const QString& adapter_id, double strength, const std::stop_token& stop) {
    auto seen = seeBoth(GateRound::tried, engine, learning, pool, adapter_id, stop);
    if (!seen) return tl::unexpected<Error>(seen.error());
    if (!*seen) return std::nullopt;
    return compare(GateRound::tried, adapter_id, strength);
}

/// One picture a slice: its own prompt and the prompts that follow it.
Result<bool> GateTrial::weigh(Side& side, inference::LearningEngine& learning, PicturePool& pool, const std::stop_token& stop) const {
    const std::size_t i = side.losses.size();
    if (i == side.requests.size()) return true;
    const auto pixels = pool.find(side.requests[i]);
    if (!pixels) return failure(ErrorCode::io, "a picture that was drawn for the trial has vanished from its folder");
    const std::size_t own = i / (side.requests.size() / inputs_.gate_prompts.size());
    std::vector<inference::PictureQuery> queries;
    for (std::size_t k = 0; k <= std::min(distractors, inputs_.gate_prompts.size() - 1); ++k) {
        queries.push_back({*pixels, inputs_.gate_prompts[(own + k) % inputs_.gate_prompts.size()], side.requests[i].instruction});
    }
    inference::DenoisingOptions options;
    options.draws = draws;
    options.seed = inputs_.seed;
    auto losses = learning.denoising_losses(queries, options, stop);
    if (!losses) return tl::unexpected<Error>(losses.error());
    side.losses.push_back({losses->front(), {losses->begin() + 1, losses->end()}});
    return side.losses.size() == side.requests.size();
}

Result<std::optional<GateMeasures>> GateTrial::prove(inference::Engine& engine, inference::LearningEngine& learning, PicturePool& pool,
                                                     const QString& adapter_id, double strength, const std::stop_token& stop) {
    auto seen = seeBoth(GateRound::proved, engine, learning, pool, adapter_id, stop);
    if (!seen) return tl::unexpected<Error>(seen.error());
    if (!*seen) return std::nullopt;
    Side& base = sideOf(GateRound::proved, {});
    Side& side = sideOf(GateRound::proved, adapter_id);
    if (!side.compared) side.compared = compare(GateRound::proved, adapter_id, strength);
    GateMeasures measures = *side.compared;
    // What the pictures say already needs no weighing.
    if (!againstTaking(measures).empty()) return measures;
    for (Side* each : {&base, &side}) {
        if (each->losses.size() == each->requests.size()) continue;
        auto weighed = weigh(*each, learning, pool, stop);
        if (!weighed) return tl::unexpected<Error>(weighed.error());
        if (!*weighed || each == &base) return std::nullopt;
    }
    const Fidelity before = fidelity(base.losses);
    const Fidelity after = fidelity(side.losses);
    measures.fidelity_change = 100.0 * (after.accuracy - before.accuracy);
    measures.margin_change = before.margin > 0.0 ? after.margin / before.margin - 1.0 : 0.0;
    double base_loss = 0.0;
    double loss = 0.0;
    for (const auto& picture : base.losses) base_loss += picture.own;
    for (const auto& picture : side.losses) loss += picture.own;
    measures.loss_ratio = loss / base_loss;
    return measures;
}

double GateTrial::shareProved(const QString& adapter_id) const {
    const auto candidate = proved_.candidates.find(adapter_id);
    std::size_t done = proved_.base.scores.size() + proved_.base.losses.size();
    if (candidate != proved_.candidates.end()) done += candidate->second.scores.size() + candidate->second.losses.size();
    const auto of_side = inputs_.gate_prompts.size() * static_cast<std::size_t>(training_budget::proved_of_prompt);
    return static_cast<double>(done) / static_cast<double>(4 * of_side);  // seen and weighed, both sides
}

Result<void> GateTrial::writeThumbs(PicturePool& pool, const QString& adapter_id, const QString& folder) const {
    if (!QDir().mkpath(folder)) return failure(ErrorCode::io, "the folder " + folder.toStdString() + " cannot be made");
    const auto candidate = tried_.candidates.find(adapter_id);
    if (candidate == tried_.candidates.end()) return failure(ErrorCode::internal, "the adapter was never tried");
    const std::pair<const Side*, QString> sides[] = {{&tried_.base, QStringLiteral("base")}, {&candidate->second, QStringLiteral("candidate")}};
    for (const auto& [side, name] : sides) {
        for (std::size_t p = 0; p < inputs_.gate_prompts.size(); ++p) {
            const auto& request = side->requests[p * training_budget::tried_of_prompt];
            const auto pixels = pool.find(request);
            if (!pixels) return failure(ErrorCode::io, "a picture that was drawn for the trial has vanished from its folder");
            const QString path = folder + QStringLiteral("/%1-%2.png").arg(p, 2, 10, QLatin1Char('0')).arg(name);
            if (auto written = writeImage(path, *pixels, request, {}); !written) return written;
        }
    }
    return {};
}

}  // namespace app
