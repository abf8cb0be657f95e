// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_service.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "app/engine/engine_thread.h"
#include "app/feedback/feature_work.h"
#include "app/feedback/questions.h"
#include "app/library/library.h"

Q_LOGGING_CATEGORY(tasteLog, "fuselight.taste")

namespace app {

using inference::Error;
using inference::Result;

namespace {

constexpr int least_answers = 12;          ///< before the head may speak
constexpr std::size_t least_unrated = 8;   ///< pictures a basis can be made of
constexpr std::size_t most_unrated = 400;  ///< of the newest: enough for a basis and for questions
constexpr double basis_growth = 1.25;      ///< more pictures by this factor make a new basis
constexpr double threshold_growth = 1.1;   ///< more answers by this factor, and chance is measured anew
constexpr int permutations = 100;
constexpr std::size_t most_candidates = 60;  ///< of a question
constexpr int pictures_of_an_end = 3;

/// What a fit on the pool thread starts from and comes to; shared with the GUI thread, never changed.
struct Fitted {
    std::shared_ptr<const FeatureBasis> basis;
    std::size_t basis_pictures = 0;
    std::shared_ptr<const PreferenceHead> head;
    double threshold = 1.0;
    int threshold_answers = 0;
    std::map<ItemId, Coordinates> coordinates;
};

using TraitsByItem = std::map<ItemId, std::shared_ptr<const PictureTraits>>;

struct FitInputs {
    TraitsByItem traits;
    std::vector<PreferenceSignal> signals;
    std::vector<ItemId> items;
    Fitted before;
};

std::optional<Fitted> fit(const FitInputs& inputs) {
    Fitted fitted = inputs.before;
    if (inputs.traits.size() < least_unrated) return std::nullopt;
    // Refitted rarely: coordinates of two bases are not the same numbers.
    if (!fitted.basis || static_cast<double>(inputs.traits.size()) > basis_growth * static_cast<double>(fitted.basis_pictures)) {
        std::vector<PictureTraits> all;
        for (const auto& [item, traits] : inputs.traits) all.push_back(*traits);
        auto basis = FeatureBasis::fit(all);
        if (!basis) return std::nullopt;
        fitted.basis = std::make_shared<FeatureBasis>(*std::move(basis));
        fitted.basis_pictures = all.size();
        fitted.coordinates.clear();
        fitted.threshold_answers = 0;
    }
    for (const auto& [item, traits] : inputs.traits) {
        if (fitted.coordinates.contains(item)) continue;
        if (auto coordinates = fitted.basis->project(*traits)) fitted.coordinates.emplace(item, *std::move(coordinates));
    }
    // Signals about pictures that were seen; the others wait until they are.
    PreferenceData data;
    std::vector<int> place(inputs.items.size(), -1);
    const auto placeOf = [&](int picture) {
        const auto index = static_cast<std::size_t>(picture);
        if (place[index] >= 0) return place[index];
        const auto found = fitted.coordinates.find(inputs.items[index]);
        if (found == fitted.coordinates.end()) return -1;
        data.pictures.push_back(found->second);
        return place[index] = static_cast<int>(data.pictures.size()) - 1;
    };
    for (PreferenceSignal signal : inputs.signals) {
        bool seen = true;
        if (auto* star = std::get_if<StarSignal>(&signal.what)) seen = (star->picture = placeOf(star->picture)) >= 0;
        else if (auto* pick = std::get_if<PickSignal>(&signal.what)) seen = (pick->picture = placeOf(pick->picture)) >= 0;
        else if (auto* duel = std::get_if<DuelSignal>(&signal.what)) {
            duel->first = placeOf(duel->first);
            duel->second = placeOf(duel->second);
            seen = duel->first >= 0 && duel->second >= 0;
        }
        if (seen) data.signals.push_back(signal);
    }
    const int answers = static_cast<int>(data.signals.size());
    fitted.head.reset();
    if (answers < 2) return fitted;
    HeadOptions options;
    if (answers >= least_answers && answers > threshold_growth * fitted.threshold_answers) {
        constexpr std::uint64_t seed = 1;
        if (const auto threshold = PreferenceHead::permutationThreshold(data, options, permutations, seed)) {
            fitted.threshold = *threshold;
            fitted.threshold_answers = answers;
        }
    }
    options.threshold = fitted.threshold_answers > 0 ? fitted.threshold : 1.0;
    if (auto head = PreferenceHead::fit(data, options)) fitted.head = std::make_shared<PreferenceHead>(*std::move(head));
    return fitted;
}

}  // namespace

struct TasteService::State {
    State(EngineThread& engine_thread, Library& pictures, Database& database) :
        engine(engine_thread), library(pictures), store(database), adapters(database) {
        pool.setMaxThreadCount(1);
    }

