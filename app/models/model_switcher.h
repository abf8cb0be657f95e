// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <memory>
#include <optional>

#include "app/models/model_backend.h"
#include "app/models/model_entry.h"
#include "inference/api/result.h"

namespace app {

class EngineThread;
class JobQueue;
class ModelCatalogue;
class TokenCounter;

/// Which model is loaded, and which is on its way. Whatever goes wrong with the one on its way, the loaded one goes on.
class ModelSwitcher final : public QObject {
    Q_OBJECT
public:
    /// `backend` without an engine: only the starter, whose factories engine and tokens were made with, can be loaded.
    ModelSwitcher(ModelCatalogue& catalogue, EngineThread& engine, JobQueue& queue, TokenCounter& tokens, ModelBackend backend,
                  QObject* parent = nullptr);
    ~ModelSwitcher() override;

    /// The first load: `asked` when given, else the model that was used last, else the starter. Where it fails, the starter is loaded and
    /// `fellBack` says why.
    void start(std::optional<ModelId> asked);
    /// Loads another one. One that was asked for before and is not there yet is given up.
    void use(ModelId id);
    void retry();   ///< what failed last, when nothing is loaded
    void cancel();  ///< the model on its way

    std::optional<ModelId> current() const;  ///< loaded
    std::optional<ModelId> wanted() const;   ///< on its way
    bool isWaiting() const;                  ///< for a picture that is being drawn, before it loads

Q_SIGNALS:
    void changed();  ///< any of the above
    void failed(app::ModelId id, inference::Error error);
    void fellBack(app::ModelId id, inference::Error error);  ///< to the starter, which is on its way

private:
    struct State;
    void decide(ModelId id, const inference::Result<inference::ModelDescription>& described);
    void load(ModelId id, bool drop_first);
    void onLoaded();
    void onFailed(const inference::Error& error);
    std::unique_ptr<State> state_;
};

}  // namespace app
