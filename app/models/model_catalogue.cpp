// SPDX-License-Identifier: Apache-2.0
#include "app/models/model_catalogue.h"

#include "app/models/model_reader.h"
#include "app/models/model_table.h"

#include <QDir>
#include <QFileInfo>
#include <QMetaType>

#include <algorithm>
#include <set>
#include <utility>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ModelDescription;
using inference::Result;

namespace {

/// Free memory changes all the time and is not worth a write.
bool differsInStore(const ModelEntry& now, ModelEntry before) {
    if (now.description && before.description) before.description->available_bytes = now.description->available_bytes;
    before.problem = now.problem;
    return now != before;
}

QString tidied(const QString& path) { return QDir::cleanPath(QFileInfo(path).absoluteFilePath()); }

}  // namespace

struct ModelCatalogue::State {
    State(Database& database, ModelBackend backend, ModelLocation starter_location) :
        table(database), starter(std::move(starter_location)), reader(std::move(backend)) {}

    ModelEntry* find(ModelId id) {
        const auto found = std::find_if(entries.begin(), entries.end(), [id](const ModelEntry& entry) { return entry.id == id; });
        return found == entries.end() ? nullptr : &*found;
    }

    ModelTable table;
    ModelLocation starter;
    std::vector<ModelEntry> entries;
    std::map<std::string, MetModel> met;  ///< by identity
    std::map<ModelId, double> hashing;
    std::set<ModelId> reading;  ///< by refresh()
    ModelReader reader;         ///< last: its answers need the rest
};

ModelCatalogue::ModelCatalogue(Database& database, ModelBackend backend, ModelLocation starter, QObject* parent) :
    QObject(parent), state_(std::make_unique<State>(database, std::move(backend), std::move(starter))) {
    qRegisterMetaType<ModelId>();
}

ModelCatalogue::~ModelCatalogue() = default;

Result<void> ModelCatalogue::load() {
    auto entries = state_->table.load();
    if (!entries) return tl::unexpected<Error>(entries.error());
    auto met = state_->table.met();
    if (!met) return tl::unexpected<Error>(met.error());
    state_->met = *std::move(met);
    if (entries->empty() || !entries->front().built_in) {
        ModelEntry starter;
        starter.built_in = true;
        starter.name = QFileInfo(state_->starter.pipeline).fileName();
        starter.location = state_->starter;
        starter.added_at = QDateTime::currentDateTimeUtc();
        const auto id = state_->table.insert(starter);
        if (!id) return tl::unexpected<Error>(id.error());
        starter.id = *id;
        entries->insert(entries->begin(), starter);
    }
    state_->entries = *std::move(entries);
    // The program may have been installed elsewhere since.
    ModelEntry& starter = state_->entries.front();
    if (starter.location != state_->starter) {
        starter.location = state_->starter;
        starter.description.reset();
        return state_->table.update(starter);
    }
    return {};
}

const std::vector<ModelEntry>& ModelCatalogue::entries() const { return state_->entries; }

const ModelEntry& ModelCatalogue::starter() const { return state_->entries.front(); }

const ModelEntry* ModelCatalogue::find(ModelId id) const { return state_->find(id); }

const ModelEntry* ModelCatalogue::findByIdentity(const std::string& identity) const {
    if (identity.empty()) return nullptr;
    const auto found =
        std::find_if(state_->entries.begin(), state_->entries.end(), [&](const ModelEntry& entry) { return entry.identity == identity; });
    return found == state_->entries.end() ? nullptr : &*found;
}

const ModelEntry* ModelCatalogue::lastUsed() const {
    const ModelEntry* last = nullptr;
    for (const ModelEntry& entry : state_->entries) {
        if (entry.last_used.isValid() && (!last || entry.last_used > last->last_used)) last = &entry;
    }
    return last;
}

QString ModelCatalogue::nameOf(const std::string& identity) const {
    const auto found = state_->met.find(identity);
    return found == state_->met.end() ? QString() : found->second.name;
}