    const Coordinates* coordinatesOf(ItemId item) const {
        const auto found = fitted.coordinates.find(item);
        return found == fitted.coordinates.end() ? nullptr : &found->second;
    }

    EngineThread& engine;
    Library& library;
    SignalStore store;
    AdapterTable adapters;
    std::vector<TasteProfile> profiles;
    TasteProfile active;
    TasteSignals said;
    std::map<ItemId, PickAnswer> picks;
    std::string version;
    TraitsByItem traits;
    std::optional<BackgroundId> looking;
    bool look_again = false;
    Fitted fitted;
    TasteKnowledge knowledge;
    bool fitting = false;
    bool fit_again = false;
    QThreadPool pool;
};

TasteService::TasteService(EngineThread& engine, Library& library, Database& database, QObject* parent) :
    QObject(parent), state_(std::make_unique<State>(engine, library, database)) {
    connect(&library, &Library::ratingChanged, this, [this](ItemId, int) {
        reloadSignals();
        look();
        refit();
    });
    connect(&library, &Library::itemAdded, this, [this] { look(); });
    connect(&engine, &EngineThread::modelLoaded, this, [this] {
        // Another model sees otherwise; what it saw earlier is in the database.
        state_->version.clear();
        state_->traits.clear();
        state_->fitted = {};
        look();
    });
    connect(&engine, &EngineThread::backgroundEnded, this, [this](BackgroundId id) {
        if (state_->looking != id) return;
        state_->looking.reset();
        if (std::exchange(state_->look_again, false)) look();
    });
}

TasteService::~TasteService() {
    if (state_->looking) state_->engine.stopBackground(*state_->looking);
    state_->pool.waitForDone();
}

Result<void> TasteService::restore() {
    if (auto loaded = reloadProfiles(); !loaded) return loaded;
    reloadSignals();
    return {};
}

void TasteService::reload() {
    if (auto loaded = reloadProfiles(); !loaded) qCWarning(tasteLog) << QString::fromStdString(loaded.error().detail);
    Q_EMIT profileChanged();
}

Result<void> TasteService::reloadProfiles() {
    auto profiles = state_->store.profiles();
    if (!profiles) return tl::unexpected<Error>(profiles.error());
    const auto active = state_->store.activeProfile();
    if (!active) return tl::unexpected<Error>(active.error());
    state_->profiles = *std::move(profiles);
    for (const TasteProfile& profile : state_->profiles) {
        if (profile.id == *active) state_->active = profile;
    }
    return {};
}

void TasteService::reloadSignals() {
    auto said = state_->store.signalsOf(state_->active.id);
    if (!said) {
        qCWarning(tasteLog) << QString::fromStdString(said.error().detail);
        return;
    }
    state_->said = *std::move(said);
    state_->picks.clear();
    for (const PreferenceSignal& signal : state_->said.signals) {
        if (const auto* pick = std::get_if<PickSignal>(&signal.what))
            state_->picks[state_->said.items[static_cast<std::size_t>(pick->picture)]] = pick->picked ? PickAnswer::picked : PickAnswer::rejected;
    }
    TasteKnowledge& knowledge = state_->knowledge;
    knowledge.stars = static_cast<int>(state_->said.rating_ids.size());
    knowledge.picks = static_cast<int>(state_->said.pick_ids.size());
    knowledge.duels = static_cast<int>(state_->said.duel_ids.size());
    knowledge.needed = std::max(0, least_answers - static_cast<int>(state_->said.signals.size()));
    Q_EMIT knowledgeChanged();
}

/// Has the model look at what it has not seen: first what was judged, then the newest.
void TasteService::look() {
    State& state = *state_;
    if (!state.engine.model()) return;
    if (state.looking) {
        state.look_again = true;
        return;
    }
    std::vector<PictureToSee> pictures;
    std::set<ItemId> wanted;
    const auto want = [&](ItemId id) {
        const LibraryItem* item = state.library.find(id);
        if (!item || state.traits.contains(id) || !wanted.insert(id).second) return;
        const auto request = state.library.request(id);
        if (request) pictures.push_back({id, item->path, request->prompt, request->instruction});
    };
    for (const ItemId id : state.said.items) want(id);
    std::size_t newest = 0;
    for (const LibraryItem& item : state.library.items()) {
        if (++newest > most_unrated) break;
        want(item.id);
    }
    if (pictures.empty() && !state.version.empty()) return;
    FeatureWork::Reports reports;
    const QPointer<TasteService> self(this);
    const auto post = [self](auto run) {
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, run = std::move(run)]() mutable {
                if (self) run(*self);
            },
            Qt::QueuedConnection);
    };
    reports.on_version = [post](std::string version) { post([version = std::move(version)](TasteService& service) { service.adopt(version); }); };
    reports.on_seen = [post](std::vector<SeenPicture> seen) {
        post([seen = std::move(seen)](TasteService& service) mutable { service.keep(std::move(seen)); });
    };
    // Before the version is known nothing can be looked up; the first slice only asks for it.
    if (state.version.empty()) pictures.clear();
    state.looking = state.engine.runInBackground(std::make_unique<FeatureWork>(std::move(pictures), std::move(reports)), BackgroundPriority::soon);
}

