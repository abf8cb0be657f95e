// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/training_service.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/evaluation_prompts.h"
#include "app/feedback/training_budget.h"
#include "app/feedback/training_job_table.h"
#include "app/feedback/training_manifest.h"
#include "app/library/library.h"
#include "app/paths/profile_paths.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QThreadPool>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

Q_LOGGING_CATEGORY(trainingLog, "fuselight.training")

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

namespace {

constexpr int most_crashes = 3;
constexpr int most_shortages = 3;  ///< of memory, each answered by going on with less
constexpr std::size_t least_ratings = 12;
constexpr std::size_t gate_prompts = training_budget::gate_prompts;
constexpr std::size_t most_prompts = 40;
constexpr int adapters_kept = 10;
constexpr double pick_stars = 1.2;  ///< a pick above, a rejection below the middle
constexpr double duel_stars = 0.7;
constexpr double middle_stars = 3.0;

}  // namespace

namespace {

/// A run as the engine's thread holds it. The service reads its outcome once this is gone.
class RunOnEngine final : public BackgroundWork {
public:
    explicit RunOnEngine(std::shared_ptr<TrainingRun> run) : run_(std::move(run)) {}
    ~RunOnEngine() override { run_->release(); }
    bool advance(inference::Engine& engine, std::stop_token stop) override { return run_->advance(engine, stop); }

private:
    std::shared_ptr<TrainingRun> run_;
};

}  // namespace

/// Where a run on the engine's thread leaves its reports; closed when the service goes, which the run may outlive by a slice.
struct ProgressMailbox {
    std::mutex mutex;
    QObject* receiver = nullptr;
};

struct TrainingService::State {
    State(EngineThread& engine_thread, Library& pictures, Database& database, const ProfilePaths& paths) :
        engine(engine_thread), library(pictures), signals(database), table(database), adapters(database), adapters_dir(paths.adaptersDir()),
        data_dir(paths.data_dir) {}

    EngineThread& engine;
    Library& library;
    SignalStore signals;
    TrainingJobTable table;
    AdapterTable adapters;
    QString adapters_dir;
    QString data_dir;
    std::vector<TrainingJobRow> jobs;
    std::shared_ptr<TrainingRun> run;  ///< under way
    std::optional<TrainingJobId> running;
    BackgroundId work;  ///< of the run
    std::shared_ptr<ProgressMailbox> mailbox = std::make_shared<ProgressMailbox>();
    bool held_back = false;
    std::map<TrainingJobId, int> shortages;
    QThreadPool pool;  ///< removes folders
};

TrainingService::TrainingService(EngineThread& engine, Library& library, Database& database, const ProfilePaths& paths, QObject* parent) :
    QObject(parent), state_(std::make_unique<State>(engine, library, database, paths)) {
    state_->mailbox->receiver = this;
    qRegisterMetaType<TrainingJobId>();
    state_->pool.setMaxThreadCount(1);
    connect(&engine, &EngineThread::backgroundEnded, this, &TrainingService::onEnded);
    connect(&engine, &EngineThread::modelLoaded, this, [this] { startNext(); });
}

TrainingService::~TrainingService() {
    {
        const std::lock_guard lock(state_->mailbox->mutex);
        state_->mailbox->receiver = nullptr;
    }
    if (state_->running) state_->engine.stopBackground(state_->work);
    state_->pool.waitForDone();
}

Result<void> TrainingService::restore() {
    auto rows = state_->table.load();
    if (!rows) return tl::unexpected<Error>(rows.error());
    state_->jobs = *std::move(rows);
    for (auto& job : state_->jobs) {
        // It ran when the program ended: queued again, and counted when it gets no further than the last time.
        if (!transition(job.state, TrainingEvent::interrupt)) continue;
        job.crashes = job.crashed_step == job.step ? job.crashes + 1 : 1;
        job.crashed_step = job.step;
        if (auto stored = state_->table.setCrashes(job.id, job.crashes, job.crashed_step); !stored) return stored;
        if (job.crashes >= most_crashes) {
            job.error = {ErrorCode::internal, "the program ended three times while this job was at step " + std::to_string(job.step)};
            if (auto stored = state_->table.setError(job.id, job.error); !stored) return stored;
            if (auto moved = move(job, TrainingEvent::fail); !moved) return moved;
            continue;
        }
        if (auto moved = move(job, TrainingEvent::interrupt); !moved) return moved;
    }
    startNext();
    return {};
}

const std::vector<TrainingJobRow>& TrainingService::jobs() const { return state_->jobs; }

TrainingJobRow* TrainingService::row(TrainingJobId id) {
    const auto found = std::find_if(state_->jobs.begin(), state_->jobs.end(), [id](const auto& job) { return job.id == id; });
    return found == state_->jobs.end() ? nullptr : &*found;
}