const ModelEntry* ModelCatalogue::successorOf(const std::string& identity) const {
    const auto found = state_->met.find(identity);
    if (found == state_->met.end() || !found->second.successor || findByIdentity(identity)) return nullptr;
    return find(*found->second.successor);
}

std::optional<double> ModelCatalogue::hashedFraction(ModelId id) const {
    const auto found = state_->hashing.find(id);
    return found == state_->hashing.end() ? std::nullopt : std::optional(found->second);
}

double ModelCatalogue::measuredRate() const {
    const ModelEntry* last = nullptr;
    for (const ModelEntry& entry : state_->entries) {
        if (entry.flops_per_second > 0 && (!last || entry.last_used > last->last_used)) last = &entry;
    }
    return last ? last->flops_per_second : 0.0;
}

void ModelCatalogue::add(const QString& folder, const QString& text_model) {
    // Whether it is a file is asked where a slow disk may take its time; here only the name counts.
    const QFileInfo named(tidied(folder));
    const QString path = named.fileName() == QStringLiteral("model_index.json") ? named.path() : named.filePath();
    const auto known =
        std::find_if(state_->entries.begin(), state_->entries.end(), [&](const ModelEntry& entry) { return entry.location.pipeline == path; });
    const QString usual = known == state_->entries.end() ? state_->starter.text_model : known->location.text_model;
    const ModelLocation location{path, text_model.isEmpty() ? usual : tidied(text_model)};
    state_->reader.describe(location, [this, location](const Result<ModelDescription>& described) {
        const auto listed = std::find_if(state_->entries.begin(), state_->entries.end(),
                                         [&](const ModelEntry& entry) { return entry.location.pipeline == location.pipeline; });
        if (listed != state_->entries.end() && (described || !listed->built_in)) {
            const ModelId id = listed->id;
            if (!listed->built_in && described) listed->location.text_model = location.text_model;
            take(id, described);
            Q_EMIT added(id);
            return;
        }
        if (!described) {
            Q_EMIT refused(location.pipeline, described.error());
            return;
        }
        ModelEntry entry;
        entry.name = QString::fromStdString(described->name);
        entry.location = location;
        entry.added_at = QDateTime::currentDateTimeUtc();
        entry.description = *described;
        entry.problem = described->problem;
        const auto id = state_->table.insert(entry);
        if (!id) {
            Q_EMIT refused(location.pipeline, id.error());
            return;
        }
        entry.id = *id;
        state_->entries.push_back(std::move(entry));
        Q_EMIT added(*id);
        identify(*id);
    });
}

Result<ModelId> ModelCatalogue::list(const ModelLocation& named) {
    const ModelLocation location{tidied(named.pipeline), tidied(named.text_model)};
    for (ModelEntry& entry : state_->entries) {
        if (entry.location.pipeline != location.pipeline) continue;
        if (!entry.built_in && entry.location != location) {
            entry.location = location;
            store(entry);
        }
        return entry.id;
    }
    ModelEntry entry;
    entry.name = QFileInfo(location.pipeline).fileName();
    entry.location = location;
    entry.added_at = QDateTime::currentDateTimeUtc();
    const auto id = state_->table.insert(entry);
    if (!id) return id;
    entry.id = *id;
    state_->entries.push_back(std::move(entry));
    Q_EMIT added(*id);
    return id;
}

Result<void> ModelCatalogue::remove(ModelId id) {
    const ModelEntry* entry = find(id);
    if (!entry) return {};
    if (entry->built_in) return inference::failure(ErrorCode::invalid_request, "the starter is part of Fuselight and stays in the list");
    if (auto stored = state_->table.remove(id); !stored) return stored;
    std::erase_if(state_->entries, [id](const ModelEntry& other) { return other.id == id; });
    state_->hashing.erase(id);
    Q_EMIT removed(id);
    return {};
}

void ModelCatalogue::refresh(ModelId id) {
    const ModelEntry* entry = find(id);
    if (!entry || !state_->reading.insert(id).second) return;
    state_->reader.describe(entry->location, [this, id](const Result<ModelDescription>& described) {
        state_->reading.erase(id);
        take(id, described);
    });
}

