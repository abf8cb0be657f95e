// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/candidate_evaluation.h"

#include <QElapsedTimer>

#include <algorithm>
#include <optional>
#include <utility>

namespace app {

using inference::Candidate;
using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::GenerationRequest;
using inference::Result;

namespace {

constexpr std::size_t candidates = 4;

/// A picture that was drawn, and how long it took without the reading of the prompt, which is cached or not by chance.
struct Timed {
    inference::RenderedImage image;
    double ms = 0.0;
};

Result<std::vector<double>> foretold(const FittedHead& fitted, const std::vector<Candidate>& pictures) {
    std::vector<double> stars;
    for (const auto& picture : pictures) {
        const auto coordinates = fitted.basis.project({picture.features.image, picture.features.prompt, pixelStatistics(picture.pixels)});
        if (!coordinates) return tl::unexpected<Error>(coordinates.error());
        stars.push_back(fitted.head.opinion(*coordinates).stars);
    }
    return stars;
}

Result<Timed> drawPruned(inference::Engine& engine, const FittedHead& fitted, GenerationRequest request, const std::stop_token& stop) {
    request.candidates = static_cast<int>(candidates);
    Timed timed;
    std::optional<Error> misjudged;
    inference::GenerationCallbacks callbacks;
    callbacks.on_image = [&](inference::RenderedImage image) { timed.image = std::move(image); };
    callbacks.judge = [&](const std::vector<Candidate>& pictures) {
        auto stars = foretold(fitted, pictures);
        if (stars) return *std::move(stars);
        misjudged = stars.error();
        return std::vector<double>();  // which the engine refuses
    };
    QElapsedTimer timer;
    timer.start();
    const auto summary = engine.generate(request, callbacks, stop);
    if (misjudged) return tl::unexpected<Error>(*misjudged);
    if (!summary) return tl::unexpected<Error>(summary.error());
    timed.ms = static_cast<double>(timer.nsecsElapsed()) / 1e6 - summary->encode_ms;
    return timed;
}

/// All four to their end, and a look at each.
Result<Timed> drawWhole(inference::Engine& engine, const FittedHead& fitted, GenerationRequest request, const std::stop_token& stop) {
    request.num_images = request.batch_size = static_cast<int>(candidates);
    std::vector<inference::RenderedImage> images;
    inference::GenerationCallbacks callbacks;
    callbacks.on_image = [&](inference::RenderedImage image) { images.push_back(std::move(image)); };
    QElapsedTimer timer;
    timer.start();
    const auto summary = engine.generate(request, callbacks, stop);
    if (!summary) return tl::unexpected<Error>(summary.error());
    std::vector<inference::PictureQuery> queries;
    for (const auto& image : images) queries.push_back({image.pixels, request.prompt, request.instruction});
    auto features = engine.learning()->features(queries, stop);
    if (!features) return tl::unexpected<Error>(features.error());
    std::vector<Candidate> pictures;
    for (std::size_t i = 0; i < images.size(); ++i) pictures.push_back({images[i].pixels, std::move((*features)[i])});
    const auto stars = foretold(fitted, pictures);
    if (!stars) return tl::unexpected<Error>(stars.error());
    const auto best = static_cast<std::size_t>(std::max_element(stars->begin(), stars->end()) - stars->begin());
    return Timed{std::move(images[best]), static_cast<double>(timer.nsecsElapsed()) / 1e6 - summary->encode_ms};
}

}  // namespace

Result<CandidateReport> evaluateCandidates(inference::Engine& engine, const EvaluationData& data, const EvaluationOptions& options,
                                           const EvaluationProgress& progress, const std::stop_token& stop) {
    if (engine.learning() == nullptr) return failure(ErrorCode::unsupported_model, "this model cannot learn");
    const auto fitted = fitHead(data, options);
    if (!fitted) return tl::unexpected<Error>(fitted.error());
    // As everywhere in the evaluation: the first half of a prompt's pictures is chosen from, the other half is compared with.
    const std::size_t of_prompt = data.unseen.size() / data.evaluation_prompts.size();
    CandidateReport report;
    std::vector<double> wins, whole_wins;
    double pruned_ms = 0.0, whole_ms = 0.0;
    for (std::size_t first = 0; first < data.unseen.size(); first += of_prompt) {
        std::vector<RatedPicture> kept, whole;
        for (std::size_t four = first; four + candidates <= first + of_prompt / 2; four += candidates) {
            // Who comes second finds the prompt understood and the processor warm: they take turns.
            const bool whole_first = report.fours % 2 == 0;
            const auto draw = [&](bool whole_now) { return (whole_now ? drawWhole : drawPruned)(engine, *fitted, data.unseen[four], stop); };
            const auto earlier = draw(whole_first);
            if (!earlier) return tl::unexpected<Error>(earlier.error());
            const auto later = draw(!whole_first);
            if (!later) return tl::unexpected<Error>(later.error());
            const Timed& all = whole_first ? *earlier : *later;
            const Timed& pruned = whole_first ? *later : *earlier;
            kept.push_back({pruned.image.pixels, data.unseen[four].prompt});
            whole.push_back({all.image.pixels, data.unseen[four].prompt});
            report.same_choice += pruned.image.request.seed == all.image.request.seed ? 1.0 : 0.0;
            pruned_ms += pruned.ms;
            whole_ms += all.ms;
            ++report.fours;
        }
        const std::vector<double> others(data.unseen_z.begin() + static_cast<std::ptrdiff_t>(first + of_prompt / 2),
                                         data.unseen_z.begin() + static_cast<std::ptrdiff_t>(first + of_prompt));
        for (const auto& [pictures, shares] : {std::pair{&kept, &wins}, std::pair{&whole, &whole_wins}}) {
            auto scores = options.rater.scores(*pictures);
            if (!scores) return tl::unexpected<Error>(scores.error());
            for (double& score : *scores) score = data.standardisation.apply(score);
            shares->push_back(winShare(*scores, others));
        }
        progress("choosing among four", static_cast<int>(first + of_prompt), static_cast<int>(data.unseen.size()));
    }
    report.win_rate = overPrompts(wins, options.seed);
    report.whole_win_rate = overPrompts(whole_wins, options.seed);
    report.same_choice /= report.fours;
    report.time_share = pruned_ms / whole_ms;
    return report;
}

}  // namespace app