const TrainingJobRow* TrainingService::find(TrainingJobId id) const { return const_cast<TrainingService*>(this)->row(id); }

QString TrainingService::adaptersDir() const { return state_->adapters_dir; }

QString TrainingService::workDir(TrainingJobId id) const { return state_->data_dir + QStringLiteral("/training/%1").arg(id.value); }

Result<TrainingJobId> TrainingService::queue(TasteId taste, const inference::TrainingConfig& config, double budget_minutes, std::uint64_t seed) {
    const auto& model = state_->engine.model();
    if (!model) return failure(ErrorCode::invalid_request, "no model is loaded yet");
    auto said = state_->signals.signalsOf(taste);
    if (!said) return tl::unexpected<Error>(said.error());

    TrainingInputs inputs;
    inputs.model_id = model->id;
    inputs.config = config;
    inputs.seed = seed;
    inputs.budget_minutes = budget_minutes;
    inputs.signals_hash = said->hash;
    inputs.drawing = inference::with_defaults({}, *model);
    inputs.drawing.sampler = inference::Sampler::multistep2;  // half the steps for the same picture
    inputs.drawing.num_inference_steps = std::max(1, model->default_steps / 2);

    // One number a picture: stars where there are any, else what picks and duels amount to.
    std::vector<std::optional<double>> stars(said->items.size());
    std::vector<double> others(said->items.size(), 0.0);
    std::vector<bool> spoken(said->items.size(), false);
    std::vector<int> grids(said->items.size(), 0);
    const auto at = [](int index) { return static_cast<std::size_t>(index); };
    for (const auto& signal : said->signals) {
        if (const auto* star = std::get_if<StarSignal>(&signal.what)) {
            stars[at(star->picture)] = star->stars;
            grids[at(star->picture)] = signal.grid;
        } else if (const auto* pick = std::get_if<PickSignal>(&signal.what)) {
            others[at(pick->picture)] += pick->picked ? pick_stars : -pick_stars;
            spoken[at(pick->picture)] = true;
            grids[at(pick->picture)] = signal.grid;
        } else {
            const auto& duel = std::get<DuelSignal>(signal.what);
            const double side = duel.outcome == DuelOutcome::first ? duel_stars : duel.outcome == DuelOutcome::second ? -duel_stars : 0.0;
            for (const auto& [picture, change] : {std::pair(duel.first, side), std::pair(duel.second, -side)}) {
                others[at(picture)] += change;
                spoken[at(picture)] = true;
                if (grids[at(picture)] == 0) grids[at(picture)] = signal.grid;
            }
        }
    }
    int missing = 0;
    std::set<double> values;
    std::set<std::string> rated_prompts;
    for (std::size_t i = 0; i < said->items.size(); ++i) {
        if (!stars[i] && !spoken[i]) continue;
        const LibraryItem* item = state_->library.find(said->items[i]);
        auto request = state_->library.request(said->items[i]);
        // Deleted, or its file was: there is nothing to look at.
        if (item == nullptr || !request || !QFileInfo::exists(item->path)) {
            ++missing;
            continue;
        }
        const double rating = stars[i] ? *stars[i] : std::clamp(middle_stars + others[i], 1.0, 5.0);
        values.insert(rating);
        rated_prompts.insert(request->prompt);
        inputs.examples.push_back({item->id, item->path, request->prompt, request->instruction, grids[i], rating});
    }
    if (inputs.examples.size() < least_ratings) {
        std::string sentence =
            "there are " + std::to_string(inputs.examples.size()) + " rated pictures; at least " + std::to_string(least_ratings) + " are needed";
        if (missing > 0) sentence += " (" + std::to_string(missing) + " more were rated and are gone)";
        return failure(ErrorCode::invalid_request, std::move(sentence));
    }
    if (values.size() < 2) return failure(ErrorCode::invalid_request, "all pictures were rated the same; there is nothing to learn from that");

    // The user's own prompts that were not rated, and the committed ones to fill up.
    const auto neutral = evaluationPrompts(seed);
    std::set<std::string> known = rated_prompts;
    for (const auto& item : state_->library.items()) {
        if (inputs.gate_prompts.size() >= gate_prompts / 2) break;
        std::string prompt = item.prompt.toStdString();
        if (!prompt.empty() && known.insert(prompt).second) inputs.gate_prompts.push_back(std::move(prompt));
    }
    for (const auto& prompt : neutral.proof) {
        if (inputs.gate_prompts.size() >= gate_prompts) break;
        if (known.insert(prompt).second) inputs.gate_prompts.push_back(prompt);
    }
    for (const auto& prompt : neutral.rating) {
        if (inputs.prompts.size() + rated_prompts.size() >= most_prompts) break;
        if (known.insert(prompt).second) inputs.prompts.push_back(prompt);
    }
    auto id = state_->table.insert(taste, inputs);
    if (!id) return id;
    TrainingJobRow job;
    job.id = *id;
    job.profile = taste;
    job.inputs = std::move(inputs);
    job.created_at = QDateTime::currentDateTimeUtc();
    state_->jobs.push_back(std::move(job));
    Q_EMIT jobAdded(*id);
    startNext();
    return id;
}

