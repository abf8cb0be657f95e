// SPDX-License-Identifier: Apache-2.0
#include "app/evaluation/feedback_trial.h"

#include <QDir>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "app/evaluation/counter_random.h"
#include "app/evaluation/evaluation_prompts.h"
#include "app/feedback/drawn_pictures.h"
#include "app/feedback/feature_basis.h"
#include "app/feedback/pixel_statistics.h"
#include "app/feedback/preference_head.h"

namespace app {

namespace {

using inference::ErrorCode;
using inference::failure;
using inference::Result;

constexpr int grid_size = 4;
constexpr int rating_pictures = 8;  ///< drawn of each rating prompt: four may be rated, all make the basis
constexpr int base_pictures = 32;   ///< of each evaluation prompt
constexpr int arm_pictures = 8;     ///< of each evaluation prompt and arm
constexpr int distractors = 7;
constexpr int denoising_draws = 4;
constexpr int features_a_call = 16;
constexpr double noticeable = 0.25;  ///< standard deviations below which a pair has no order
constexpr std::uint64_t rating_seed = 10'000, base_seed = 20'000, arm_seed = 5'000'000;

constexpr std::array<std::pair<TrialArm, const char*>, 10> arm_names{{{TrialArm::base, "base"},
                                                                      {TrialArm::best_of_four, "best_of_four"},
                                                                      {TrialArm::oracle_best_of_four, "oracle_best_of_four"},
                                                                      {TrialArm::adapter, "adapter"},
                                                                      {TrialArm::adapter_best_of_four, "adapter_best_of_four"},
                                                                      {TrialArm::supervised, "supervised"},
                                                                      {TrialArm::reward_weighted, "reward_weighted"},
                                                                      {TrialArm::kto, "kto"},
                                                                      {TrialArm::dpo, "dpo"},
                                                                      {TrialArm::shuffled, "shuffled"}}};

tl::unexpected<inference::Error> pass(const inference::Error& error) { return tl::unexpected<inference::Error>(error); }

/// A picture of the pool: of a prompt, seen by the engine.
struct Member {
    size_t prompt = 0;
    RatedPicture picture;
    inference::PictureFeatures features;
    PictureTraits traits() const { return {features.image, features.prompt, pixelStatistics(picture.pixels)}; }
};

inference::TrainingObjective objectiveOf(TrialArm arm) {
    switch (arm) {
    case TrialArm::supervised: return inference::TrainingObjective::supervised;
    case TrialArm::reward_weighted: return inference::TrainingObjective::reward_weighted;
    case TrialArm::kto: return inference::TrainingObjective::kto;
    case TrialArm::dpo: return inference::TrainingObjective::dpo;
    default: return inference::TrainingObjective::signed_flow;
    }
}

std::vector<size_t> shuffledIndices(size_t count, std::uint64_t seed) {
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), size_t{0});
    const CounterRandom random(seed);
    for (size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i, i)]);
    return order;
}

}  // namespace

const char* to_string(TrialArm arm) noexcept {
    for (const auto& [known, name] : arm_names) {
        if (known == arm) return name;
    }
    return "";
}

std::optional<TrialArm> parseTrialArm(const QString& name) {
    for (const auto& [arm, known] : arm_names) {
        if (name == QLatin1String(known)) return arm;
    }
    return std::nullopt;
}

const ArmReport* TrialReport::find(TrialArm arm) const {
    const auto found = std::find_if(arms.begin(), arms.end(), [arm](const ArmReport& report) { return report.arm == arm; });
    return found == arms.end() ? nullptr : &*found;
}

struct FeedbackTrials::State {
    State(inference::Engine& given, TrialOptions chosen, ProgressFn progress) :
        engine(given), options(std::move(chosen)), on_progress(std::move(progress)), prompts(evaluationPrompts()),
        drawn(options.folder + QStringLiteral("/pictures"), options.drawing) {}

