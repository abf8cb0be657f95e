// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QObject>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "app/engine/background_work.h"
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

    void load();  ///< makes the engine; `modelLoaded` or `loadFailed` follows. Callable again after a failure.
    void generate(app::JobId id, const inference::GenerationRequest& request, int first_image, std::stop_token stop);

    /// Runs `work` slice by slice while nothing is drawn, after what is under way already; a stop token for each. Nothing happens while no
    /// model is loaded. `backgroundEnded` follows once it has no more to do or was stopped; until then a second one waits.
    void runInBackground(std::shared_ptr<app::BackgroundWork> work, std::stop_token stop);

    const std::optional<inference::ModelInfo>& model() const;  ///< once loaded

    /// Ends the thread: returns within a sampler step, or when the file being loaded is read. What it reported last is still posted.
    void stopAndWait();

Q_SIGNALS:
    void loadProgressed(double fraction);
    void modelLoaded(inference::ModelInfo model);
    void loadFailed(inference::Error error);
    void previewed(app::JobId id, int first_image, std::vector<QImage> images);  ///< ready to paint; before its step
    void stepped(app::JobId id, inference::StepProgress progress);               ///< counts in the whole job; its previews come by `previewed`
    void imageReady(app::JobId id, std::shared_ptr<const inference::RenderedImage> image);  ///< shared: never copied on the GUI thread
    void backgroundEnded(std::shared_ptr<app::BackgroundWork> work);
    void finished(app::JobId id, inference::Result<inference::GenerationSummary> outcome);

private:
    struct State;
    void connectWorker();
    std::unique_ptr<State> state_;
};

}  // namespace app
