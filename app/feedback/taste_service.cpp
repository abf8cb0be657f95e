// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_service.h"

#include <QLoggingCategory>
#include <algorithm>
#include <utility>

#include "app/engine/engine_thread.h"
#include "app/feedback/next_pair.h"
#include "app/feedback/picture_sight.h"
#include "app/feedback/taste_fitting.h"
#include "app/feedback/taste_profiles.h"
#include "app/library/library.h"

Q_LOGGING_CATEGORY(tasteLog, "fuselight.taste")

namespace app {

using inference::Error;
using inference::Result;

struct TasteService::State {
    State(EngineThread& engine, Library& pictures, Database& database) :
        library(pictures), store(database), adapters(database), profiles(store), sight(engine, pictures, store) {}

    void weighPending() { knowledge.pending = knowledge.needed == 0 && !settled && !fitting.fitted().speaks(); }
    /// Where the last piece of what was learned may have come in.
    void settleIfDone() {
        settled = settled || (sight.isDone() && !fitting.isFitting());
        weighPending();
        const FittedTaste& fitted = fitting.fitted();
        if (!settled || fitted.head) return;
        knowledge.speaks = false;  // of a model that cannot learn, too: nothing is fitted for it
        knowledge.explained = 0.0;
    }

    Library& library;
    SignalStore store;
    AdapterTable adapters;
    TasteProfiles profiles;
    TasteAnswers answers;
    PictureSight sight;
    TasteFitting fitting;
    std::vector<std::pair<ItemId, ItemId>> preferred;
    TasteKnowledge knowledge;
    bool settled = false;  ///< since the model was loaded and the taste chosen, all that was said and seen has been weighed once
};

TasteService::TasteService(EngineThread& engine, Library& library, Database& database, QObject* parent) :
    QObject(parent), state_(std::make_unique<State>(engine, library, database)) {
    connect(&library, &Library::ratingChanged, this, &TasteService::hear);
    connect(&library, &Library::itemAdded, this, &TasteService::look);
    connect(&engine, &EngineThread::modelLoaded, this, [this] {
        // Another model sees otherwise; what it saw earlier is in the database.
        state_->sight.forget();
        state_->fitting.forget();
        state_->settled = false;
        look();
        settle();
    });
    connect(&state_->sight, &PictureSight::seen, this, &TasteService::refit);
    connect(&state_->sight, &PictureSight::done, this, &TasteService::settle);
    connect(&state_->fitting, &TasteFitting::fitFinished, this, &TasteService::takeFit);
}

TasteService::~TasteService() = default;

Result<void> TasteService::restore() {
    if (auto read = state_->profiles.read(); !read) return read;
    readAnswers();
    return {};
}

void TasteService::reload() {
    if (auto read = state_->profiles.read(); !read) qCWarning(tasteLog) << QString::fromStdString(read.error().detail);
    Q_EMIT profileChanged();
}

/// Something was said.
void TasteService::hear() {
    readAnswers();
    refit();
    look();  // after it: when there is nothing left to see, what was said now is being weighed already
}

void TasteService::readAnswers() {
    State& state = *state_;
    if (auto read = state.answers.read(state.store, state.profiles.active().id); !read) {
        qCWarning(tasteLog) << QString::fromStdString(read.error().detail);
        return;
    }
    const TasteSignals& said = state.answers.said();
    state.knowledge.stars = static_cast<int>(said.rating_ids.size());
    state.knowledge.picks = static_cast<int>(said.pick_ids.size());
    state.knowledge.duels = static_cast<int>(said.duel_ids.size());
    state.knowledge.needed = std::max(0, least_answers - static_cast<int>(said.signals.size()));
    state.weighPending();
    Q_EMIT knowledgeChanged();
}

void TasteService::look() { state_->sight.look(state_->answers.said().items); }

void TasteService::refit() {
    // A basis of the first few pictures would be thrown away with the next ones.
    if (state_->sight.isReading()) return;
    const TasteSignals& said = state_->answers.said();
    state_->fitting.fit(state_->sight.traits(), said.signals, said.items);
}

void TasteService::takeFit() {
    const FittedTaste& fitted = state_->fitting.fitted();
    state_->knowledge.speaks = fitted.speaks();
    state_->knowledge.explained = fitted.head ? std::max(0.0, fitted.head->skill()) : 0.0;
    state_->settleIfDone();
    Q_EMIT knowledgeChanged();
}

void TasteService::settle() {
    const TasteKnowledge before = state_->knowledge;
    state_->settleIfDone();
    if (state_->knowledge != before) Q_EMIT knowledgeChanged();
}

Result<void> TasteService::answerDuel(ItemId left, ItemId right, DuelAnswer answer) {
    if (auto stored = state_->store.duel(left, right, answer); !stored) return stored;
    hear();
    Q_EMIT answered(static_cast<int>(state_->answers.said().signals.size()));
    return {};
}

Result<void> TasteService::pick(const QList<ItemId>& items, PickAnswer answer) {
    Result<void> stored;
    QList<ItemId> said;
    for (const ItemId item : items) {
        stored = state_->store.pick(item, answer);
        if (!stored) break;
        said.append(item);
    }
    if (said.isEmpty()) return stored;
    hear();
    Q_EMIT picksChanged(said);
    return stored;
}

PickAnswer TasteService::pickOf(ItemId item) const { return state_->answers.pickOf(item); }

std::optional<std::pair<ItemId, ItemId>> TasteService::nextPair(const std::vector<std::pair<ItemId, ItemId>>& passed) const {
    return app::nextPair(state_->library, state_->fitting.fitted(), state_->answers, state_->preferred, passed);
}

void TasteService::preferPairs(std::vector<std::pair<ItemId, ItemId>> pairs) { state_->preferred = std::move(pairs); }

const TasteKnowledge& TasteService::knowledge() const { return state_->knowledge; }

std::optional<PictureJudge> TasteService::judge() const {
    const FittedTaste& fitted = state_->fitting.fitted();
    if (!fitted.speaks()) return std::nullopt;
    return PictureJudge(state_->sight.version(), fitted.basis, fitted.head);
}

std::optional<Opinion> TasteService::opinion(ItemId item) const {
    const FittedTaste& fitted = state_->fitting.fitted();
    const Coordinates* coordinates = fitted.coordinatesOf(item);
    if (!coordinates || !fitted.speaks()) return std::nullopt;
    return fitted.head->opinion(*coordinates);
}

std::vector<Reason> TasteService::reasons(ItemId item, std::size_t most) const {
    const FittedTaste& fitted = state_->fitting.fitted();
    const Coordinates* coordinates = fitted.coordinatesOf(item);
    if (!coordinates || !fitted.speaks()) return {};
    return fitted.head->reasons(*coordinates, most);
}

std::vector<TasteDirection> TasteService::directions(int most) const { return tasteDirections(state_->library, state_->fitting.fitted(), most); }

std::vector<std::pair<ItemId, ItemId>> TasteService::taughtPairs(int most) const {
    return app::taughtPairs(state_->library, state_->fitting.fitted(), state_->answers, most);
}

const std::vector<TasteProfile>& TasteService::profiles() const { return state_->profiles.all(); }
const TasteProfile& TasteService::active() const { return state_->profiles.active(); }

Result<void> TasteService::setActive(TasteId id) {
    if (auto set = state_->profiles.setActive(id); !set) return set;
    state_->fitting.forgetHead();
    state_->settled = false;
    hear();
    Q_EMIT picksChanged({});
    Q_EMIT profileChanged();
    return {};
}

Result<TasteId> TasteService::addProfile(const QString& name) {
    auto id = state_->store.addProfile(name);
    if (!id) return id;
    if (auto loaded = setActive(*id); !loaded) return tl::unexpected<Error>(loaded.error());
    return id;
}

Result<void> TasteService::setAdapter(const QString& adapter_id, double strength) {
    if (auto set = state_->profiles.setAdapter(adapter_id, strength); !set) return set;
    Q_EMIT profileChanged();
    return {};
}

Result<void> TasteService::setSecond(const QString& adapter_id, double strength) {
    if (auto set = state_->profiles.setSecond(adapter_id, strength); !set) return set;
    Q_EMIT profileChanged();
    return {};
}

std::vector<inference::AdapterUse> TasteService::adapters() const { return state_->profiles.adapters(); }

bool TasteService::isOfAnotherModel(const QString& adapter_id, const std::string& model_id) const {
    const auto row = state_->adapters.find(adapter_id);
    return row && *row && (*row)->isOfAnotherModel(model_id);
}

Result<std::vector<AdapterRow>> TasteService::versions() const { return state_->adapters.load(active().id); }

Result<void> TasteService::setNote(const QString& adapter_id, const QString& note) { return state_->adapters.setNote(adapter_id, note); }

Result<void> TasteService::setPinned(const QString& adapter_id, bool pinned) { return state_->adapters.setPinned(adapter_id, pinned); }

Result<QByteArray> TasteService::exportAnswers() const { return state_->store.exportJson(); }

Result<QStringList> TasteService::forgetActive() {
    auto files = state_->store.forget(active().id);
    if (!files) return files;
    state_->sight.forget();
    state_->fitting.forget();
    state_->settled = false;
    state_->knowledge = {};
    if (auto read = state_->profiles.read(); !read) return tl::unexpected<Error>(read.error());
    readAnswers();
    look();
    Q_EMIT picksChanged({});
    Q_EMIT profileChanged();
    return files;
}

}  // namespace app
