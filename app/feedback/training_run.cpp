// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_run.h"

#include "app/feedback/adapter_file.h"
#include "app/feedback/picture_pool.h"
#include "app/feedback/training_budget.h"
#include "app/feedback/training_lesson.h"
#include "app/feedback/training_manifest.h"
#include "app/imaging/image_exporter.h"
#include "app/imaging/safe_file.h"

#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QSet>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::GenerationRequest;
using inference::Result;

namespace {

using namespace training_budget;

constexpr int seen_together = 4;  ///< pictures a slice of looking
constexpr std::uint64_t pool_seed = 9'000'000;
constexpr std::array strengths = {0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0};
constexpr double tried_share = 0.6;  ///< of the evaluation

}  // namespace

/// The run is a list of stages; each does a slice and says whether it is done.
struct TrainingRun::State {
    enum class Stage { read, see_rated, draw_pool, see_pool, learn, train, candidates, trials, proof, finish };

    State(TrainingInputs given, Options how) :
        inputs(std::move(given)), options(std::move(how)),
        pool(options.pictures_dir.isEmpty() ? options.work_dir + QStringLiteral("/pictures") : options.pictures_dir) {}

    TrainingInputs inputs;
    Options options;
    PicturePool pool;
    Stage stage = Stage::read;
    QElapsedTimer timer;
    bool done = false;
    Result<TrainingOutcome> result = failure(ErrorCode::internal, "the run has not ended");
    TrainingOutcome outcome;

    std::size_t next_example = 0;
    std::vector<SeenExample> rated;
    std::size_t next_seen = 0;  ///< of the rated
    QSet<QByteArray> known_pictures;
    std::vector<GenerationRequest> pool_requests;
    std::vector<inference::PictureFeatures> pool_features;
    std::unique_ptr<inference::TrainingSession> session;
    std::vector<QString> candidate_ids;  ///< of `strengths`
    std::unique_ptr<GateTrial> trial;    ///< the judge, and what it has seen of the base
    std::size_t next_strength = 0;
    StrengthRange to_prove;
    std::optional<std::size_t> proven;  ///< the strongest that was

    void report(TrainingState state, double fraction, const inference::TrainingProgress& training = {}) const {
        if (!options.on_progress) return;
        options.on_progress({state, training.step, training.num_steps, fraction, training.loss, training.drift, training.remaining_ms});
    }
    void end(Result<TrainingOutcome> with) {
        result = std::move(with);
        done = true;
    }
    void reject(std::vector<GateReason> reasons) {
        outcome.reasons = std::move(reasons);
        outcome.seconds = static_cast<double>(timer.elapsed()) / 1000.0;
        end(outcome);
    }
    Result<bool> slice(inference::Engine& engine, inference::LearningEngine& learning, const std::stop_token& stop);
    Result<bool> readSome();
    Result<bool> seeRated(inference::LearningEngine& learning, const std::stop_token& stop);
    void planPool(const std::string& model_id);
    Result<void> learn(inference::LearningEngine& learning, const std::stop_token& stop);
    Result<int> affordableSteps(inference::LearningEngine& learning, const inference::TrainingJob& job, const std::stop_token& stop) const;
    Result<void> writeCandidates();
    Result<void> ship(inference::LearningEngine& learning, const std::stop_token& stop);
    void dropCandidates(const QString& except);
    QString folderOf(const QString& id) const { return options.adapters_dir + QLatin1Char('/') + id; }
};

TrainingRun::TrainingRun(TrainingInputs inputs, Options options) : state_(std::make_unique<State>(std::move(inputs), std::move(options))) {}

TrainingRun::~TrainingRun() = default;

void TrainingRun::release() {
    state_->session.reset();
    state_->trial.reset();
}

bool TrainingRun::ended() const { return state_->done; }

const Result<TrainingOutcome>& TrainingRun::outcome() const { return state_->result; }

bool TrainingRun::advance(inference::Engine& engine, const std::stop_token& stop) {
    if (state_->done) return false;
    if (!state_->timer.isValid()) state_->timer.start();
    inference::LearningEngine* learning = engine.learning();
    if (learning == nullptr) {
        state_->end(failure(ErrorCode::unsupported_model, "this model cannot learn"));
    } else if (engine.model().id != state_->inputs.model_id) {
        state_->end(failure(ErrorCode::unsupported_model, "the job was made for another model than the one that is loaded"));
    } else if (stop.stop_requested()) {
        state_->end(failure(ErrorCode::cancelled, "stopped"));
    } else if (auto more = state_->slice(engine, *learning, stop); !more) {
        state_->end(tl::unexpected<Error>(more.error()));
    } else if (*more && !state_->done) {
        state_->stage = static_cast<State::Stage>(static_cast<int>(state_->stage) + 1);
    }
    return !state_->done;
}