void ModelCatalogue::takeNewRows() {
    auto rows = state_->table.load();
    if (!rows) return;  // the list that is shown is still right
    for (ModelEntry& row : *rows) {
        if (find(row.id)) continue;
        state_->entries.push_back(row);
        if (!row.identity.empty()) state_->met.try_emplace(row.identity, MetModel{row.name, std::nullopt});
        Q_EMIT listed(row.id);
    }
}

void ModelCatalogue::refreshAll() {
    takeNewRows();
    for (const ModelEntry& entry : state_->entries) refresh(entry.id);
}

void ModelCatalogue::describe(ModelId id, std::function<void(const Result<ModelDescription>&)> on_done) {
    const ModelEntry* entry = find(id);
    if (!entry) return;
    state_->reader.describe(entry->location, [this, id, on_done = std::move(on_done)](const Result<ModelDescription>& described) {
        take(id, described);
        on_done(described);
    });
}

void ModelCatalogue::take(ModelId id, const Result<ModelDescription>& described) {
    ModelEntry* entry = state_->find(id);
    if (!entry || (!described && described.error().code == ErrorCode::cancelled)) return;
    const ModelEntry before = *entry;
    entry->problem = described ? described->problem : std::optional(described.error());
    if (described) {
        entry->description = *described;
        entry->name = QString::fromStdString(described->name);
    }
    if (*entry != before) {
        if (differsInStore(*entry, before)) store(*entry);
        Q_EMIT changed(id);
    }
    // What came back may be another model under the same path.
    if (described && !entry->problem && (entry->identity.empty() || before.problem)) identify(id);
}

void ModelCatalogue::identify(ModelId id) {
    const ModelEntry* entry = find(id);
    if (!entry || entry->problem || !state_->hashing.emplace(id, 0.0).second) return;
    Q_EMIT hashProgressed(id, 0.0);
    const auto on_fraction = [this, id](double fraction) {
        const auto under_way = state_->hashing.find(id);
        if (under_way == state_->hashing.end()) return;
        under_way->second = fraction;
        Q_EMIT hashProgressed(id, fraction);
    };
    state_->reader.identify(entry->location, on_fraction, [this, id](const Result<std::string>& identity) {
        state_->hashing.erase(id);
        ModelEntry* found = state_->find(id);
        if (!found || (!identity && identity.error().code == ErrorCode::cancelled)) return;
        if (identity) {
            if (auto stored = setIdentity(*found, *identity); !stored) Q_EMIT storageFailed(stored.error());
        } else {
            found->problem = identity.error();
        }
        store(*found);
        Q_EMIT changed(id);
    });
}

void ModelCatalogue::noteLoaded(ModelId id, const inference::ModelInfo& model) {
    ModelEntry* entry = state_->find(id);
    if (!entry) return;
    entry->name = QString::fromStdString(model.name);
    entry->problem.reset();
    entry->last_used = QDateTime::currentDateTimeUtc();
    if (auto stored = setIdentity(*entry, model.id); !stored) Q_EMIT storageFailed(stored.error());
    store(*entry);
    Q_EMIT changed(id);
}

/// Also what that makes of the model that its files were before.
Result<void> ModelCatalogue::setIdentity(ModelEntry& entry, const std::string& identity) {
    const std::string before = std::exchange(entry.identity, identity);
    MetModel& now = state_->met[identity];
    if (now.name != entry.name || now.successor) {
        now = {entry.name, std::nullopt};
        if (auto stored = state_->table.setName(identity, entry.name); !stored) return stored;
    }
    if (before.empty() || before == identity) return {};
    state_->met[before].successor = entry.id;
    return state_->table.setSuccessor(before, entry.id);
}

void ModelCatalogue::noteRate(ModelId id, double flops_per_second) {
    ModelEntry* entry = state_->find(id);
    if (!entry || !(flops_per_second > 0)) return;
    entry->flops_per_second = flops_per_second;
    store(*entry);
    Q_EMIT changed(id);
}

void ModelCatalogue::store(const ModelEntry& entry) {
    if (auto stored = state_->table.update(entry); !stored) Q_EMIT storageFailed(stored.error());
}

}  // namespace app