    /// What one rater makes of the pool.
    struct Judged {
        std::vector<double> rating, base;  ///< raw scores
        std::optional<StarScale> scale;
        std::vector<double> z(const std::vector<double>& scores) const {
            std::vector<double> result;
            for (const double score : scores) result.push_back(scale->standardise(score));
            return result;
        }
    };

    Result<std::vector<Member>> draw(const std::vector<EvaluationPrompt>& of, int each, std::uint64_t first_seed,
                                     const std::optional<inference::AdapterUse>& adapter, const QString& what, const std::stop_token& stop);
    Result<void> drawPool(const std::stop_token& stop);
    Result<std::vector<double>> judge(Rater& rater, const std::vector<Member>& members) const;
    Result<std::vector<PromptLosses>> losses(const std::vector<Member>& members, const QString& what, const std::stop_token& stop);
    Result<ArmReport> measure(TrialArm arm, const std::vector<Member>& chosen, const std::vector<double>& z, const Judged& judged, bool whole_arm,
                              const std::stop_token& stop);
    TrainingInputs inputsFor(TrialArm arm, const std::vector<size_t>& rated, const std::vector<int>& stars, int ratings, std::uint64_t seed) const;
    Result<TrainingOutcome> train(const TrainingInputs& inputs, const QString& what, const std::stop_token& stop);
    Result<void> addTrained(TrialArm arm, Rater& rater, const Judged& judged, const PreferenceHead& head, const TrainingInputs& inputs,
                            TrialReport& report, const std::stop_token& stop);

    inference::Engine& engine;
    TrialOptions options;
    ProgressFn on_progress;
    EvaluationPrompts prompts;
    DrawnPictures drawn;
    std::vector<Member> rating, base;  ///< prompt by prompt
    std::optional<FeatureBasis> basis;
    std::vector<PromptLosses> base_losses;  ///< of the first arm_pictures of each prompt
};

FeedbackTrials::FeedbackTrials(inference::Engine& engine, TrialOptions options, ProgressFn on_progress) :
    state_(std::make_unique<State>(engine, std::move(options), std::move(on_progress))) {}
FeedbackTrials::~FeedbackTrials() = default;

Result<std::vector<Member>> FeedbackTrials::State::draw(const std::vector<EvaluationPrompt>& of, int each, std::uint64_t first_seed,
                                                        const std::optional<inference::AdapterUse>& adapter, const QString& what,
                                                        const std::stop_token& stop) {
    std::vector<Member> members;
    const size_t count = of.size() * static_cast<size_t>(each);
    for (size_t i = 0; i < count; ++i) {
        const size_t prompt = i / static_cast<size_t>(each);
        const DrawnPictures::Wish wish{of[prompt].text, first_seed + i, adapter};
        auto pixels = drawn.get(engine, wish, stop);
        if (!pixels) return pass(pixels.error());
        members.push_back({prompt, {*std::move(pixels), drawn.path(engine.model(), wish), of[prompt].group}, {}});
        on_progress(what, 0.9 * static_cast<double>(i + 1) / static_cast<double>(count));
    }
    for (size_t first = 0; first < count; first += features_a_call) {
        std::vector<inference::PictureQuery> queries;
        for (size_t i = first; i < std::min(count, first + features_a_call); ++i)
            queries.push_back({members[i].picture.pixels, of[members[i].prompt].text, {}});
        auto features = engine.learning()->features(queries, stop);
        if (!features) return pass(features.error());
        for (size_t i = 0; i < features->size(); ++i) members[first + i].features = std::move((*features)[i]);
        on_progress(what, 0.9 + 0.1 * static_cast<double>(first) / static_cast<double>(count));
    }
    return members;
}