/// @return whether the stage is done
Result<bool> TrainingRun::State::slice(inference::Engine& engine, inference::LearningEngine& learning, const std::stop_token& stop) {
    switch (stage) {
    case Stage::read: return readSome();
    case Stage::see_rated: {
        auto seen = seeRated(learning, stop);
        if (!seen) return tl::unexpected<Error>(seen.error());
        if (*seen) planPool(engine.model().id);
        return *seen;
    }
    case Stage::draw_pool: {
        auto missing = pool.drawSome(engine, pool_requests, 1, stop);
        if (!missing) return tl::unexpected<Error>(missing.error());
        report(TrainingState::preparing, 0.2 + 0.5 * (1.0 - static_cast<double>(*missing) / static_cast<double>(pool_requests.size())));
        return *missing == 0;
    }
    case Stage::see_pool: {
        const std::size_t first = pool_features.size();
        const std::size_t last = std::min(pool_requests.size(), first + seen_together);
        if (first == last) return true;
        report(TrainingState::preparing, 0.7 + 0.3 * static_cast<double>(first) / static_cast<double>(pool_requests.size()));
        auto seen = pool.see(
            learning, {pool_requests.begin() + static_cast<std::ptrdiff_t>(first), pool_requests.begin() + static_cast<std::ptrdiff_t>(last)}, stop);
        if (!seen) return tl::unexpected<Error>(seen.error());
        std::move(seen->begin(), seen->end(), std::back_inserter(pool_features));
        return false;
    }
    case Stage::learn: {
        auto learned = learn(learning, stop);
        if (!learned) return tl::unexpected<Error>(learned.error());
        return true;
    }
    case Stage::train: {
        auto progress = session->advance(stop);
        if (!progress) return tl::unexpected<Error>(progress.error());
        outcome.training = *progress;
        report(TrainingState::running, progress->fraction, *progress);
        return progress->done;
    }
    case Stage::candidates: {
        auto written = writeCandidates();
        if (!written) return tl::unexpected<Error>(written.error());
        session.reset();  // its memory goes to the drawing
        return true;
    }
    case Stage::trials: {
        report(TrainingState::evaluating, tried_share * static_cast<double>(outcome.trials.size()) / strengths.size());
        auto measured = trial->tryOut(engine, learning, pool, candidate_ids[next_strength], strengths[next_strength], stop);
        if (!measured) return tl::unexpected<Error>(measured.error());
        if (!*measured) return false;
        outcome.trials.push_back(**measured);
        // Harm grows with strength: beyond the first that narrows there is nothing to find.
        if (++next_strength < strengths.size() && mayBeHarmless(**measured)) return false;
        const auto range = worthProving(outcome.trials);
        if (!range) {
            outcome.measures = outcome.trials.front();
            dropCandidates({});
            reject(againstTaking(outcome.measures));
            return true;
        }
        to_prove = *range;
        return true;
    }
    case Stage::proof: {
        // The strongest that is harmless, by halves: preference and harm both grow with strength.
        const std::size_t middle = (to_prove.weakest + to_prove.strongest + 1) / 2;
        report(TrainingState::evaluating, tried_share + (1.0 - tried_share) * trial->shareProved(candidate_ids[middle]));
        auto measured = trial->prove(engine, learning, pool, candidate_ids[middle], strengths[middle], stop);
        if (!measured) return tl::unexpected<Error>(measured.error());
        if (!*measured) return false;
        const auto against = againstTaking(**measured);
        const bool harmless = std::all_of(against.begin(), against.end(), [](GateReason reason) { return reason == GateReason::not_preferred; });
        if (against.empty() || !proven) outcome.measures = **measured;
        if (against.empty()) proven = middle;
        if (harmless ? middle < to_prove.strongest : middle > to_prove.weakest) {
            (harmless ? to_prove.weakest : to_prove.strongest) = harmless ? middle + 1 : middle - 1;
            return false;
        }
        if (proven) return true;
        dropCandidates({});
        reject(againstTaking(outcome.measures));
        return true;
    }
    case Stage::finish: {
        auto shipped = ship(learning, stop);
        if (!shipped) return tl::unexpected<Error>(shipped.error());
        end(outcome);
        return true;
    }
    }
    return failure(ErrorCode::internal, "the run has no such stage");
}

