// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/trial_service.h"

#include "app/engine/engine_thread.h"
#include "app/feedback/taste_service.h"

#include <QFileInfo>
#include <QLoggingCategory>

#include <utility>

Q_LOGGING_CATEGORY(trialLog, "fuselight.trial")

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

struct TrialService::State {
    EngineThread& engine;
    TasteService& taste;
    SignalStore signals;
    TrialTable table;
    QString adapters_dir;
    std::optional<TrialRow> trial;
    TrialCount count;
    bool ending = false;
    bool following = false;  ///< a count is on its way
};

TrialService::TrialService(EngineThread& engine, TasteService& taste, Database& database, QString adapters_dir, QObject* parent) :
    QObject(parent),
    state_(new State{engine, taste, SignalStore(database), TrialTable(database), std::move(adapters_dir), std::nullopt, {}, false, false}) {
    qRegisterMetaType<TrialOutcome>();
    connect(&taste, &TasteService::profileChanged, this, &TrialService::follow);
    // Several answers and refits at once are counted once, and an answer is on screen before it is counted.
    connect(&taste, &TasteService::knowledgeChanged, this, [this] {
        if (std::exchange(state_->following, true)) return;
        QMetaObject::invokeMethod(this, &TrialService::follow, Qt::QueuedConnection);
    });
}

TrialService::~TrialService() = default;

Result<void> TrialService::restore() {
    auto running = state_->table.running(state_->taste.active().id);
    if (!running) return tl::unexpected<Error>(running.error());
    follow();
    return {};
}

const std::optional<TrialRow>& TrialService::trial() const { return state_->trial; }
const TrialCount& TrialService::count() const { return state_->count; }

Result<std::map<QString, TrialOutcome>> TrialService::outcomes() const { return state_->table.outcomes(state_->taste.active().id); }

/// Everything is read anew: what was said is the only memory.
void TrialService::follow() {
    State& state = *state_;
    state.following = false;
    if (state.ending) return;
    const auto warn = [](const Error& error) { qCWarning(trialLog) << QString::fromStdString(error.detail); };
    const auto before = std::pair(state.trial ? state.trial->id : 0, state.count);
    auto running = state.table.running(state.taste.active().id);
    if (!running) return warn(running.error());
    state.trial = *std::move(running);
    state.count = {};
    std::vector<std::pair<ItemId, ItemId>> open;
    if (state.trial) {
        // Another version was chosen: that is the user's word.
        if (state.taste.active().adapter_id != state.trial->candidate_id) {
            if (auto done = end(TrialOutcome::put_back); !done) warn(done.error());
            return;
        }
        auto pictures = state.table.pictures(state.trial->id);
        if (!pictures) return warn(pictures.error());
        if (!pictures->empty()) {
            auto said = state.signals.signalsOf(state.trial->profile);
            if (!said) return warn(said.error());
            state.count = countTrial(*said, *pictures);
            open = openPairs(*said, *pictures);
        }
        if (state.count.verdict != SequentialTest::Verdict::undecided) {
            const auto outcome = state.count.verdict == SequentialTest::Verdict::better ? TrialOutcome::accepted : TrialOutcome::refused;
            if (auto done = end(outcome); !done) warn(done.error());
            return;
        }
    }
    state.taste.preferPairs(std::move(open));
    if (before != std::pair(state.trial ? state.trial->id : 0, state.count)) Q_EMIT changed();
}

Result<void> TrialService::end(TrialOutcome outcome) {
    State& state = *state_;
    if (!state.trial) return failure(ErrorCode::invalid_request, "no version is on trial");
    if (auto stored = state.table.end(*state.trial, outcome); !stored) return stored;
    state.trial.reset();
    state.count = {};
    state.taste.preferPairs({});
    state.ending = true;
    state.taste.reload();
    state.ending = false;
    Q_EMIT ended(outcome);
    Q_EMIT changed();
    return {};
}

Result<void> TrialService::takeNow() { return end(TrialOutcome::taken); }
Result<void> TrialService::putBack() { return end(TrialOutcome::put_back); }

std::vector<BlindShare> TrialService::share(const inference::GenerationRequest& request, std::uint64_t chance) {
    State& state = *state_;
    const auto candidate = state.taste.adapters();
    const std::vector<BlindShare> as_it_is{{request, TrialSide::former, 0}};
    // Another strength of nothing, an older picture's own adapter or given latents are the user's choice and not a matter of chance.
    if (!state.trial || candidate.empty() || request.adapters != candidate || !request.initial_latents_path.empty()) return as_it_is;
    std::vector<inference::AdapterUse> former;
    if (!state.trial->former_id.isEmpty() && state.trial->former_strength > 0.0)
        former = {{state.trial->former_id.toStdString(), state.trial->former_strength}};
    const auto& model = state.engine.model();
    const bool gone = !QFileInfo::exists(state.adapters_dir + QLatin1Char('/') + state.trial->candidate_id + QStringLiteral("/adapter.safetensors"));
    if (model && model->id != state.trial->model_id) return as_it_is;
    if (gone) {
        if (auto done = end(TrialOutcome::file_gone); !done) qCWarning(trialLog) << QString::fromStdString(done.error().detail);
        inference::GenerationRequest back = request;
        back.adapters = former;
        return {{back, TrialSide::former, 0}};
    }
    const auto lead = state.table.lead(state.trial->id);
    if (!lead) {
        qCWarning(trialLog) << QString::fromStdString(lead.error().detail);
        return as_it_is;
    }
    auto shares = shareBlindly(request, candidate, former, *lead, chance);
    for (BlindShare& part : shares) part.trial = state.trial->id;
    return shares;
}

Result<void> TrialService::noteJob(JobId job, const BlindShare& share) {
    if (share.trial == 0) return {};
    return state_->table.addJob(job, share);
}

}  // namespace app