Result<void> FeedbackTrials::State::drawPool(const std::stop_token& stop) {
    if (!base.empty()) return {};
    auto to_rate = draw(prompts.rating, rating_pictures, rating_seed, std::nullopt, QStringLiteral("pictures to rate"), stop);
    if (!to_rate) return pass(to_rate.error());
    rating = *std::move(to_rate);
    auto to_compare = draw(prompts.evaluation, base_pictures, base_seed, std::nullopt, QStringLiteral("pictures to compare with"), stop);
    if (!to_compare) return pass(to_compare.error());
    std::vector<PictureTraits> unrated;
    for (const Member& member : rating) unrated.push_back(member.traits());
    auto fitted = FeatureBasis::fit(unrated);
    if (!fitted) return pass(fitted.error());
    basis = *std::move(fitted);
    base = *std::move(to_compare);
    return {};
}

Result<std::vector<double>> FeedbackTrials::State::judge(Rater& rater, const std::vector<Member>& members) const {
    std::vector<RatedPicture> pictures;
    for (const Member& member : members) pictures.push_back(member.picture);
    return rater.scores(pictures);
}

Result<std::vector<PromptLosses>> FeedbackTrials::State::losses(const std::vector<Member>& members, const QString& what,
                                                                const std::stop_token& stop) {
    std::vector<PromptLosses> result;
    const size_t count = prompts.evaluation.size();
    for (const Member& member : members) {
        std::vector<inference::PictureQuery> queries;
        for (size_t i = 0; i <= distractors; ++i)
            queries.push_back({member.picture.pixels, prompts.evaluation[(member.prompt + i) % count].text, {}});
        const auto each = engine.learning()->denoising_losses(queries, {denoising_draws, 0, {}}, stop);
        if (!each) return pass(each.error());
        result.push_back({each->front(), {each->begin() + 1, each->end()}});
        on_progress(what, static_cast<double>(result.size()) / static_cast<double>(members.size()));
    }
    return result;
}

/// @param whole_arm  all of the arm's pictures are given, so what they have become as a set can be measured too.
Result<ArmReport> FeedbackTrials::State::measure(TrialArm arm, const std::vector<Member>& chosen, const std::vector<double>& z, const Judged& judged,
                                                 bool whole_arm, const std::stop_token& stop) {
    ArmReport report;
    report.arm = arm;
    const std::vector<double> base_z = judged.z(judged.base);
    std::vector<double> wins;
    double raw = 0.0, raw_base = 0.0, matched = 0.0;
    int matched_prompts = 0;
    for (size_t prompt = 0; prompt < prompts.evaluation.size(); ++prompt) {
        std::vector<double> mine, theirs;
        FeatureRows rows, base_rows;
        for (size_t i = 0; i < chosen.size(); ++i) {
            if (chosen[i].prompt != prompt) continue;
            mine.push_back(z[i]);
            rows.push_back(chosen[i].features.image);
        }
        for (size_t i = 0; i < base.size(); ++i) {
            // What the arm itself was chosen from is not what it is compared with.
            const bool is_arm = arm == TrialArm::base || arm == TrialArm::best_of_four || arm == TrialArm::oracle_best_of_four;
            if (base[i].prompt != prompt || (is_arm && i % base_pictures < arm_pictures)) continue;
            theirs.push_back(base_z[i]);
            base_rows.push_back(base[i].features.image);
        }
        if (mine.empty()) continue;
        wins.push_back(winRate(mine, theirs));
        report.star_change += std::accumulate(mine.begin(), mine.end(), 0.0) / static_cast<double>(mine.size()) -
            std::accumulate(theirs.begin(), theirs.end(), 0.0) / static_cast<double>(theirs.size());
        if (!whole_arm) continue;
        raw += meanPairwiseDistance(rows);
        raw_base += meanPairwiseDistance(base_rows);
        const double expected = ratingMatchedDistance(base_rows, theirs, mine);
        if (std::isfinite(expected) && expected > 0.0) {
            matched += meanPairwiseDistance(rows) / expected;
            ++matched_prompts;
        }
    }
    report.win_rate = bootstrapMean(wins);
    report.worst_prompt = wins.empty() ? 0.5 : *std::min_element(wins.begin(), wins.end());
    report.star_change /= std::max<double>(1.0, static_cast<double>(wins.size()));
    if (!whole_arm) return report;
    report.raw_diversity = raw_base > 0.0 ? raw / raw_base : 1.0;
    report.matched_diversity = matched_prompts > 0 ? matched / matched_prompts : std::nan("");
    if (base_losses.empty()) {
        std::vector<Member> first;
        for (size_t i = 0; i < base.size(); ++i) {
            if (i % base_pictures < arm_pictures) first.push_back(base[i]);
        }
        auto measured = losses(first, QStringLiteral("how the base follows prompts"), stop);
        if (!measured) return pass(measured.error());
        base_losses = *std::move(measured);
    }
    if (arm == TrialArm::base) return report;
    const auto own = losses(chosen, QStringLiteral("how the candidate follows prompts"), stop);
    if (!own) return pass(own.error());
    constexpr double points = 100.0;
    report.fidelity_change = points * (fidelity(*own).accuracy - fidelity(base_losses).accuracy);
    return report;
}

