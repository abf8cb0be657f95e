// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/engine/background_work.h"
#include "app/engine/candidate_judge.h"
#include "app/jobs/job.h"
#include "inference/api/engine.h"

#include <QImage>
#include <QObject>

#include <map>
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
    /// Puts another model in the place of the loaded one. On failure the loaded one stays; where it had to go first, it is loaded again.
    /// @param stop  of this load. @param ends  of the thread: loading the old one again is only given up with it.
    void replace(inference::EngineFactory factory, bool drop_first, std::stop_token stop, std::stop_token ends);
    /// Draws the images from `first_image` on; what is reported counts in the whole request.
    void generate(JobId id, const inference::GenerationRequest& request, int first_image, std::stop_token stop, CandidateJudge judge = {});

    void adoptBackground(BackgroundId id, std::unique_ptr<BackgroundWork> work);
    void advanceBackground(BackgroundId id, std::stop_token stop);  ///< one slice
    void dropBackground(BackgroundId id);

    std::function<void(double)> on_load_progress;
    std::function<void()> on_dropped;                           ///< no model is loaded now
    std::function<void(inference::ModelInfo)> on_loaded_again;  ///< the old one, before the failure is said
    std::function<void(inference::Result<inference::ModelInfo>)> on_loaded;
    std::function<void(JobId, inference::StepProgress, std::vector<QImage>)> on_step;
    std::function<void(JobId, std::shared_ptr<const inference::RenderedImage>)> on_image;
    std::function<void(JobId, inference::Result<inference::GenerationSummary>)> on_finished;
    std::function<void(BackgroundId, bool more)> on_slice;

private:
    void drop();  ///< the one place where the engine goes
    inference::Result<std::unique_ptr<inference::Engine>> make(const inference::EngineFactory& factory, std::stop_token stop) const;

    inference::EngineFactory factory_;
    std::unique_ptr<inference::Engine> engine_;
    std::map<BackgroundId, std::unique_ptr<BackgroundWork>> background_;  ///< after the engine: it goes first
};

}  // namespace app
