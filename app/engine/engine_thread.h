// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <memory>
#include <optional>
#include <stop_token>

#include "app/jobs/job.h"
#include "inference/api/engine.h"

namespace app {

/// The thread that owns the engine and every tensor. RAII: the destructor asks everything to stop, and waits.
/// All functions are called on the GUI thread and return at once; all signals arrive there.
class EngineThread final : public QObject {
    Q_OBJECT
public:
    explicit EngineThread(inference::EngineFactory factory, QObject* parent = nullptr);
    ~EngineThread() override;

    void load();   ///< makes the engine; `modelLoaded` or `loadFailed` follows. Callable again after a failure.
    void generate(app::JobId id, const inference::GenerationRequest& request, int first_image, std::stop_token stop);

    const std::optional<inference::ModelInfo>& model() const;  ///< once loaded

Q_SIGNALS:
    void loadProgressed(double fraction);
    void modelLoaded(inference::ModelInfo model);
    void loadFailed(inference::Error error);
    void stepped(app::JobId id, inference::StepProgress progress);   ///< previews included
    void imageReady(app::JobId id, inference::RenderedImage image);
    void finished(app::JobId id, inference::Result<inference::GenerationSummary> outcome);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
