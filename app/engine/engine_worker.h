// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/engine/background_work.h"
#include "app/jobs/job.h"
#include "inference/api/engine.h"

#include <QImage>
#include <QObject>
#include <QTimer>

#include <deque>
#include <memory>
#include <stop_token>
#include <vector>

namespace app {

/// Lives on the engine thread and holds the engine. Its signals carry moved values; EngineThread repeats them on the
/// GUI thread.
class EngineWorker final : public QObject {
    Q_OBJECT
public:
    explicit EngineWorker(inference::EngineFactory factory) : factory_(std::move(factory)) {}

    void load(std::stop_token stop);
    /// Draws the images from `first_image` on; what is reported counts in the whole request.
    void generate(JobId id, const inference::GenerationRequest& request, int first_image, std::stop_token stop);

    /// After what waits already. @param ends  of the thread
    void runInBackground(std::shared_ptr<BackgroundWork> work, std::stop_token stop, std::stop_token ends);

    std::function<void(double)> on_load_progress;
    std::function<void(inference::Result<inference::ModelInfo>)> on_loaded;
    std::function<void(JobId, inference::StepProgress, std::vector<QImage>)> on_step;
    std::function<void(JobId, std::shared_ptr<const inference::RenderedImage>)> on_image;
    std::function<void(JobId, inference::Result<inference::GenerationSummary>)> on_finished;
    std::function<void(std::shared_ptr<BackgroundWork>)> on_background_ended;

private:
    struct Waiting {
        std::shared_ptr<BackgroundWork> work;
        std::stop_token stop;
        std::stop_token ends;
    };
    void scheduleSlice();
    void runSlice();

    std::deque<Waiting> background_;
    bool slice_scheduled_ = false;
    inference::EngineFactory factory_;
    std::unique_ptr<inference::Engine> engine_;
};

}  // namespace app