void TasteService::adopt(const std::string& version) {
    State& state = *state_;
    if (version.empty() || version == state.version) return;
    state.version = version;
    std::vector<ItemId> items = state.said.items;
    std::size_t newest = 0;
    for (const LibraryItem& item : state.library.items()) {
        if (++newest > most_unrated) break;
        items.push_back(item.id);
    }
    if (auto known = state.store.features(version, items)) {
        for (auto& [item, traits] : *known) state.traits[item] = std::make_shared<const PictureTraits>(std::move(traits));
    } else {
        qCWarning(tasteLog) << QString::fromStdString(known.error().detail);
    }
    look();
    refit();
}

void TasteService::keep(std::vector<SeenPicture> seen) {
    State& state = *state_;
    for (SeenPicture& picture : seen) {
        if (picture.features.version != state.version) continue;
        if (auto stored = state.store.putFeatures(picture.item, picture.features, picture.statistics); !stored)
            qCWarning(tasteLog) << QString::fromStdString(stored.error().detail);
        state.traits[picture.item] = std::make_shared<const PictureTraits>(
            PictureTraits{std::move(picture.features.image), std::move(picture.features.prompt), picture.statistics});
    }
    refit();
}

void TasteService::refit() {
    State& state = *state_;
    if (std::exchange(state.fitting, true)) {
        state.fit_again = true;
        return;
    }
    FitInputs inputs{state.traits, state.said.signals, state.said.items, state.fitted};
    state.pool.start([self = QPointer<TasteService>(this), version = state.version, inputs = std::move(inputs)] {
        auto fitted = fit(inputs);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, version, fitted = std::move(fitted)]() mutable {
                if (!self) return;
                State& now = *self->state_;
                now.fitting = false;
                if (fitted && version == now.version) {
                    now.fitted = *std::move(fitted);
                    now.knowledge.speaks = now.fitted.head && now.fitted.head->speaks();
                    now.knowledge.explained = now.fitted.head ? std::max(0.0, now.fitted.head->skill()) : 0.0;
                    Q_EMIT self->knowledgeChanged();
                }
                if (std::exchange(now.fit_again, false)) self->refit();
            },
            Qt::QueuedConnection);
    });
}

Result<void> TasteService::answerDuel(ItemId left, ItemId right, DuelAnswer answer) {
    if (auto stored = state_->store.duel(left, right, answer); !stored) return stored;
    reloadSignals();
    look();
    refit();
    Q_EMIT answered(static_cast<int>(state_->said.signals.size()));
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
    reloadSignals();
    look();
    refit();
    Q_EMIT picksChanged(said);
    return stored;
}

PickAnswer TasteService::pickOf(ItemId item) const {
    const auto found = state_->picks.find(item);
    return found == state_->picks.end() ? PickAnswer::taken_back : found->second;
}