Result<bool> TrainingRun::State::readSome() {
    report(TrainingState::preparing, 0.0);
    for (int i = 0; i < seen_together && next_example < inputs.examples.size(); ++i, ++next_example) {
        const auto& example = inputs.examples[next_example];
        auto pixels = readImage(example.path);
        // A picture that is gone is not an error of the job's: it learns from the others and says so.
        if (!pixels) {
            ++outcome.missing;
            continue;
        }
        const QByteArray bytes(reinterpret_cast<const char*>(pixels->bytes.data()), static_cast<qsizetype>(pixels->bytes.size()));
        const QByteArray hash = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256) + QByteArray::fromStdString(example.prompt);
        if (known_pictures.contains(hash)) {
            ++outcome.duplicates;
            continue;
        }
        known_pictures.insert(hash);
        rated.push_back({example, std::make_shared<const inference::PixelBuffer>(*std::move(pixels)), {}});
    }
    if (next_example < inputs.examples.size()) return false;
    outcome.learnability.ratings = static_cast<int>(rated.size());
    // Refused before anything is drawn, where that is plain already.
    Learnability optimistic = outcome.learnability;
    std::set<double> values;
    for (const auto& picture : rated) values.insert(picture.example.rating);
    optimistic.varied = outcome.learnability.varied = values.size() > 1;
    optimistic.liked = optimistic.disliked = optimistic.ratings;
    optimistic.skill = 1.0;
    optimistic.threshold = 0.0;
    if (auto reasons = againstTraining(optimistic); !reasons.empty()) reject(std::move(reasons));
    return true;
}

Result<bool> TrainingRun::State::seeRated(inference::LearningEngine& learning, const std::stop_token& stop) {
    std::vector<inference::PictureQuery> queries;
    for (std::size_t i = next_seen; i < std::min(rated.size(), next_seen + seen_together); ++i) {
        queries.push_back({*rated[i].pixels, rated[i].example.prompt, rated[i].example.instruction});
    }
    if (queries.empty()) return true;
    report(TrainingState::preparing, 0.2 * static_cast<double>(next_seen) / static_cast<double>(rated.size()));
    auto seen = learning.features(queries, stop);
    if (!seen) return tl::unexpected<Error>(seen.error());
    for (auto& features : *seen) rated[next_seen++].features = std::move(features);
    return false;
}

/// Grids of the prompts that were rated and of others, which the head will label; they also are the pictures of nobody's choosing that its basis
/// is made from, and what must stay as it is.
void TrainingRun::State::planPool(const std::string& model_id) {
    std::vector<std::string> prompts;
    std::set<std::string> known;
    const auto add = [&](const std::string& prompt) {
        if (!prompt.empty() && known.insert(prompt).second) prompts.push_back(prompt);
    };
    for (const auto& picture : rated) add(picture.example.prompt);
    for (const auto& prompt : inputs.prompts) add(prompt);
    const int wanted = drawnPictures(static_cast<int>(rated.size()));
    for (int round = 0; !prompts.empty() && static_cast<int>(pool_requests.size()) < wanted; ++round) {
        for (std::size_t p = 0; p < prompts.size() && static_cast<int>(pool_requests.size()) < wanted; ++p) {
            for (int i = 0; i < pictures_of_prompt; ++i) {
                GenerationRequest request = inputs.drawing;
                request.prompt = prompts[p];
                request.seed = pool_seed + inputs.seed * 1000 + static_cast<std::uint64_t>(round * pictures_of_prompt + i);
                request.num_images = 1;
                request.batch_size = 1;
                request.model_id = model_id;
                request.adapters.clear();
                pool_requests.push_back(std::move(request));
            }
        }
    }
}

Result<void> TrainingRun::State::learn(inference::LearningEngine& learning, const std::stop_token& stop) {
    std::vector<SeenDrawing> drawn;
    for (std::size_t i = 0; i < pool_requests.size(); ++i) drawn.push_back({pool_requests[i], pool.find(pool_requests[i]), pool_features[i]});
    auto lesson = prepareLesson(inputs, rated, drawn);
    if (!lesson) return tl::unexpected<Error>(lesson.error());
    outcome.learnability = lesson->learnability;
    if (auto reasons = againstTraining(outcome.learnability); !reasons.empty()) {
        reject(std::move(reasons));
        return {};
    }
    trial = std::move(lesson->trial);
    inference::TrainingJob job;
    job.model_id = inputs.model_id;
    job.config = inputs.config;
    job.config.seed = inputs.seed;
    job.checkpoint_path = QString(options.work_dir + QStringLiteral("/checkpoint")).toStdString();
    job.pictures = std::move(lesson->pictures);
    if (!QDir().mkpath(options.work_dir + QStringLiteral("/checkpoint"))) {
        return failure(ErrorCode::io, "the folder " + options.work_dir.toStdString() + " cannot be made");
    }
    auto steps = affordableSteps(learning, job, stop);
    if (!steps) return tl::unexpected<Error>(steps.error());
    job.config.steps = *steps;
    auto started = learning.start_training(job, stop);
    if (!started) return tl::unexpected<Error>(started.error());
    session = *std::move(started);
    return {};
}