TrainingInputs FeedbackTrials::State::inputsFor(TrialArm arm, const std::vector<size_t>& rated, const std::vector<int>& stars, int ratings,
                                                std::uint64_t seed) const {
    TrainingInputs inputs;
    inputs.model_id = engine.model().id;
    for (const size_t index : rated) inputs.pictures.push_back({rating[index].picture.path, prompts.rating[rating[index].prompt].text, {}});
    for (size_t i = 0; i < rated.size(); ++i)
        inputs.signals.push_back({StarSignal{static_cast<int>(i), stars[i]}, static_cast<int>(rating[rated[i]].prompt)});
    for (const EvaluationPrompt& prompt : prompts.rating) inputs.prompts.push_back(prompt.text);
    // The gate looks at rating prompts that were not rated, those at the end of this seed's order; the evaluation half stays unseen.
    const auto order = shuffledIndices(prompts.rating.size(), seed);
    for (auto it = order.rbegin(); it != order.rend(); ++it) inputs.check_prompts.push_back(prompts.rating[*it].text);
    inputs.drawing = options.drawing;
    inputs.config = options.config;
    inputs.config.objective = objectiveOf(arm);
    inputs.sizes = options.sizes;
    inputs.seed = seed;
    inputs.folder = QStringLiteral("%1/run-%2-%3-%4").arg(options.folder, QLatin1String(to_string(arm))).arg(ratings).arg(seed);
    inputs.pictures_folder = options.folder + QStringLiteral("/pictures");
    inputs.adapters_path = options.adapters_path;
    return inputs;
}

Result<TrainingOutcome> FeedbackTrials::State::train(const TrainingInputs& inputs, const QString& what, const std::stop_token& stop) {
    // Another rater's run of the same name must not be gone on with.
    QDir(inputs.folder).removeRecursively();
    TrainingRun run(inputs);
    for (;;) {
        auto more = run.advance(engine, stop);
        if (!more) return pass(more.error());
        on_progress(what, run.progress().fraction);
        if (!*more) return run.outcome();
    }
}

