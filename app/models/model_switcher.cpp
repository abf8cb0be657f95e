// SPDX-License-Identifier: Apache-2.0
#include "app/models/model_switcher.h"

#include "app/engine/engine_thread.h"
#include "app/jobs/job_queue.h"
#include "app/models/load_order.h"
#include "app/models/model_catalogue.h"
#include "app/prompt/token_counter.h"

#include <utility>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ModelDescription;
using inference::Result;

namespace {

/// Operations a second of one job, or 0 where it says too little.
double rateOf(const ModelDescription& model, const inference::GenerationRequest& request, const inference::GenerationSummary& summary) {
    const auto& native = model.native_sizes.front();
    const bool typical =
        request.width == native.width && request.height == native.height && request.candidates == 1 && summary.images > 0 && summary.denoise_ms > 0;
    if (!typical || model.default_steps < 1) return 0.0;
    // What a picture costs grows with its steps: the rest of it is small.
    const double pictures = static_cast<double>(summary.images) * request.num_inference_steps / model.default_steps;
    return model.picture_flops * pictures / (summary.elapsed_ms / 1e3);
}

}  // namespace

struct ModelSwitcher::State {
    State(ModelCatalogue& models, EngineThread& engine_thread, JobQueue& job_queue, TokenCounter& token_counter, ModelBackend model_backend) :
        catalogue(models), engine(engine_thread), queue(job_queue), tokens(token_counter), backend(std::move(model_backend)) {}

    /// The engine that EngineThread was made with.
    bool isFirstEngine(ModelId id) const { return !backend.engine && id == catalogue.starter().id; }

    ModelCatalogue& catalogue;
    EngineThread& engine;
    JobQueue& queue;
    TokenCounter& tokens;
    ModelBackend backend;
    std::optional<ModelId> current;
    std::optional<ModelId> wanted;
    std::optional<ModelId> loading;  ///< handed to the engine thread
    std::optional<ModelId> failed;   ///< last
    std::optional<ModelDescription> current_description;
    bool first = true;  ///< nothing has been loaded yet
    bool progressed = false;
};

ModelSwitcher::ModelSwitcher(ModelCatalogue& catalogue, EngineThread& engine, JobQueue& queue, TokenCounter& tokens, ModelBackend backend,
                             QObject* parent) :
    QObject(parent),
    state_(std::make_unique<State>(catalogue, engine, queue, tokens, std::move(backend))) {
    connect(&engine, &EngineThread::modelLoaded, this, &ModelSwitcher::onLoaded);
    connect(&engine, &EngineThread::loadFailed, this, &ModelSwitcher::onFailed);
    connect(&engine, &EngineThread::modelDropped, this, &ModelSwitcher::changed);
    connect(&engine, &EngineThread::loadProgressed, this, [this] {
        if (std::exchange(state_->progressed, true)) return;
        Q_EMIT changed();
    });
    connect(&engine, &EngineThread::finished, this, [this](JobId id, const Result<inference::GenerationSummary>& outcome) {
        const Job* job = state_->queue.find(id);
        const ModelEntry* model = state_->current ? state_->catalogue.find(*state_->current) : nullptr;
        if (!outcome || !job || !model || !model->description) return;
        state_->catalogue.noteRate(model->id, rateOf(*model->description, job->request, *outcome));
    });
    // Whoever tries a job again asks for its model with it.
    connect(&queue, &JobQueue::retried, this, [this](JobId id) {
        const Job* job = state_->queue.find(id);
        const ModelEntry* model = job ? state_->catalogue.findByIdentity(job->request.model_id) : nullptr;
        if (model && model->id != state_->wanted.value_or(state_->current.value_or(ModelId{}))) use(model->id);
    });
    connect(&catalogue, &ModelCatalogue::removed, this, [this](ModelId id) {
        if (state_->wanted == id) cancel();
        // The engine goes on with what it has; the starter takes its place in the list.
        if (state_->current == id) use(state_->catalogue.starter().id);
    });
}

ModelSwitcher::~ModelSwitcher() = default;

void ModelSwitcher::start(std::optional<ModelId> asked) {
    const ModelEntry* last = state_->catalogue.lastUsed();
    const ModelId id = asked ? *asked : last && state_->backend.engine ? last->id : state_->catalogue.starter().id;
    state_->wanted = id;
    if (id == state_->catalogue.starter().id) return load(id, false);  // it fits, and is looked into while it is read
    // A folder that vanished, or memory that other programs took since, is better met before the weights are.
    state_->catalogue.describe(id, [this, id](const Result<ModelDescription>& described) { decide(id, described); });
}

