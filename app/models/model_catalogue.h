// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/models/model_backend.h"
#include "app/models/model_entry.h"
#include "inference/api/model_info.h"
#include "inference/api/result.h"

namespace app {

class Database;

/// The models that this profile knows, stored. The starter is always the first. Files are only read, on a pool thread, and never changed.
class ModelCatalogue final : public QObject {
    Q_OBJECT
public:
    ModelCatalogue(Database& database, ModelBackend backend, ModelLocation starter, QObject* parent = nullptr);
    ~ModelCatalogue() override;

    /// Reads the list; call once. Errors: io, corrupt_file.
    [[nodiscard]] inference::Result<void> load();

    const std::vector<ModelEntry>& entries() const;
    const ModelEntry& starter() const;
    const ModelEntry* find(ModelId id) const;
    const ModelEntry* findByIdentity(const std::string& identity) const;  ///< null for an empty one
    const ModelEntry* lastUsed() const;                                   ///< null: none was ever loaded
    /// What the model was called, also after it was taken off the list; empty: never met.
    QString nameOf(const std::string& identity) const;
    /// The listed model whose files it was until they became another one, as the starter's do with an update; null: it is there still, never
    /// was, or has no successor in the list.
    const ModelEntry* successorOf(const std::string& identity) const;
    std::optional<double> hashedFraction(ModelId id) const;  ///< while its identity is computed
    /// Operations a second of the model that drew last, whichever it was; 0: nothing has been drawn yet.
    double measuredRate() const;

    /// Looks into a folder and lists it: `added` or `refused` follows. A file in it, such as model_index.json, will do. A folder that is
    /// listed already is read again.
    /// @param text_model  folder of its text model; empty: the one it is listed with, else the starter's.
    void add(const QString& folder, const QString& text_model = {});
    /// Lists a folder without a look into it, for a model that somebody names at the start and that is loaded anyway; a listed one is found
    /// again. Errors: io.
    [[nodiscard]] inference::Result<ModelId> list(const ModelLocation& location);
    /// Takes it off the list. Errors: invalid_request (the starter), io.
    [[nodiscard]] inference::Result<void> remove(ModelId id);

    /// Reads one again, or all: what vanished is seen, and what came back. `changed` follows where something did. All includes what a command
    /// listed meanwhile.
    void refresh(ModelId id);
    void refreshAll();
    /// Describes it as it is now, for a decision: the answer is kept, too. Does nothing when it is not listed.
    void describe(ModelId id, std::function<void(const inference::Result<inference::ModelDescription>&)> on_done);

    /// What the engine reports.
    void noteLoaded(ModelId id, const inference::ModelInfo& model);
    void noteRate(ModelId id, double flops_per_second);

Q_SIGNALS:
    void added(app::ModelId id);  ///< or found to be listed already
    void refused(QString folder, inference::Error error);
    void listed(app::ModelId id);  ///< by somebody else, such as a command
    void removed(app::ModelId id);
    void changed(app::ModelId id);
    void hashProgressed(app::ModelId id, double fraction);
    void storageFailed(inference::Error error);  ///< a change could not be written; it holds until the program ends

private:
    struct State;
    void take(ModelId id, const inference::Result<inference::ModelDescription>& described);
    void identify(ModelId id);
    [[nodiscard]] inference::Result<void> setIdentity(ModelEntry& entry, const std::string& identity);
    void takeNewRows();
    void store(const ModelEntry& entry);
    std::unique_ptr<State> state_;
};

}  // namespace app