Result<void> TrainingService::move(TrainingJobRow& job, TrainingEvent event) {
    auto to = state_->table.move(job.id, job.state, event);
    if (!to) return tl::unexpected<Error>(to.error());
    job.state = *to;
    Q_EMIT jobChanged(job.id);
    return {};
}

Result<void> TrainingService::pause(TrainingJobId id) {
    auto* job = row(id);
    if (job == nullptr) return failure(ErrorCode::invalid_request, "there is no such job");
    if (auto moved = move(*job, TrainingEvent::pause); !moved) return moved;
    if (state_->running == id) state_->engine.stopBackground(state_->work);
    return {};
}

Result<void> TrainingService::resume(TrainingJobId id) {
    auto* job = row(id);
    if (job == nullptr) return failure(ErrorCode::invalid_request, "there is no such job");
    if (auto moved = move(*job, TrainingEvent::resume); !moved) return moved;
    startNext();
    return {};
}

Result<void> TrainingService::cancel(TrainingJobId id) {
    auto* job = row(id);
    if (job == nullptr) return failure(ErrorCode::invalid_request, "there is no such job");
    if (auto moved = move(*job, TrainingEvent::cancel); !moved) return moved;
    // While a slice still writes, its folder goes when it has ended.
    if (state_->running == id) state_->engine.stopBackground(state_->work);
    else removeWork(id);
    return {};
}

Result<void> TrainingService::retry(TrainingJobId id) {
    auto* job = row(id);
    if (job == nullptr) return failure(ErrorCode::invalid_request, "there is no such job");
    if (auto moved = move(*job, TrainingEvent::retry); !moved) return moved;
    job->crashes = 0;
    job->crashed_step = -1;
    if (auto stored = state_->table.setCrashes(id, 0, -1); !stored) return stored;
    startNext();
    return {};
}

void TrainingService::startNext() {
    if (state_->run || state_->held_back || !state_->engine.model()) return;
    // A job of another model waits until that one is loaded.
    const auto next = std::find_if(state_->jobs.begin(), state_->jobs.end(), [&model = state_->engine.model()->id](const auto& job) {
        return job.state == TrainingState::queued && job.inputs.model_id == model;
    });
    if (next == state_->jobs.end()) return;
    if (auto claimed = move(*next, TrainingEvent::claim); !claimed) {
        qCWarning(trainingLog) << QString::fromStdString(claimed.error().detail);
        return;
    }
    const TrainingJobId id = next->id;
    TrainingRun::Options options;
    options.adapters_dir = adaptersDir();
    options.work_dir = workDir(id);
    options.on_progress = [this, id, mailbox = state_->mailbox](const TrainingRunProgress& progress) {
        const std::lock_guard lock(mailbox->mutex);
        if (mailbox->receiver == nullptr) return;
        QMetaObject::invokeMethod(
            mailbox->receiver, [this, id, progress] { onProgress(id, progress); }, Qt::QueuedConnection);
    };
    state_->run = std::make_shared<TrainingRun>(next->inputs, std::move(options));
    state_->running = id;
    state_->work = state_->engine.runInBackground(std::make_unique<RunOnEngine>(state_->run), BackgroundPriority::whenever);
}

void TrainingService::onProgress(TrainingJobId id, const TrainingRunProgress& progress) {
    auto* job = row(id);
    if (job == nullptr || state_->running != id || isFinished(job->state) || job->state == TrainingState::paused) return;
    if (job->state == TrainingState::preparing && progress.state >= TrainingState::running) {
        if (auto moved = move(*job, TrainingEvent::prepared); !moved) qCWarning(trainingLog) << QString::fromStdString(moved.error().detail);
    }
    if (job->state == TrainingState::running && progress.state == TrainingState::evaluating) {
        if (auto moved = move(*job, TrainingEvent::trained); !moved) qCWarning(trainingLog) << QString::fromStdString(moved.error().detail);
    }
    if (progress.step > job->step) {
        job->step = progress.step;
        if (auto stored = state_->table.setStep(id, progress.step); !stored) qCWarning(trainingLog) << QString::fromStdString(stored.error().detail);
    }
    Q_EMIT progressed(id, progress);
}

