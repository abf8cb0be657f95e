// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/candidate_check.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/feedback/pixel_statistics.h"

namespace app {

namespace {

using inference::PixelBuffer;
using inference::Result;

constexpr std::uint64_t base_seed = 2'000'000;       ///< of the base's pictures
constexpr std::uint64_t candidate_seed = 3'000'000;  ///< of a candidate's: never the same, or a shift nobody sees would win every pair
constexpr std::uint64_t run_stride = 10'000;

tl::unexpected<inference::Error> pass(const inference::Error& error) { return tl::unexpected<inference::Error>(error); }

/// Share of colour values at an end of the range, over white; an empty ground is no fault and does not count.
double clippedShare(const PixelBuffer& pixels) {
    std::size_t clipped = 0, seen = 0;
    const auto channels = static_cast<std::size_t>(pixels.channels);
    for (std::size_t i = 0; i + channels <= pixels.bytes.size(); i += channels) {
        if (channels == 4 && pixels.bytes[i + 3] == 0) continue;
        for (std::size_t c = 0; c < 3; ++c, ++seen) {
            if (pixels.bytes[i + c] == 0 || pixels.bytes[i + c] == 255) ++clipped;
        }
    }
    return seen == 0 ? 0.0 : static_cast<double>(clipped) / static_cast<double>(seen);
}

}  // namespace

CandidateCheck::CandidateCheck(Inputs inputs, const DrawnPictures& drawn, FeatureBasis judge_basis, PreferenceHead judge) :
    inputs_(std::move(inputs)), drawn_(drawn), basis_(std::move(judge_basis)), judge_(std::move(judge)) {
    arms_.push_back({});
    for (const double strength : inputs_.strengths) arms_.push_back({strength, false, {}});
    arms_.push_back({std::nullopt, true, {}});
}

std::size_t CandidateCheck::wanted(const Arm& arm) const {
    if (arm.twin) return inputs_.prompts.size();
    return inputs_.prompts.size() * static_cast<std::size_t>(arm.strength ? inputs_.seeds : inputs_.base_seeds);
}

DrawnPictures::Wish CandidateCheck::wish(const Arm& arm, std::size_t index) const {
    const std::uint64_t first = (arm.strength || arm.twin ? candidate_seed : base_seed) + inputs_.seed * run_stride;
    DrawnPictures::Wish wish{inputs_.prompts[index % inputs_.prompts.size()], first + index, std::nullopt};
    if (arm.strength) wish.adapter = inference::AdapterUse{inputs_.adapter_id, *arm.strength};
    return wish;
}

Result<CandidateCheck::Measured> CandidateCheck::measure(inference::Engine& engine, const DrawnPictures::Wish& wish, std::size_t prompt,
                                                         const std::stop_token& stop) const {
    auto pixels = drawn_.get(engine, wish, stop);
    if (!pixels) return pass(pixels.error());
    auto features = engine.learning()->features({{*pixels, wish.prompt, {}}}, stop);
    if (!features) return pass(features.error());
    Measured measured;
    measured.prompt = prompt;
    const auto coordinates = basis_.project({features->front().judge, {}, pixelStatistics(*pixels)});
    if (!coordinates) return pass(coordinates.error());
    measured.judged = judge_.opinion(*coordinates).stars;
    measured.features = std::move(features->front().image);
    measured.clipped = clippedShare(*pixels);

    std::vector<inference::PictureQuery> queries{{*pixels, wish.prompt, {}}};
    const std::size_t count = inputs_.prompts.size();
    for (std::size_t i = 1; i <= std::min<std::size_t>(static_cast<std::size_t>(inputs_.distractors), count - 1); ++i)
        queries.push_back({*pixels, inputs_.prompts[(prompt + i) % count], {}});
    const auto losses = engine.learning()->denoising_losses(queries, {inputs_.draws, inputs_.seed, {}}, stop);
    if (!losses) return pass(losses.error());
    measured.losses.own = losses->front();
    measured.losses.others.assign(losses->begin() + 1, losses->end());
    return measured;
}

Result<bool> CandidateCheck::advance(inference::Engine& engine, const std::stop_token& stop) {
    for (Arm& arm : arms_) {
        const std::size_t index = arm.pictures.size();
        if (index >= wanted(arm)) continue;
        if (arm.twin) {
            if (auto pixels = drawn_.get(engine, wish(arm, index), stop); !pixels) return pass(pixels.error());
            arm.pictures.emplace_back();
            break;
        }
        auto measured = measure(engine, wish(arm, index), index % inputs_.prompts.size(), stop);
        if (!measured) return pass(measured.error());
        arm.pictures.push_back(*std::move(measured));
        break;
    }
    return fraction() < 1.0;
}

double CandidateCheck::fraction() const {
    std::size_t done = 0, all = 0;
    for (const Arm& arm : arms_) {
        done += arm.pictures.size();
        all += wanted(arm);
    }
    return all == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(all);
}

CandidateEvidence CandidateCheck::compare(const Arm& arm) const {
    const Arm& base = arms_.front();
    CandidateEvidence evidence;
    evidence.strength = arm.strength.value_or(0.0);
    std::vector<double> wins;
    double raw_base = 0.0, raw = 0.0, matched = 0.0, clipped_base = 0.0, clipped = 0.0, loss_base = 0.0, loss = 0.0;
    int matched_prompts = 0;
    std::vector<PromptLosses> losses_base, losses;
    for (const Measured& measured : base.pictures) {
        losses_base.push_back(measured.losses);
        loss_base += measured.losses.own / static_cast<double>(base.pictures.size());
        clipped_base += measured.clipped / static_cast<double>(base.pictures.size());
    }
    for (const Measured& measured : arm.pictures) {
        losses.push_back(measured.losses);
        loss += measured.losses.own / static_cast<double>(arm.pictures.size());
        clipped += measured.clipped / static_cast<double>(arm.pictures.size());
        if (!std::isfinite(measured.judged) || !std::isfinite(measured.losses.own)) evidence.finite = false;
    }
    double deviation = 0.0, mean = 0.0;
    for (const Measured& measured : base.pictures) mean += measured.judged / static_cast<double>(base.pictures.size());
    for (const Measured& measured : base.pictures)
        deviation += (measured.judged - mean) * (measured.judged - mean) / static_cast<double>(base.pictures.size());
    deviation = std::max(std::sqrt(deviation), 1e-9);
    for (std::size_t prompt = 0; prompt < inputs_.prompts.size(); ++prompt) {
        std::vector<double> base_scores, scores;
        FeatureRows base_rows, rows;
        for (const Measured& measured : base.pictures) {
            if (measured.prompt != prompt) continue;
            base_scores.push_back(measured.judged / deviation);
            base_rows.push_back(measured.features);
        }
        for (const Measured& measured : arm.pictures) {
            if (measured.prompt != prompt) continue;
            scores.push_back(measured.judged / deviation);
            rows.push_back(measured.features);
        }
        wins.push_back(winRate(scores, base_scores));
        raw_base += meanPairwiseDistance(base_rows);
        raw += meanPairwiseDistance(rows);
        const double expected = ratingMatchedDistance(base_rows, base_scores, scores);
        if (std::isfinite(expected) && expected > 0.0) {
            matched += meanPairwiseDistance(rows) / expected;
            ++matched_prompts;
        }
    }
    evidence.judged_win = bootstrapMean(wins, inputs_.seed);
    evidence.fidelity_before = fidelity(losses_base);
    evidence.fidelity_after = fidelity(losses);
    evidence.raw_diversity = raw_base > 0.0 ? raw / raw_base : 1.0;
    evidence.matched_diversity = matched_prompts > 0 ? matched / matched_prompts : std::nan("");
    evidence.base_loss_ratio = loss_base > 0.0 ? loss / loss_base : 1.0;
    // A share of almost nothing may double without anyone seeing it.
    constexpr double unseen = 0.02;
    evidence.clipped_ratio = (clipped + unseen) / (clipped_base + unseen);
    return evidence;
}

std::vector<CandidateEvidence> CandidateCheck::evidence() const {
    std::vector<CandidateEvidence> result;
    for (const Arm& arm : arms_) {
        if (arm.strength) result.push_back(compare(arm));
    }
    return result;
}

std::vector<CandidateCheck::Comparison> CandidateCheck::comparisons(std::size_t strength, const inference::ModelInfo& model) const {
    std::vector<Comparison> pairs;
    if (strength >= inputs_.strengths.size()) return pairs;
    for (std::size_t prompt = 0; prompt < inputs_.prompts.size(); ++prompt)
        pairs.push_back(
            {inputs_.prompts[prompt], drawn_.path(model, wish(arms_.back(), prompt)), drawn_.path(model, wish(arms_[strength + 1], prompt))});
    return pairs;
}

}  // namespace app