std::optional<std::pair<ItemId, ItemId>> TasteService::nextPair(const std::vector<std::pair<ItemId, ItemId>>& passed) const {
    const State& state = *state_;
    std::set<std::pair<ItemId, ItemId>> known;
    const auto note = [&](ItemId a, ItemId b) { known.insert(std::minmax(a, b)); };
    for (const auto& [left, right] : passed) note(left, right);
    for (const PreferenceSignal& signal : state.said.signals) {
        if (const auto* duel = std::get_if<DuelSignal>(&signal.what))
            note(state.said.items[static_cast<std::size_t>(duel->first)], state.said.items[static_cast<std::size_t>(duel->second)]);
    }
    // Pictures of one prompt are compared with each other: what differs between them is taste, not the subject.
    std::map<QString, std::vector<ItemId>> by_prompt;
    std::size_t count = 0;
    for (const LibraryItem& item : state.library.items()) {
        if (++count > most_unrated) break;
        by_prompt[item.prompt].push_back(item.id);
    }
    const PreferenceHead* head = state.fitted.head && state.fitted.head->speaks() ? state.fitted.head.get() : nullptr;
    std::optional<std::pair<ItemId, ItemId>> best;
    double most = -1.0;
    std::size_t tried = 0;
    for (const auto& [prompt, items] : by_prompt) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            for (std::size_t j = i + 1; j < items.size(); ++j) {
                if (known.contains(std::minmax(items[i], items[j]))) continue;
                // Newer pictures first while nothing better is known.
                double worth = 1.0 / (1.0 + static_cast<double>(state.library.indexOf(items[i])));
                const Coordinates* a = state.coordinatesOf(items[i]);
                const Coordinates* b = state.coordinatesOf(items[j]);
                if (head && a && b) worth = duelWorth(*head, *a, *b);
                if (worth > most) {
                    most = worth;
                    best = {items[i], items[j]};
                }
                if (++tried > most_candidates * most_candidates) return best;
            }
        }
    }
    return best;
}

const TasteKnowledge& TasteService::knowledge() const { return state_->knowledge; }

std::optional<Opinion> TasteService::opinion(ItemId item) const {
    const Coordinates* coordinates = state_->coordinatesOf(item);
    if (!coordinates || !state_->knowledge.speaks) return std::nullopt;
    return state_->fitted.head->opinion(*coordinates);
}

std::vector<Reason> TasteService::reasons(ItemId item, std::size_t most) const {
    const Coordinates* coordinates = state_->coordinatesOf(item);
    if (!coordinates || !state_->knowledge.speaks) return {};
    return state_->fitted.head->reasons(*coordinates, most);
}

std::vector<TasteDirection> TasteService::directions(int most) const {
    const State& state = *state_;
    std::vector<TasteDirection> all;
    if (!state.knowledge.speaks || state.fitted.coordinates.empty()) return all;
    // The head is linear: a step of one deviation along a statistic, all else as usual, is its effect.
    Coordinates usual = state.fitted.coordinates.begin()->second;
    usual.statistics.fill(0.0);
    std::fill(usual.components.begin(), usual.components.end(), 0.0);
    std::fill(usual.prompt.begin(), usual.prompt.end(), 0.0);
    const double start = state.fitted.head->opinion(usual).stars;
    for (std::size_t i = 0; i < num_pixel_statistics; ++i) {
        Coordinates step = usual;
        step.statistics[i] = 1.0;
        all.push_back({static_cast<PixelStatistic>(i), state.fitted.head->opinion(step).stars - start, {}, {}});
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return std::abs(a.effect) > std::abs(b.effect); });
    all.resize(std::min(all.size(), static_cast<std::size_t>(most)));
    for (TasteDirection& direction : all) {
        std::vector<std::pair<double, ItemId>> order;
        for (const auto& [item, coordinates] : state.fitted.coordinates) {
            if (state.library.find(item))
                order.emplace_back(direction.effect * coordinates.statistics[static_cast<std::size_t>(direction.statistic)], item);
        }
        std::sort(order.begin(), order.end());
        const int each = std::min(pictures_of_an_end, static_cast<int>(order.size()) / 2);
        for (int i = 0; i < each; ++i) {
            direction.disliked.append(order[static_cast<std::size_t>(i)].second);
            direction.liked.append(order[order.size() - 1 - static_cast<std::size_t>(i)].second);
        }
    }
    return all;
}