/// As many of the wanted steps as the budget has time for. Written down the first time: a job that goes on must go on to the same end, however fast the
/// machine is by then.
Result<int> TrainingRun::State::affordableSteps(inference::LearningEngine& learning, const inference::TrainingJob& job,
                                                const std::stop_token& stop) const {
    const QString path = options.work_dir + QStringLiteral("/steps");
    QFile known(path);
    if (known.open(QIODevice::ReadOnly)) {
        const int steps = known.read(32).toInt();
        if (steps > 0 && steps <= job.config.steps) return steps;
    }
    auto estimate = learning.estimate_training(job, stop);
    if (!estimate) return tl::unexpected<Error>(estimate.error());
    const double seconds = inputs.budget_minutes * 60.0 * training_share;
    const double affordable = estimate->seconds > 0.0 ? job.config.steps * seconds / estimate->seconds : job.config.steps;
    const int steps = std::min(job.config.steps, std::max(least_steps, static_cast<int>(std::min(affordable, 1e6))));
    const QByteArray text = QByteArray::number(steps);
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.constData()), static_cast<std::size_t>(text.size()));
    if (auto written = writeFileSafely(path, bytes); !written) return tl::unexpected<Error>(written.error());
    return steps;
}

/// One file for each strength: what is judged is, to the bit, what would be shipped.
Result<void> TrainingRun::State::writeCandidates() {
    const QString path = options.work_dir + QStringLiteral("/trained.safetensors");
    auto written = session->write_adapter(path.toStdString(), 1.0, {{"fuselight_signals", inputs.signals_hash.toStdString()}});
    if (!written) return tl::unexpected<Error>(written.error());
    candidate_ids.clear();
    for (const double strength : strengths) {
        auto file = rescaledAdapter(path, strength);
        if (!file) return tl::unexpected<Error>(file.error());
        const QString id = adapterIdOf(*file);
        const QString folder = folderOf(id);
        if (!QDir().mkpath(folder)) return failure(ErrorCode::io, "the folder " + folder.toStdString() + " cannot be made");
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(file->constData()), static_cast<std::size_t>(file->size()));
        if (auto stored = writeFileSafely(folder + QStringLiteral("/adapter.safetensors"), bytes); !stored) return stored;
        candidate_ids.push_back(id);
    }
    return {};
}

Result<void> TrainingRun::State::ship(inference::LearningEngine& learning, const std::stop_token& stop) {
    const QString id = candidate_ids[*proven];
    const QString folder = folderOf(id);
    auto info = learning.inspect_adapter(QString(folder + QStringLiteral("/adapter.safetensors")).toStdString(), stop);
    if (!info) return tl::unexpected<Error>(info.error());
    if (info->id != id.toStdString()) return failure(ErrorCode::internal, "the adapter that was written is not the one that was judged");
    outcome.adapter_id = id;
    outcome.accepted = true;
    outcome.seconds = static_cast<double>(timer.elapsed()) / 1000.0;
    if (auto stored = trial->writeThumbs(pool, id, folder + QStringLiteral("/thumbs")); !stored) return stored;
    const QByteArray manifest = adapterManifest(inputs, outcome);
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(manifest.constData()), static_cast<std::size_t>(manifest.size()));
    // Last: a folder without a manifest is a candidate that was never taken.
    if (auto stored = writeFileSafely(folder + QStringLiteral("/manifest.json"), bytes); !stored) return stored;
    dropCandidates(id);
    return {};
}

void TrainingRun::State::dropCandidates(const QString& except) {
    for (const QString& id : candidate_ids) {
        const QString folder = folderOf(id);
        if (id != except && !QFile::exists(folder + QStringLiteral("/manifest.json"))) QDir(folder).removeRecursively();
    }
}

}  // namespace app