void ModelSwitcher::use(ModelId id) {
    if (!state_->catalogue.find(id) || state_->wanted == id) return;
    if (!state_->wanted && state_->current == id && state_->engine.model()) return;
    if (state_->loading) state_->engine.cancelLoad();  // goes on in onFailed, or in onLoaded when it was too late
    state_->wanted = id == state_->current && state_->engine.model() && !state_->loading ? std::nullopt : std::optional(id);
    state_->progressed = false;
    Q_EMIT changed();
    if (!state_->wanted || state_->loading) return;
    state_->catalogue.describe(id, [this, id](const Result<ModelDescription>& described) { decide(id, described); });
}

void ModelSwitcher::retry() {
    if (state_->failed) use(*state_->failed);
}

void ModelSwitcher::cancel() {
    if (!state_->wanted) return;
    state_->wanted.reset();
    if (state_->loading) state_->engine.cancelLoad();
    Q_EMIT changed();
}

void ModelSwitcher::decide(ModelId id, const Result<ModelDescription>& described) {
    if (state_->wanted != id || state_->loading) return;  // another wish meanwhile
    std::optional<Error> refusal;
    const auto& loaded = state_->engine.model();
    const auto held = heldBytes(loaded ? &*loaded : nullptr, state_->current_description ? &*state_->current_description : nullptr);
    const auto order = described ? chooseLoadOrder(*described, held) : LoadOrder::beside;
    if (!described && !state_->isFirstEngine(id)) refusal = described.error();
    if (described && described->problem) refusal = described->problem;
    if (!refusal && order == LoadOrder::impossible) refusal = notEnoughMemory(*described, held);
    if (refusal) {
        onFailed(*refusal);
        return;
    }
    load(id, order == LoadOrder::instead);
}

void ModelSwitcher::load(ModelId id, bool drop_first) {
    const ModelEntry* entry = state_->catalogue.find(id);
    state_->loading = id;
    state_->progressed = false;
    if (state_->isFirstEngine(id)) {
        state_->engine.load();
    } else if (!state_->backend.engine) {
        state_->loading.reset();
        onFailed({ErrorCode::unsupported_model, "this program loads no other model than its own"});
        return;
    } else {
        // At the start nobody has chosen: early jobs take whatever will be there.
        const std::string identity = state_->first ? std::string() : entry->identity;
        state_->engine.replace(state_->backend.engine(entry->location), identity, drop_first);
    }
    Q_EMIT changed();
}

void ModelSwitcher::onLoaded() {
    const auto id = std::exchange(state_->loading, std::nullopt);
    if (!id) return;
    state_->current = id;
    state_->failed.reset();
    state_->first = false;
    if (state_->wanted == id) state_->wanted.reset();
    const ModelEntry* entry = state_->catalogue.find(*id);
    if (entry && state_->backend.tokenizer) state_->tokens.setTokenizer(state_->backend.tokenizer(entry->location));
    state_->current_description = entry ? entry->description : std::nullopt;
    state_->catalogue.noteLoaded(*id, *state_->engine.model());
    // For the memory that it holds and the rate at which it draws.
    if (!state_->current_description) {
        state_->catalogue.describe(*id, [this, id = *id](const Result<ModelDescription>& described) {
            if (described && state_->current == id) state_->current_description = *described;
        });
    }
    Q_EMIT changed();
    if (const auto next = std::exchange(state_->wanted, std::nullopt)) use(*next);
}

void ModelSwitcher::onFailed(const Error& error) {
    const auto loading = std::exchange(state_->loading, std::nullopt);
    const auto id = loading ? loading : state_->wanted;
    if (!id) return;
    const bool superseded = state_->wanted && state_->wanted != id;
    const bool was_first = std::exchange(state_->first, false);
    const bool given_up = error.code == ErrorCode::cancelled;
    const auto next = std::exchange(state_->wanted, std::nullopt);
    if (!state_->engine.model()) {
        state_->current.reset();
        state_->failed = id;
    }
    Q_EMIT changed();
    if (superseded) {
        use(*next);
    } else if (was_first && !given_up && id != state_->catalogue.starter().id) {
        state_->catalogue.refresh(*id);
        Q_EMIT fellBack(*id, error);
        use(state_->catalogue.starter().id);
    } else if (!given_up) {
        Q_EMIT failed(*id, error);
    }
}

std::optional<ModelId> ModelSwitcher::current() const { return state_->engine.model() ? state_->current : std::nullopt; }

std::optional<ModelId> ModelSwitcher::wanted() const { return state_->wanted; }

bool ModelSwitcher::isWaiting() const { return state_->loading && !state_->progressed && state_->queue.running() != nullptr; }

}  // namespace app