std::vector<std::pair<ItemId, ItemId>> TasteService::taughtPairs(int most) const {
    const State& state = *state_;
    std::vector<std::pair<double, std::pair<ItemId, ItemId>>> pairs;
    const auto item = [&](int picture) { return state.said.items[static_cast<std::size_t>(picture)]; };
    const auto add = [&](ItemId preferred, ItemId other) {
        const Coordinates* a = state.coordinatesOf(preferred);
        const Coordinates* b = state.coordinatesOf(other);
        if (!a || !b || !state.library.find(preferred) || !state.library.find(other)) return;
        double distance = 0.0;
        for (std::size_t i = 0; i < num_pixel_statistics; ++i) distance += std::abs(a->statistics[i] - b->statistics[i]);
        pairs.push_back({distance, {preferred, other}});
    };
    std::map<int, std::vector<std::pair<int, ItemId>>> grids;
    for (const PreferenceSignal& signal : state.said.signals) {
        if (const auto* duel = std::get_if<DuelSignal>(&signal.what)) {
            if (duel->outcome == DuelOutcome::first) add(item(duel->first), item(duel->second));
            else if (duel->outcome == DuelOutcome::second) add(item(duel->second), item(duel->first));
        } else if (const auto* star = std::get_if<StarSignal>(&signal.what)) {
            grids[signal.grid].emplace_back(star->stars, item(star->picture));
        }
    }
    for (auto& [grid, rated] : grids) {
        std::sort(rated.begin(), rated.end());
        if (rated.size() > 1 && rated.back().first - rated.front().first >= 2) add(rated.back().second, rated.front().second);
    }
    std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::pair<ItemId, ItemId>> result;
    for (const auto& [distance, pair] : pairs) {
        if (static_cast<int>(result.size()) == most) break;
        result.push_back(pair);
    }
    return result;
}

const std::vector<TasteProfile>& TasteService::profiles() const { return state_->profiles; }
const TasteProfile& TasteService::active() const { return state_->active; }

Result<void> TasteService::setActive(TasteId id) {
    if (auto stored = state_->store.setActiveProfile(id); !stored) return stored;
    if (auto loaded = reloadProfiles(); !loaded) return loaded;
    state_->fitted.threshold_answers = 0;
    reloadSignals();
    look();
    refit();
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
    // To the database a null text is no text at all.
    const QString id = adapter_id.isEmpty() ? QStringLiteral("") : adapter_id;
    if (auto stored = state_->store.setAdapter(state_->active.id, id, strength); !stored) return stored;
    if (auto loaded = reloadProfiles(); !loaded) return loaded;
    Q_EMIT profileChanged();
    return {};
}

Result<void> TasteService::setSecond(const QString& adapter_id, double strength) {
    if (!adapter_id.isEmpty() && (state_->active.adapter_id.isEmpty() || adapter_id == state_->active.adapter_id)) {
        return inference::failure(inference::ErrorCode::invalid_request, "a mix takes two different versions");
    }
    if (auto stored = state_->store.setSecond(state_->active.id, adapter_id, strength); !stored) return stored;
    if (auto loaded = reloadProfiles(); !loaded) return loaded;
    Q_EMIT profileChanged();
    return {};
}

std::vector<inference::AdapterUse> TasteService::adapters() const {
    const TasteProfile& taste = state_->active;
    std::vector<inference::AdapterUse> used;
    if (taste.adapter_id.isEmpty()) return used;
    if (taste.strength > 0.0) used.push_back({taste.adapter_id.toStdString(), taste.strength});
    if (!taste.second_id.isEmpty() && taste.second_strength > 0.0) used.push_back({taste.second_id.toStdString(), taste.second_strength});
    return used;
}

Result<std::vector<AdapterRow>> TasteService::versions() const { return state_->adapters.load(state_->active.id); }

Result<void> TasteService::setNote(const QString& adapter_id, const QString& note) { return state_->adapters.setNote(adapter_id, note); }

Result<void> TasteService::setPinned(const QString& adapter_id, bool pinned) { return state_->adapters.setPinned(adapter_id, pinned); }

Result<QByteArray> TasteService::exportAnswers() const { return state_->store.exportJson(); }

Result<QStringList> TasteService::forgetActive() {
    auto files = state_->store.forget(state_->active.id);
    if (!files) return files;
    state_->traits.clear();
    state_->fitted = {};
    state_->version.clear();
    state_->knowledge = {};
    if (auto loaded = reloadProfiles(); !loaded) return tl::unexpected<Error>(loaded.error());
    reloadSignals();
    look();
    Q_EMIT picksChanged({});
    Q_EMIT profileChanged();
    return files;
}

}  // namespace app