void TrainingService::onEnded(BackgroundId work) {
    if (!state_->run || work != state_->work) return;
    const auto run = std::exchange(state_->run, nullptr);
    const auto id = *std::exchange(state_->running, std::nullopt);
    auto* job = row(id);
    if (job != nullptr && !run->ended() && transition(job->state, TrainingEvent::interrupt)) {
        // Another model took this one's place: the job goes on from its folder when its own is back.
        if (auto moved = move(*job, TrainingEvent::interrupt); !moved) qCWarning(trainingLog) << QString::fromStdString(moved.error().detail);
    } else if (job != nullptr) {
        finish(*job, run->outcome());
    }
    startNext();
}

void TrainingService::finish(TrainingJobRow& job, const Result<TrainingOutcome>& outcome) {
    const auto warn = [](const Result<void>& done) {
        if (!done) qCWarning(trainingLog) << QString::fromStdString(done.error().detail);
    };
    if (job.state == TrainingState::cancelled) {
        removeWork(job.id);
        return;
    }
    // Paused while its last slice ran: it goes on from its folder, and ends at once if that was all.
    if (job.state == TrainingState::paused || job.state == TrainingState::queued) return;
    if (!outcome) {
        if (outcome.error().code == ErrorCode::cancelled) return;  // the program closes; it is interrupted and goes on at the next start
        if (goesOnWithLess(job, outcome.error())) return;
        job.error = outcome.error();
        warn(state_->table.setError(job.id, job.error));
        warn(move(job, TrainingEvent::fail));
        return;
    }
    QStringList reasons;
    for (const auto reason : outcome->reasons) reasons.append(QLatin1String(to_string(reason)));
    job.reasons = reasons.join(QLatin1Char(','));
    job.measures = measuresJson(*outcome);
    job.adapter_id = outcome->adapter_id;
    job.elapsed_ms += outcome->seconds * 1000.0;
    // The adapter is listed and in use before the job is done: a crash between the two does the last slice again and finds it there.
    if (outcome->accepted) {
        AdapterRow adapter;
        adapter.id = outcome->adapter_id;
        adapter.profile = job.profile;
        adapter.model_id = job.inputs.model_id;
        adapter.job = job.id;
        adapter.manifest = adapterManifest(job.inputs, *outcome);
        adapter.verdict = AdapterVerdict::provisional;
        adapter.created_at = QDateTime::currentDateTimeUtc();
        if (auto stored = state_->adapters.insertAsCurrent(adapter); !stored) {
            job.error = stored.error();
            warn(state_->table.setError(job.id, job.error));
            warn(move(job, TrainingEvent::fail));
            return;
        }
    }
    warn(state_->table.setOutcome(job.id, job.reasons, job.measures, job.adapter_id, job.elapsed_ms));
    // The last reports may have been overtaken by the end.
    if (job.state == TrainingState::preparing && outcome->accepted) warn(move(job, TrainingEvent::prepared));
    if (job.state == TrainingState::running && outcome->accepted) warn(move(job, TrainingEvent::trained));
    warn(move(job, outcome->accepted ? TrainingEvent::accept : TrainingEvent::reject));
    removeWork(job.id);
    if (!outcome->accepted) return;
    if (auto dropped = state_->adapters.prune(job.profile, adapters_kept)) {
        for (const QString& old : *dropped) {
            const QString folder = adaptersDir() + QLatin1Char('/') + old;
            state_->pool.start([folder] { QDir(folder).removeRecursively(); });
        }
    } else {
        qCWarning(trainingLog) << QString::fromStdString(dropped.error().detail);
    }
    Q_EMIT adapterAccepted(job.profile, job.adapter_id);
}

/// The engine has noted in the job's folder with how much memory it met its end: the next start takes a measure more and goes on from the checkpoint.
bool TrainingService::goesOnWithLess(TrainingJobRow& job, const Error& error) {
    // Before the number of steps is written down there is no training that could be made smaller.
    if (error.code != ErrorCode::out_of_memory || !QFileInfo::exists(workDir(job.id) + QStringLiteral("/steps"))) return false;
    if (++state_->shortages[job.id] > most_shortages) return false;
    qCWarning(trainingLog) << "goes on with less memory:" << QString::fromStdString(error.detail);
    return move(job, TrainingEvent::interrupt).has_value();
}

void TrainingService::setHeldBack(bool held) {
    if (std::exchange(state_->held_back, held) == held) return;
    if (state_->running) state_->engine.setBackgroundPaused(state_->work, held);
    startNext();
    Q_EMIT heldBackChanged();
}

bool TrainingService::isHeldBack() const { return state_->held_back; }

void TrainingService::removeWork(TrainingJobId id) {
    const QString folder = workDir(id);
    state_->pool.start([folder] { QDir(folder).removeRecursively(); });
}

}  // namespace app