Result<void> FeedbackTrials::State::addTrained(TrialArm arm, Rater& rater, const Judged& judged, const PreferenceHead& head,
                                               const TrainingInputs& inputs, TrialReport& report, const std::stop_token& stop) {
    auto outcome = train(inputs, QLatin1String(to_string(arm)), stop);
    if (!outcome) return pass(outcome.error());
    const bool both =
        arm == TrialArm::adapter && std::find(options.arms.begin(), options.arms.end(), TrialArm::adapter_best_of_four) != options.arms.end();
    if (arm == TrialArm::adapter) report.outcome = *outcome;
    const auto refuse = [&](TrialArm refused) {
        ArmReport kept;
        kept.arm = refused;
        kept.accepted = false;
        kept.win_rate = {0.5, 0.5, 0.5};
        kept.seconds = outcome->seconds;
        report.arms.push_back(kept);
    };
    if (!outcome->accepted) {
        refuse(arm);
        if (both) refuse(TrialArm::adapter_best_of_four);
        return {};
    }
    const QString home = options.adapters_path + QLatin1Char('/') + QString::fromStdString(outcome->adapter.id);
    if (!QDir().mkpath(home) ||
        (!QFile::exists(home + QStringLiteral("/adapter.safetensors")) &&
         !QFile::copy(outcome->adapter_file, home + QStringLiteral("/adapter.safetensors"))))
        return failure(ErrorCode::io, home.toStdString() + " cannot be written");
    const auto pictures = draw(prompts.evaluation, arm_pictures, arm_seed, inference::AdapterUse{outcome->adapter.id, 1.0},
                               QStringLiteral("the candidate's pictures"), stop);
    if (!pictures) return pass(pictures.error());
    const auto scores = judge(rater, *pictures);
    if (!scores) return pass(scores.error());
    const std::vector<double> z = judged.z(*scores);
    auto measured = measure(arm, *pictures, z, judged, true, stop);
    if (!measured) return pass(measured.error());
    measured->seconds = outcome->seconds;
    report.arms.push_back(*measured);
    if (!both) return {};

    std::vector<Member> best;
    std::vector<double> best_z;
    for (size_t first = 0; first + grid_size <= pictures->size(); first += grid_size) {
        std::vector<Coordinates> grid;
        for (size_t i = 0; i < grid_size; ++i) {
            auto coordinates = basis->project((*pictures)[first + i].traits());
            if (!coordinates) return pass(coordinates.error());
            grid.push_back(*std::move(coordinates));
        }
        const size_t chosen = first + head.order(grid).front();
        best.push_back((*pictures)[chosen]);
        best_z.push_back(z[chosen]);
    }
    auto of_best = measure(TrialArm::adapter_best_of_four, best, best_z, judged, false, stop);
    if (!of_best) return pass(of_best.error());
    of_best->seconds = outcome->seconds;
    report.arms.push_back(*of_best);
    return {};
}

