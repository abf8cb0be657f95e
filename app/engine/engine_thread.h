// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QObject>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "app/engine/background_work.h"
#include "app/engine/candidate_judge.h"
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
    /// Loads another model in the place of the present one, after what is drawn now; `modelLoaded` or `loadFailed` follows. After a failure
    /// the present one goes on. One at a time: nothing happens while isLoading().
    /// @param model_id  what it will be, as far as that is known: jobs that are queued meanwhile are for it.
    /// @param drop_first  memory does not hold both: the present one goes before, and is loaded again should the other fail.
    void replace(inference::EngineFactory factory, const std::string& model_id, bool drop_first);
    void cancelLoad();  ///< `loadFailed` with the code cancelled follows, unless it was too late
    bool isLoading() const;
    const std::string& loadingId() const;  ///< of the model on its way; empty: none, or not known

    /// @param judge  chooses among candidates, on the engine's thread
    void generate(app::JobId id, const inference::GenerationRequest& request, int first_image, std::stop_token stop, CandidateJudge judge = {});

    /// Does the work in slices whenever nothing is drawn, after the model is loaded; of several, the more urgent first, then the older.
    /// `backgroundEnded` follows, whether it was done, stopped, or the model went away under it.
    BackgroundId runInBackground(std::unique_ptr<BackgroundWork> work, BackgroundPriority priority);
    void stopBackground(BackgroundId id);                    ///< at the next slice; does nothing when it has ended
    void setBackgroundPaused(BackgroundId id, bool paused);  ///< it keeps its place and its memory

    const std::optional<inference::ModelInfo>& model() const;  ///< once loaded; none while one that had to go first is replaced

    /// Ends the thread: returns within a sampler step, or when the file being loaded is read. What it reported last is still posted.
    void stopAndWait();

Q_SIGNALS:
    void loadStarted();  ///< asked for; it may wait for a picture that is being drawn
    void loadProgressed(double fraction);
    void modelLoaded(inference::ModelInfo model);
    void modelDropped();                                                         ///< model() is none
    void loadFailed(inference::Error error);                                     ///< model() says whether one is still there
    void previewed(app::JobId id, int first_image, std::vector<QImage> images);  ///< ready to paint; before its step
    void stepped(app::JobId id, inference::StepProgress progress);               ///< counts in the whole job; its previews come by `previewed`
    void imageReady(app::JobId id, std::shared_ptr<const inference::RenderedImage> image);  ///< shared: never copied on the GUI thread
    void finished(app::JobId id, inference::Result<inference::GenerationSummary> outcome);
    void backgroundEnded(app::BackgroundId id);

private:
    struct State;
    void connectWorker();
    void pumpBackground();
    std::unique_ptr<State> state_;
};

}  // namespace app
