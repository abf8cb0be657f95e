// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_run.h"

#include <QDir>
#include <QFile>
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "app/evaluation/counter_random.h"
#include "app/feedback/candidate_check.h"
#include "app/feedback/drawn_pictures.h"
#include "app/feedback/feature_basis.h"
#include "app/feedback/preference_head.h"
#include "app/feedback/training_plan.h"
#include "app/imaging/image_exporter.h"

namespace app {

namespace {

using inference::ErrorCode;
using inference::failure;
using inference::PixelBuffer;
using inference::Result;

constexpr int pictures_a_slice = 8;
constexpr int grid_size = 4;
constexpr std::uint64_t unrated_seed = 1'000'000;  ///< far from the seeds a user meets

struct Seen {
    PixelBuffer pixels;
    inference::PictureFeatures features;
};

PictureTraits labelTraits(const Seen& seen) { return {seen.features.image, seen.features.prompt, pixelStatistics(seen.pixels)}; }
PictureTraits judgeTraits(const Seen& seen) { return {seen.features.judge, {}, pixelStatistics(seen.pixels)}; }

tl::unexpected<inference::Error> pass(const inference::Error& error) { return tl::unexpected<inference::Error>(error); }

}  // namespace

struct TrainingRun::State {
    explicit State(TrainingInputs given) :
        inputs(std::move(given)),
        drawn(inputs.pictures_folder.isEmpty() ? inputs.folder + QStringLiteral("/pictures") : inputs.pictures_folder, inputs.drawing) {
        const int grids = inputs.prompts.empty() ? 0 : inputs.sizes.unrated_pictures / grid_size;
        for (int grid = 0; grid < grids; ++grid) {
            const auto& prompt = inputs.prompts[static_cast<size_t>(grid) % inputs.prompts.size()];
            for (int i = 0; i < grid_size; ++i)
                unrated_wishes.push_back(
                    {prompt, unrated_seed + inputs.seed * 100'000 + static_cast<std::uint64_t>(grid * grid_size + i), std::nullopt});
        }
    }

    Result<void> read(inference::Engine& engine, const std::stop_token& stop);
    Result<void> draw(inference::Engine& engine, const std::stop_token& stop);
    Result<void> fit();
    Result<void> startTraining(inference::Engine& engine, const std::stop_token& stop);
    Result<void> train(const std::stop_token& stop);
    Result<void> check(inference::Engine& engine, const std::stop_token& stop);
    Result<void> addFeatures(inference::Engine& engine, std::vector<Seen>& pictures, const std::vector<std::string>& prompts,
                             const std::stop_token& stop);
    inference::TrainingJob job(const inference::Engine& engine) const;
    PreferenceData dataIn(const FeatureBasis& basis, PictureTraits (*traits)(const Seen&)) const;
    QString candidateFolder() const { return inputs.adapters_path + QLatin1Char('/') + QString::fromStdString(candidate.id); }

    TrainingInputs inputs;
    DrawnPictures drawn;
    std::vector<DrawnPictures::Wish> unrated_wishes;
    RunStage stage = RunStage::reading;
    std::vector<Seen> rated, unrated;
    std::optional<PreferenceHead> label_head, judge_head;
    std::optional<FeatureBasis> label_basis, judge_basis;
    PreferenceData data;
    std::unique_ptr<inference::TrainingSession> session;
    inference::TrainingProgress training;
    inference::AdapterInfo candidate;
    std::unique_ptr<CandidateCheck> candidate_check;
    TrainingOutcome outcome;
    std::chrono::steady_clock::duration worked{};
};

TrainingRun::TrainingRun(TrainingInputs inputs) : state_(std::make_unique<State>(std::move(inputs))) {}
TrainingRun::~TrainingRun() = default;

const TrainingOutcome& TrainingRun::outcome() const { return state_->outcome; }

RunProgress TrainingRun::progress() const {
    // Shares of the whole run as measured with the embedded model.
    constexpr double reading = 0.02, drawing = 0.2, training = 0.48, checking = 0.3;
    RunProgress progress;
    progress.stage = state_->stage;
    const auto share = [](size_t done, size_t of) { return of == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(of); };
    switch (state_->stage) {
    case RunStage::reading: progress.fraction = reading * share(state_->rated.size(), state_->inputs.pictures.size()); break;
    case RunStage::drawing: progress.fraction = reading + drawing * share(state_->unrated.size(), state_->unrated_wishes.size()); break;
    case RunStage::fitting: progress.fraction = reading + drawing; break;
    case RunStage::training:
        progress.fraction = reading + drawing + training * state_->training.fraction;
        if (state_->training.step > 0) progress.loss = state_->training.loss;
        break;
    case RunStage::checking:
        progress.fraction = reading + drawing + training + checking * (state_->candidate_check ? state_->candidate_check->fraction() : 0.0);
        break;
    case RunStage::finished: progress.fraction = 1.0; break;
    }
    const double worked_ms = std::chrono::duration<double, std::milli>(state_->worked).count();
    constexpr double telling = 0.05;  // before that the guess would jump
    if (progress.fraction > telling && progress.fraction < 1.0) progress.remaining_ms = worked_ms * (1.0 - progress.fraction) / progress.fraction;
    return progress;
}

Result<bool> TrainingRun::advance(inference::Engine& engine, const std::stop_token& stop) {
    State& state = *state_;
    const auto started = std::chrono::steady_clock::now();
    const auto slice = [&]() -> Result<void> {
        if (!engine.learning()) return failure(ErrorCode::unsupported_model, "this model draws but cannot learn");
        if (engine.model().id != state.inputs.model_id) {
            return failure(ErrorCode::model_not_found,
                           "the ratings were given to model " + state.inputs.model_id + "; loaded is " + engine.model().id);
        }
        switch (state.stage) {
        case RunStage::reading: return state.read(engine, stop);
        case RunStage::drawing: return state.draw(engine, stop);
        case RunStage::fitting: return state.fit();
        case RunStage::training: return state.session ? state.train(stop) : state.startTraining(engine, stop);
        case RunStage::checking: return state.check(engine, stop);
        case RunStage::finished: return {};
        }
        return {};
    };
    const auto done = slice();
    state.worked += std::chrono::steady_clock::now() - started;
    if (!done) return pass(done.error());
    state.outcome.seconds = std::chrono::duration<double>(state.worked).count();
    return state.stage != RunStage::finished;
}

Result<void> TrainingRun::State::addFeatures(inference::Engine& engine, std::vector<Seen>& pictures, const std::vector<std::string>& prompts,
                                             const std::stop_token& stop) {
    std::vector<inference::PictureQuery> queries;
    const size_t first = pictures.size() - prompts.size();
    for (size_t i = 0; i < prompts.size(); ++i) queries.push_back({pictures[first + i].pixels, prompts[i], {}});
    auto features = engine.learning()->features(queries, stop);
    if (!features) return pass(features.error());
    for (size_t i = 0; i < prompts.size(); ++i) pictures[first + i].features = std::move((*features)[i]);
    return {};
}

Result<void> TrainingRun::State::read(inference::Engine& engine, const std::stop_token& stop) {
    const size_t first = rated.size();
    const size_t last = std::min(first + pictures_a_slice, inputs.pictures.size());
    std::vector<Seen> slice;
    std::vector<std::string> prompts;
    for (size_t i = first; i < last; ++i) {
        auto pixels = readImage(inputs.pictures[i].path);
        if (!pixels) return pass(pixels.error());
        slice.push_back({*std::move(pixels), {}});
        prompts.push_back(inputs.pictures[i].prompt);
    }
    if (auto added = addFeatures(engine, slice, prompts, stop); !added) return added;
    for (Seen& seen : slice) rated.push_back(std::move(seen));
    if (rated.size() == inputs.pictures.size()) stage = RunStage::drawing;
    return {};
}

Result<void> TrainingRun::State::draw(inference::Engine& engine, const std::stop_token& stop) {
    if (unrated.size() < unrated_wishes.size()) {
        const auto& wish = unrated_wishes[unrated.size()];
        auto pixels = drawn.get(engine, wish, stop);
        if (!pixels) return pass(pixels.error());
        std::vector<Seen> one{{*std::move(pixels), {}}};
        if (auto added = addFeatures(engine, one, {wish.prompt}, stop); !added) return added;
        unrated.push_back(std::move(one.front()));
    }
    if (unrated.size() >= unrated_wishes.size()) stage = RunStage::fitting;
    return {};
}

PreferenceData TrainingRun::State::dataIn(const FeatureBasis& basis, PictureTraits (*traits)(const Seen&)) const {
    PreferenceData result;
    result.signals = inputs.signals;
    for (const Seen& seen : rated) {
        auto coordinates = basis.project(traits(seen));
        result.pictures.push_back(coordinates ? *std::move(coordinates) : Coordinates{});
    }
    return result;
}

Result<void> TrainingRun::State::fit() {
    std::vector<PictureTraits> for_labels, for_judge;
    for (const Seen& seen : unrated) {
        for_labels.push_back(labelTraits(seen));
        for_judge.push_back(judgeTraits(seen));
    }
    auto basis = FeatureBasis::fit(for_labels);
    if (!basis) return pass(basis.error());
    label_basis = *std::move(basis);
    auto other_basis = FeatureBasis::fit(for_judge);
    if (!other_basis) return pass(other_basis.error());
    judge_basis = *std::move(other_basis);
    data = dataIn(*label_basis, labelTraits);

    HeadOptions options;
    auto threshold = PreferenceHead::permutationThreshold(data, options, inputs.sizes.permutations, inputs.seed);
    if (!threshold) return pass(threshold.error());
    options.threshold = *threshold;
    auto head = PreferenceHead::fit(data, options);
    if (!head) return pass(head.error());
    label_head = *std::move(head);
    const PreferenceData judge_data = dataIn(*judge_basis, judgeTraits);
    auto judge = PreferenceHead::fit(judge_data, {});
    if (!judge) return pass(judge.error());
    judge_head = *std::move(judge);

    Learnability& evidence = outcome.learnability;
    evidence.explained = label_head->skill();
    evidence.chance_95 = *threshold;
    evidence.ratings = static_cast<int>(inputs.signals.size());
    for (const PlannedPicture& planned : planSignals(data)) {
        if (planned.desirability > 0.0) ++evidence.liked;
        else if (planned.desirability < 0.0) ++evidence.disliked;
    }
    outcome.learnability_verdict = judgeLearnability(evidence);
    stage = outcome.learnability_verdict == LearnabilityVerdict::learnable ? RunStage::training : RunStage::finished;
    return {};
}

inference::TrainingJob TrainingRun::State::job(const inference::Engine& engine) const {
    inference::TrainingJob job;
    job.model_id = engine.model().id;
    job.config = inputs.config;
    job.config.seed = inputs.seed;
    job.checkpoint_path = QString(inputs.folder + QStringLiteral("/checkpoint")).toStdString();
    int groups = 0;
    const auto add = [&](const Seen& seen, const std::string& prompt, const std::string& instruction, int group, double desirability, bool replay) {
        job.pictures.push_back({seen.pixels, prompt, instruction, group, desirability, replay});
        groups = std::max(groups, group + 1);
    };
    for (const PlannedPicture& planned : planSignals(data)) {
        const auto index = static_cast<size_t>(planned.picture);
        add(rated[index], inputs.pictures[index].prompt, inputs.pictures[index].instruction, planned.group, planned.desirability, false);
    }
    std::vector<std::vector<Opinion>> grids;
    for (size_t i = 0; i < unrated.size(); ++i) {
        if (i % grid_size == 0) grids.emplace_back();
        auto coordinates = label_basis->project(labelTraits(unrated[i]));
        grids.back().push_back(coordinates ? label_head->opinion(*coordinates) : Opinion{});
    }
    for (const PlannedPicture& planned : planGuesses(*label_head, grids, starDeviation(data), groups)) {
        const auto index = static_cast<size_t>(planned.picture);
        add(unrated[index], unrated_wishes[index].prompt, {}, planned.group, planned.desirability, false);
    }
    for (size_t i = 0; i < unrated.size(); ++i) add(unrated[i], unrated_wishes[i].prompt, {}, groups, 0.0, true);
    return job;
}

Result<void> TrainingRun::State::startTraining(inference::Engine& engine, const std::stop_token& stop) {
    if (!QDir().mkpath(inputs.folder + QStringLiteral("/checkpoint")))
        return failure(ErrorCode::io, "the folder " + inputs.folder.toStdString() + " cannot be made");
    auto started = engine.learning()->start_training(job(engine), stop);
    if (!started) return pass(started.error());
    session = *std::move(started);
    return {};
}

Result<void> TrainingRun::State::train(const std::stop_token& stop) {
    if (!training.done) {
        auto progress = session->advance(stop);
        if (!progress) return pass(progress.error());
        training = *progress;
        return {};
    }
    outcome.drift = training.drift;
    // One file serves all scales: a request's strength of 2 is the largest of them.
    const double largest = inputs.sizes.scales.back();
    const QString file = inputs.folder + QStringLiteral("/candidate.safetensors");
    auto written = session->write_adapter(file.toStdString(), largest / inference::RequestLimits::max_adapter_strength, {});
    if (!written) return pass(written.error());
    candidate = *std::move(written);
    if (!QDir().mkpath(candidateFolder())) return failure(ErrorCode::io, "the folder " + candidateFolder().toStdString() + " cannot be made");
    const QString place = candidateFolder() + QStringLiteral("/adapter.safetensors");
    if (!QFile::exists(place) && !QFile::copy(file, place)) return failure(ErrorCode::io, place.toStdString() + " cannot be written");

    CandidateCheck::Inputs check;
    check.adapter_id = candidate.id;
    for (const double scale : inputs.sizes.scales) check.strengths.push_back(scale / largest * inference::RequestLimits::max_adapter_strength);
    std::set<std::string> trained;
    for (const RunPicture& picture : inputs.pictures) trained.insert(picture.prompt);
    for (const std::string& prompt : inputs.check_prompts) {
        if (check.prompts.size() == static_cast<size_t>(inputs.sizes.check_prompts)) break;
        if (!trained.contains(prompt)) check.prompts.push_back(prompt);
    }
    check.seeds = inputs.sizes.check_seeds;
    check.base_seeds = inputs.sizes.check_base_seeds;
    check.distractors = inputs.sizes.distractors;
    check.draws = inputs.sizes.denoising_draws;
    check.seed = inputs.seed;
    candidate_check = std::make_unique<CandidateCheck>(std::move(check), drawn, *judge_basis, *judge_head);
    stage = RunStage::checking;
    return {};
}

Result<void> TrainingRun::State::check(inference::Engine& engine, const std::stop_token& stop) {
    auto more = candidate_check->advance(engine, stop);
    if (!more) return pass(more.error());
    if (*more) return {};
    outcome.tried = candidate_check->evidence();
    for (size_t i = 0; i < outcome.tried.size(); ++i) outcome.tried[i].strength = inputs.sizes.scales[i];
    outcome.chosen = chooseStrength(outcome.tried);
    outcome.accepted = outcome.chosen.has_value();
    if (!outcome.chosen && !outcome.tried.empty()) {
        const auto nearest = std::min_element(outcome.tried.begin(), outcome.tried.end(), [](const CandidateEvidence& a, const CandidateEvidence& b) {
            return judgeCandidate(a).size() < judgeCandidate(b).size();
        });
        outcome.failures = judgeCandidate(*nearest);
    }
    const double scale = outcome.chosen ? inputs.sizes.scales[*outcome.chosen] : 1.0;
    const QString file = inputs.folder + QStringLiteral("/adapter.safetensors");
    auto written = session->write_adapter(file.toStdString(), scale, {});
    if (!written) return pass(written.error());
    outcome.adapter = *std::move(written);
    outcome.adapter_file = file;
    for (const auto& pair : candidate_check->comparisons(outcome.chosen.value_or(0), engine.model()))
        outcome.comparisons.push_back({pair.prompt, pair.before, pair.after});
    session.reset();
    // The trial file served its turn; what was drawn with it names it, so those pictures stay only in this run's folder.
    QDir(candidateFolder()).removeRecursively();
    stage = RunStage::finished;
    return {};
}

}  // namespace app