Result<TrialReport> FeedbackTrials::run(Rater& rater, const QString& name, int ratings, std::uint64_t seed, const std::stop_token& stop) {
    State& state = *state_;
    if (!state.engine.learning()) return failure(ErrorCode::unsupported_model, "this model draws but cannot learn");
    const int grids = ratings / grid_size;
    if (ratings < grid_size || ratings % grid_size != 0 || grids > static_cast<int>(state.prompts.rating.size())) {
        return failure(ErrorCode::invalid_request,
                       "ratings is " + std::to_string(ratings) + "; it must be a multiple of 4 from 4 to " +
                           std::to_string(state.prompts.rating.size() * grid_size));
    }
    if (auto pool = state.drawPool(stop); !pool) return pass(pool.error());

    State::Judged judged;
    auto rating_scores = state.judge(rater, state.rating);
    if (!rating_scores) return pass(rating_scores.error());
    judged.rating = *std::move(rating_scores);
    auto base_scores = state.judge(rater, state.base);
    if (!base_scores) return pass(base_scores.error());
    judged.base = *std::move(base_scores);
    judged.scale.emplace(judged.rating);

    // Which prompts are rated, which of their pictures, and the noise of the hand: all named by the seed.
    const auto order = shuffledIndices(state.prompts.rating.size(), seed);
    std::vector<size_t> rated;
    std::vector<int> stars;
    for (int grid = 0; grid < grids; ++grid) {
        const auto members = shuffledIndices(rating_pictures, seed * 1000 + static_cast<std::uint64_t>(grid));
        for (size_t i = 0; i < grid_size; ++i) {
            rated.push_back(order[static_cast<size_t>(grid)] * rating_pictures + members[i]);
            stars.push_back(judged.scale->stars(judged.rating[rated.back()], seed, rated.back()));
        }
    }
    PreferenceData data;
    for (size_t i = 0; i < rated.size(); ++i) {
        auto coordinates = state.basis->project(state.rating[rated[i]].traits());
        if (!coordinates) return pass(coordinates.error());
        data.pictures.push_back(*std::move(coordinates));
        data.signals.push_back({StarSignal{static_cast<int>(i), stars[i]}, static_cast<int>(state.rating[rated[i]].prompt)});
    }
    HeadOptions head_options;
    const auto threshold = PreferenceHead::permutationThreshold(data, head_options, state.options.sizes.permutations, seed);
    if (!threshold) return pass(threshold.error());
    head_options.threshold = *threshold;
    const auto head = PreferenceHead::fit(data, head_options);
    if (!head) return pass(head.error());

    TrialReport report;
    report.rater = name;
    report.ratings = ratings;
    report.seed = seed;
    report.head_skill = head->skill();
    report.chance_95 = *threshold;
    report.speaks = head->speaks();

    const std::vector<double> base_z = judged.z(judged.base);
    std::vector<double> predicted;
    std::vector<Coordinates> base_coordinates;
    for (const Member& member : state.base) {
        auto coordinates = state.basis->project(member.traits());
        if (!coordinates) return pass(coordinates.error());
        base_coordinates.push_back(*std::move(coordinates));
        predicted.push_back(head->opinion(base_coordinates.back()).stars);
    }
    double accuracy = 0.0;
    int prompts_with_pairs = 0;
    for (size_t first = 0; first < state.base.size(); first += base_pictures) {
        int pairs = 0;
        const double share =
            pairAccuracy(std::span(predicted).subspan(first, base_pictures), std::span(base_z).subspan(first, base_pictures), noticeable, &pairs);
        if (pairs == 0) continue;
        accuracy += share;
        ++prompts_with_pairs;
    }
    report.head_accuracy = prompts_with_pairs > 0 ? accuracy / prompts_with_pairs : 0.5;

    for (const TrialArm arm : state.options.arms) {
        switch (arm) {
        case TrialArm::base:
        case TrialArm::best_of_four:
        case TrialArm::oracle_best_of_four: {
            std::vector<Member> chosen;
            std::vector<double> z;
            for (size_t prompt_first = 0; prompt_first < state.base.size(); prompt_first += base_pictures) {
                for (size_t first = prompt_first; first < prompt_first + arm_pictures; first += grid_size) {
                    std::vector<size_t> kept;
                    const auto score_of = [&](size_t i) { return arm == TrialArm::best_of_four ? predicted[i] : base_z[i]; };
                    size_t best = first;
                    for (size_t i = first; i < first + grid_size; ++i) {
                        if (score_of(i) > score_of(best)) best = i;
                        if (arm == TrialArm::base) kept.push_back(i);
                    }
                    if (arm != TrialArm::base) kept.push_back(best);
                    for (const size_t i : kept) {
                        chosen.push_back(state.base[i]);
                        z.push_back(base_z[i]);
                    }
                }
            }
            auto measured = state.measure(arm, chosen, z, judged, false, stop);
            if (!measured) return pass(measured.error());
            report.arms.push_back(*measured);
            break;
        }
        case TrialArm::adapter_best_of_four: break;  // comes with the adapter
        default: {
            auto labels = stars;
            if (arm == TrialArm::shuffled) {
                const auto mixed = shuffledIndices(stars.size(), seed + 77);
                for (size_t i = 0; i < labels.size(); ++i) labels[i] = stars[mixed[i]];
            }
            const auto inputs = state.inputsFor(arm, rated, labels, ratings, seed);
            if (auto added = state.addTrained(arm, rater, judged, *head, inputs, report, stop); !added) return pass(added.error());
        }
        }
    }
    return report;
}

}  // namespace app
